# SPDX-License-Identifier: Apache-2.0
#
# Installs Debian's nginx, and starts it.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive
if ! command -v apt-get >/dev/null; then
    echo "this server has no apt-get: install nginx by its own means, then prepare the service again" >&2
    exit 1
fi
install() { apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install nginx; }
# The lists of packages may be missing or out of date; they are fetched only when they have to be.
install || { apt-get -q -o DPkg::Lock::Timeout=300 update && install; } || exit 1
if [ -d /run/systemd/system ]; then
    systemctl start nginx
else
    service nginx start
fi
