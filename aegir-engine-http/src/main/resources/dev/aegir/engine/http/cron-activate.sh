# SPDX-License-Identifier: Apache-2.0
#
# Timers that are there run, now and after every boot; those that are gone do not, nor does what they started.
# $1 how the names of the units begin.

prefix=$1
units=/etc/systemd/system
wants=$units/timers.target.wants

systemctl daemon-reload || exit 1
for link in "$wants/$prefix"*.timer; do
    [ -L "$link" ] || continue
    name=${link##*/}
    name=${name%.timer}
    [ ! -e "$units/$name.timer" ] || continue
    rm -f -- "$link" || exit 1
    for unit in "$name.timer" "$name.service"; do
        # One that was never started is not even known any more.
        systemctl stop "$unit" 2>/dev/null || ! systemctl --quiet is-active "$unit" || exit 1
        systemctl reset-failed "$unit" 2>/dev/null
    done
done
for timer in "$units/$prefix"*.timer; do
    [ -e "$timer" ] && [ ! -L "$wants/${timer##*/}" ] || continue
    systemctl --quiet enable --now "${timer##*/}" || exit 1
done
exit 0
