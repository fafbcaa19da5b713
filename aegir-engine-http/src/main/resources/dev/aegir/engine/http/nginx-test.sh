# SPDX-License-Identifier: Apache-2.0
#
# Tests nginx's whole configuration. $1 the main configuration file, $2 nginx's pid file, $3 the name of the service.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
if ! command -v nginx >/dev/null; then
    printf '%s\n' "nginx is not installed on this server. Install it (apt-get install nginx), or let it be installed:" \
        "give the service $3 the setting install=true and prepare it again." >&2
    exit 127
fi
# The test creates what it does not find: log files, which are not for everybody to read, and the pid file, which is.
[ ! -e "$2" ] || umask 027
exec nginx -t -q -c "$1"
