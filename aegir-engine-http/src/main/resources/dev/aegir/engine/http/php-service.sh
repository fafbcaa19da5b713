# SPDX-License-Identifier: Apache-2.0
#
# php-fpm is there and starts at boot. $1 its unit, $2 its version, $3 the web server's account, $4 where its pools are.

unit=$1
version=$2
web=$3
pools=$4

[ -d /run/systemd/system ] || refuse "this server does not run systemd, which starts and confines PHP here"
for tool in "php-fpm$version" "php$version"; do
    command -v "$tool" >/dev/null || refuse "PHP $version is not installed on this server, or without php-fpm." \
        "Install it (apt-get install php$version-fpm), then prepare the service again."
done
for tool in setfacl getfacl pkill flock runuser useradd userdel; do
    command -v "$tool" >/dev/null || refuse "$tool is missing on this server." \
        "Install it (apt-get install acl procps util-linux passwd), then prepare the service again."
done
getent passwd "$web" >/dev/null || refuse "there is no account $web on this server. Install the web server first, or" \
    "say in the service's setting web-account which one its workers have."

look() {
    systemctl --quiet is-enabled "$unit" || printf '+ %s at boot\n' "$unit"
    systemctl --quiet is-active "$unit" || printf '+ %s running\n' "$unit"
}

case $verb in
    look) look ;;
    make)
        systemctl --quiet is-enabled "$unit" || systemctl --quiet enable "$unit" || exit 1
        # Without any pool it does not start; it will be, once it has one.
        for pool in "$pools"/*.conf; do
            if [ -e "$pool" ]; then
                systemctl start "$unit" || refuse "$unit does not start: $(journalctl --no-pager -q -o cat -n 3 -u "$unit")"
                break
            fi
        done
        ;;
    undo)
        ! had "+ $unit running" || systemctl stop "$unit" || exit 1
        ! had "+ $unit at boot" || systemctl --quiet disable "$unit" || exit 1
        ;;
esac
