# SPDX-License-Identifier: Apache-2.0
#
# Proves that php-fpm runs a pool as a file says.
#
# $1 the file, $2 its generation, $3 the PHP that asks, $4 the pool's socket, $5 the path that answers with the generation,
# $6 how many seconds it may take, $7 the program that asks.

if ! grep -qF -e "$2" "$1"; then
    printf '%s\n' "$1 is kept as somebody else wrote it: what it runs is not checked"
    exit 0
fi
if ! "$3" -n -d display_errors=stderr -r "$7" -- "$4" "$5" "$2" "$6"; then
    printf '%s\n' "php-fpm does not run what $1 says (asked at $4)." >&2
    exit 1
fi
