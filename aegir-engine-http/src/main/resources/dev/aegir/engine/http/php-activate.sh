# SPDX-License-Identifier: Apache-2.0
#
# Makes php-fpm's configuration effective: reads it again, starts when it does not run, and starts anew when it was started
# under other rules of systemd than those that are there.
#
# $1 the unit, $2 our rules for it, $3 what must be there before it starts, $4 the directory of the sockets, where the rules
# say which generation of them php-fpm was started under; $5 how the units are called that are of one site each.

unit=$1
rules=$2
boot=$3
sockets=$4
alone=$5
units=/etc/systemd/system
wants=$units/multi-user.target.wants

[ ! -e "$boot" ] || systemd-tmpfiles --create "$boot" || exit 1

# What is gone lets go of its socket before another may have that.
for link in "$wants/$alone"*.service; do
    [ -L "$link" ] && [ ! -e "$units/${link##*/}" ] || continue
    rm -f -- "$link" "$sockets/${link##*/}" || exit 1
    systemctl stop "${link##*/}" 2>/dev/null || ! systemctl --quiet is-active "${link##*/}" || exit 1
    systemctl reset-failed "${link##*/}" 2>/dev/null
    systemctl daemon-reload || exit 1
done

wanted=
[ ! -e "$rules" ] || wanted=$(sed -n 's/^# Generation //p' "$rules")
running=
[ ! -e "$sockets/rules" ] || IFS= read -r running <"$sockets/rules"
shown=$(systemctl show --property=MainPID --property=NeedDaemonReload --property=ActiveState "$unit")
pid=${shown##*MainPID=}
pid=${pid%%[!0-9]*}

case $wanted/$shown in
    "$running"/*NeedDaemonReload=no*) ;;
    *) systemctl daemon-reload || exit 1 ;;
esac
fail() {
    journalctl --no-pager --quiet --output=cat --lines=5 --unit="$1" >&2
    exit 1
}
if [ "${pid:-0}" -eq 0 ] || [ "$wanted" != "$running" ]; then
    rm -f -- "$sockets/rules"
    systemctl reset-failed "$unit" 2>/dev/null
    systemctl restart "$unit" || fail "$unit"
else
    case $shown in
        # What "systemctl reload" does too, after it has put a program for it under all our rules, which takes it some 100 ms.
        *ActiveState=active*) kill -USR2 "$pid" || fail "$unit" ;;
        # Before it runs the signal would end it.
        *) systemctl reload "$unit" || fail "$unit" ;;
    esac
fi

for file in "$units/$alone"*.service; do
    [ -e "$file" ] || continue
    unit=${file##*/}
    wanted=$(sed -n 's/^# Generation //p' "$file")
    running=
    [ ! -e "$sockets/$unit" ] || IFS= read -r running <"$sockets/$unit"
    [ "$wanted" != "$running" ] || ! systemctl --quiet is-active "$unit" || continue
    rm -f -- "$sockets/$unit"
    # Whoever had the pool before lets go of its socket when its requests are answered.
    socket=${unit#"$alone"}
    socket=$sockets/${socket%.service}.sock
    tries=600
    while [ -e "$socket" ] && [ "$tries" -gt 0 ] && ! systemctl --quiet is-active "$unit"; do
        tries=$((tries - 1))
        sleep 0.05 # nobody tells us
    done
    systemctl daemon-reload || exit 1
    systemctl reset-failed "$unit" 2>/dev/null
    systemctl --quiet enable "$unit" || exit 1
    systemctl restart "$unit" || fail "$unit"
    printf '%s\n' "$wanted" >"$sockets/$unit"
done
exit 0
