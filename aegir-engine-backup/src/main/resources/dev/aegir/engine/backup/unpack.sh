# SPDX-License-Identifier: Apache-2.0
#
# Unpacks an archive that was proved and inspected. $1 send (to standard output), unpack (from standard input) or both; $2 the
# archive; $3 the account that writes, empty for this one; $4 the directory; $5 the bytes it will take; $6 empty for all of it, or
# the number by which $7, the tree of a later backup, says what comes from it; then what is left out. What is encrypted is decrypted
# where it is unpacked only.

verb=$1
file=$2
account=$3
directory=$4
bytes=$5
number=$6
tree=$7
shift 7

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

# The names that are wanted, in the order of the archive, from a tree.
names() {
    { unzipped "$tree"; ended tree "$?"; } | LC_ALL=C sed -z -n "s/^$number [0-9]* [0-9]* [^ ]* [^ ]* //p" |
        tr '/\001' '\001/' | LC_ALL=C sort -z | tr '/\001' '\001/'
}

# For another server: the names, or the tree when that is encrypted, after a line that says how many bytes they are; then the archive.
send() {
    case $number$tree in
        '' | "$tree") ;;
        *.age)
            stat -c %s -- "$tree"
            cat -- "$tree"
            ;;
        *)
            names=$(mktemp) || exit 1
            trap 'rm -f -- "$names"' EXIT
            names <"$tree" >"$names"
            stat -c %s -- "$names"
            cat -- "$names"
            ;;
    esac
    cat -- "$file"
}

unpack() {
    cd -- "$directory" || exit 1
    free=$(df --output=avail -B 1 . | tail -n 1) || exit 1
    [ "$free" -gt "$bytes" ] ||
        refuse "there are $free bytes free for $directory, and $bytes are needed: make room, then try again"
    identified "$file"
    if [ -n "$number" ]; then
        wanted=$(mktemp) || exit 1
        trap 'rm -f -- "$wanted"' EXIT
        [ "$verb" = both ] || read -r length || exit 1
        case $verb$tree in
            both*) names <"$tree" >"$wanted" ;;
            *.age) head -c "$length" | names >"$wanted" ;;
            *) head -c "$length" >"$wanted" && [ "$(stat -c %s -- "$wanted")" = "$length" ] || exit 1 ;;
        esac
        [ -z "$account" ] || chown -- "$account" "$wanted"
        if [ ! -s "$wanted" ]; then
            cat >/dev/null
            ended zstd 0
            ended tar 0
            return
        fi
        set -- --null --verbatim-files-from --same-order "--files-from=$wanted" "$@"
    fi
    { unzipped "$file"; ended zstd "$?"; } | {
        umask 0 # Files get the permissions they had, without what would change who runs them.
        as_account tar --extract --file=- --blocking-factor=128 --no-same-owner --no-same-permissions \
            --delay-directory-restore --no-acls --no-xattrs --no-selinux --anchored --no-wildcards "$@"
        ended tar "$?"
        rest
    }
}

case $verb in
    send) send ;;
    unpack) unpack "$@" ;;
    both) unpack "$@" <"$file" ;;
esac
