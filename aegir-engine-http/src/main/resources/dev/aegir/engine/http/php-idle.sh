# SPDX-License-Identifier: Apache-2.0
#
# Waits until nobody is connected to a socket any more: the requests that are under way get their whole answers. Who takes
# longer is told, and not waited for. $1 the socket, $2 how many seconds that may take.

tries=$(($2 * 20))
# The columns of unix(7) in proc(5): the state 03 is connected, the last is the path.
while [ -r /proc/net/unix ] && awk -v path="$1" '$6 == "03" && $8 == path { busy = 1 } END { exit !busy }' /proc/net/unix; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        printf '%s\n' "$1 is still in use"
        exit 0
    fi
    sleep 0.05 # nobody tells us
done
exit 0
