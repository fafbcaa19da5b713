# SPDX-License-Identifier: Apache-2.0
#
# One stored file of a backup. $1 pack (to standard output), keep (from standard input) or both; $2 the file; $3 what it holds:
# files (an archive of them) or sums (their checksums); $4 how hard it is compressed; $5 the account that reads, empty for this
# one; $6 the directory; then the paths below it.

verb=$1
file=$2
what=$3
level=$4
account=$5
directory=$6
shift 6

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

# Nothing is read but as the account, by descriptors and never through links, nor beyond the file system it is on.
read_tree() {
    case $what in
        files)
            as_account tar --create --file=- --format=posix --pax-option=delete=atime,delete=ctime --sort=name \
                --numeric-owner --owner=0 --group=0 --no-acls --no-xattrs --no-selinux --hard-dereference \
                --one-file-system -- "$@"
            ;;
        sums) as_account find "$@" -xdev -type f -exec sha256sum -z -b -- {} + ;;
    esac
}

pack() {
    cd -- "$directory" || exit 1
    { read_tree "$@" </dev/null; ended "$what" "$?"; } | { zstd -q -c -T0 "-$level"; ended zstd "$?"; }
}

keep() {
    { tee -- "$file"; ended tee "$?"; } | { sha256sum; ended sha256sum "$?"; }
    sync -- "$file"
    ended sync "$?"
    stat -c %s -- "$file"
}

case $verb in
    pack) pack "$@" ;;
    keep) keep ;;
    both) pack "$@" | keep ;;
esac
