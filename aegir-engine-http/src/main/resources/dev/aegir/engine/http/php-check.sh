# SPDX-License-Identifier: Apache-2.0
#
# Tests the configuration of php-fpm, all pools of it. $1 php-fpm, $2 its configuration file, $3 its version, $4
# its unit, $5 whether it is of one site, and is not there any more when that was taken back.

if [ "${5-}" = alone ] && [ ! -e "$2" ]; then
    exit 0
fi

if [ ! -x "$1" ]; then
    printf '%s\n' "PHP $3 is not installed on this server, or without php-fpm. Install it (apt-get install php$3-fpm), then" \
        "prepare the service again." >&2
    exit 127
fi
# Masked is what is empty there, or a link to /dev/null (systemd.unit(5)); asking systemd takes ten times as long.
for units in /etc/systemd/system /run/systemd/system; do
    if [ -e "$units/$4.service" ] && [ ! -s "$units/$4.service" ]; then
        printf '%s\n' "$4 is masked, so nothing can start it. Allow it (systemctl unmask $4), then try again." >&2
        exit 1
    fi
done
# The test creates the log when it does not find it, which is not for everybody to read.
umask 027
exec "$1" --test --fpm-config "$2"
