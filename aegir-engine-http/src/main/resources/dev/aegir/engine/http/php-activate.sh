# SPDX-License-Identifier: Apache-2.0
#
# Makes php-fpm's configuration effective: reads it again, starts when it does not run, and starts anew when it was started
# under other rules of systemd than those that are there.
#
# $1 the unit, $2 our rules for it, $3 what must be there before it starts, $4 the directory of the sockets, where the rules
# say which generation of them php-fpm was started under.

unit=$1
rules=$2
boot=$3
sockets=$4

[ ! -e "$boot" ] || systemd-tmpfiles --create "$boot" || exit 1

wanted=
[ ! -e "$rules" ] || wanted=$(sed -n 's/^# Generation //p' "$rules")
running=
[ ! -e "$sockets/rules" ] || IFS= read -r running <"$sockets/rules"
pid=$(systemctl show --property=MainPID --value "$unit")

if [ "$wanted" != "$running" ] || [ "$(systemctl show --property=NeedDaemonReload --value "$unit")" = yes ]; then
    systemctl daemon-reload || exit 1
fi
fail() {
    journalctl --no-pager --quiet --output=cat --lines=5 --unit="$unit" >&2
    exit 1
}
if [ "${pid:-0}" -eq 0 ] || [ "$wanted" != "$running" ]; then
    rm -f -- "$sockets/rules"
    systemctl reset-failed "$unit" 2>/dev/null
    systemctl restart "$unit" || fail
else
    systemctl reload "$unit" || fail
fi
