# SPDX-License-Identifier: Apache-2.0
#
# Waits until php-fpm has let go of a socket. $1 the socket, $2 how many seconds that may take.

tries=$(($2 * 50))
while [ -e "$1" ]; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        printf '%s\n' "$1 is still there: php-fpm has not read its configuration again" >&2
        exit 1
    fi
    sleep 0.02 # nobody tells us
done
exit 0
