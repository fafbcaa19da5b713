# SPDX-License-Identifier: Apache-2.0
#
# Unpacks an archive that was proved and inspected. $1 send (to standard output), unpack (from standard input) or both; $2 the
# archive; $3 the account that writes, empty for this one; $4 the directory; $5 the bytes it will take; then what is left out.

verb=$1
file=$2
account=$3
directory=$4
bytes=$5
shift 5

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

unpack() {
    cd -- "$directory" || exit 1
    free=$(df --output=avail -B 1 . | tail -n 1) || exit 1
    [ "$free" -gt "$bytes" ] ||
        refuse "there are $free bytes free for $directory, and $bytes are needed: make room, then try again"
    { zstd -d -q -c; ended zstd "$?"; } | {
        umask 0 # Files get the permissions they had, without what would change who runs them.
        as_account tar --extract --file=- --no-same-owner --no-same-permissions --delay-directory-restore \
            --no-acls --no-xattrs --no-selinux --anchored --no-wildcards "$@"
        ended tar "$?"
    }
}

case $verb in
    send) cat -- "$file" ;;
    unpack) unpack "$@" ;;
    both) unpack "$@" <"$file" ;;
esac
