# SPDX-License-Identifier: Apache-2.0
#
# The stored files of a part of a backup. $1 moved, seen (whether $7 is there and whole), feed, pack, keep (each reads what the
# one before it prints) or both (all of them on one server, for all files). $2 which: tree (what files there are, and which backup
# has the contents of each), files (an archive of them), sums (their checksums); with both, several; with moved, a second since
# 1970. $3 where they are stored, without their ends; $4 the end they have for now; $5 how hard they are compressed; $6 how many
# earlier backups this one adds to; $7 the tree of the last of those; $8 the account that reads, empty for this one; $9 the
# directory; then whom they are encrypted to, with spaces between, empty for nobody; where the tree stays on this server when it is
# encrypted, and $7 is one that stayed; then the paths below the directory.

verb=$1
kinds=$2
stem=$3
now=$4
level=$5
number=$6
base=$7
account=$8
directory=$9
shift 9
recipients=$1
seen=$2
shift 2
sealed=
[ -z "$recipients" ] || sealed=.age

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

file() {
    case $1 in
        files) printf '%s' "$stem.tar.zst$sealed$now" ;;
        *) printf '%s' "$stem.$1.zst$sealed$now" ;;
    esac
}

# In the order in which tar lists a directory and all below it: a slash comes before everything else.
in_order() { tr '/\001' '\001/' | LC_ALL=C sort -z | tr '/\001' '\001/'; }

# feed KIND: the tree of the backup before; or the names of what has changed since that was taken.
feed() {
    case $1 in
        tree) { zstd -d -q -c -- "$base"; ended "$1.base" "$?"; } ;;
        *)
            { zstd -d -q -c -- "${seen:-$(file tree)}"; ended "$1.base" "$?"; } | {
                LC_ALL=C sed -z -n "s/^$number [0-9]* [0-9]* [^ ]* [^ ]* //p"
                ended "$1.names" "$?"
            }
            ;;
    esac
}

# Nothing is read but as the account, nor beyond the file system it is on. Whole directories are read by descriptors; names of
# single files could lead through a link that was put there since, but only to what the account can read anyway.
archive() {
    as_account tar --create --file=- --blocking-factor=128 --format=posix --pax-option=delete=atime,delete=ctime \
        --sort=name --numeric-owner --owner=0 --group=0 --no-acls --no-xattrs --no-selinux --hard-dereference \
        --one-file-system "$@"
    ended files.read "$?"
}

# For find a program that was killed is as one that has found a file gone.
alive='"$@"; code=$?; [ "$code" -lt 126 ] || printf "\naegir-ended sums.killed %s\n" "$code" >&2; exit "$code"'

# What openssl prints of a name with a line feed or a backslash is not what the others print.
checksums() {
    odd=$(printf '[\n\\\\]')
    if command -v openssl >/dev/null; then
        {
            as_account find "$@" -xdev -type f ! -path "*$odd*" -exec sh -c "$alive" sh openssl dgst -sha256 -r {} +
            ended sums.read "$?"
        } | { tr '\n' '\0'; ended sums.lines "$?"; }
        as_account find "$@" -xdev -type f -path "*$odd*" -exec sh -c "$alive" sh sha256sum -z -b {} +
    else
        as_account find "$@" -xdev -type f -exec sh -c "$alive" sh sha256sum -z -b {} +
    fi
    ended sums.other.read "$?"
}

# Every file with its number in the chain, inode, length, and both times; from standard input what the backup before says of
# them. A file that is the same in all of that has not been written since, unless the last write was too short a time before
# the look for the clock to tell them apart: of such a file the time of change is not noted, and it is never the same.
scan() {
    export LC_ALL=C
    work=$(mktemp -d) || return 9
    trap 'rm -rf -- "$work"' EXIT
    cat >"$work/base" || return 9
    recent=@$(($(date +%s) - 2))
    as_account find "$@" -xdev -type f \( -newerct "$recent" -printf '%i %s %T@ - %p\0' -o \
        -printf '%i %s %T@ %C@ %p\0' \) >"$work/found"
    found=$?
    sort -z -o "$work/found" "$work/found" || return 9
    : >"$work/known"
    each=0
    while [ "$each" -lt "$number" ]; do
        sed -z -n "s/^$each \([0-9]* [0-9]* [^ ]* [0-9][^ ]* \)/\1/p" "$work/base" >"$work/then" &&
            sort -z -o "$work/then" "$work/then" &&
            comm -z -12 "$work/then" "$work/found" >"$work/same" &&
            cat "$work/same" >>"$work/known" && sed -z "s/^/$each /" "$work/same" || return 9
        each=$((each + 1))
    done
    sort -z -o "$work/known" "$work/known" && comm -z -13 "$work/known" "$work/found" >"$work/new" &&
        sed -z "s/^/$number /" "$work/new" || return 9
    return "$found"
}

# pack KIND PATH...
pack() {
    kind=$1
    shift
    cd -- "$directory" || exit 1
    case $kind$number in
        tree*) scan "$@"; ended tree.read "$?" ;;
        files0) archive -- "$@" </dev/null ;;
        sums0) checksums "$@" </dev/null ;;
        files*)
            { cat; as_account find "$@" -xdev ! -type f -print0 </dev/null; ended files.others.read "$?"; } | in_order |
                archive --no-recursion --null --verbatim-files-from --files-from=-
            ;;
        sums*)
            as_account xargs -0 -r sha256sum -z -b --
            result=$?
            [ "$result" != 123 ] || result=1
            ended sums.read "$result"
            ;;
    esac | if [ -z "$recipients" ]; then zipped; else sealed_after_a_look; fi
}

zipped() { zstd -q -c -T0 "-$level"; ended "$kind.zstd" "$?"; }

# What nobody can read where it is stored is looked at here; what leaves this server is encrypted.
sealed_after_a_look() {
    has_age
    case $kind in
        files) looked | zipped ;;
        tree) zipped | stays ;;
        *) zipped ;;
    esac | { sealed; ended "$kind.age" "$?"; }
}

# Passes the archive on, and lets the program that would unpack it read it: how many entries and bytes it has, and what of it is
# neither a file nor a directory.
looked() {
    pipe=$(mktemp -d) && mkfifo "$pipe/archive" || return
    {
        {
            tar --list --file=- -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' --quoting-style=escape \
                '--quote-chars= '
            ended files.list "$?"
            rest
        } <"$pipe/archive" | LC_ALL=C awk '
            { entries++ }
            /^-/ { bytes += $3 }
            !/^[-d]/ && peculiar++ < 20000 { print "\naegir-said entry " $0 }
            END { printf "\naegir-said counted %.0f %.0f\n", entries, bytes }' >&2
    } &
    tee -- "$pipe/archive"
    ended files.look "$?"
    wait "$!"
    rm -rf -- "$pipe"
}

# What the next backup compares with stays here, where the files are that it is about: nobody can read it where it is stored.
stays() {
    directory=${seen%/*}
    mkdir -p -m 0700 -- "$directory" && chmod -- 0700 "$directory" "${directory%/*}" || exit 1
    part=${seen##*/}
    part=${part#*.}
    find "$directory" -maxdepth 1 -type f -name "*.${part%%.tree.*}.tree.*" ! -path "$base" -delete
    find "${directory%/*}" -mindepth 2 -type f -mtime +400 -delete
    tee -- "$seen"
    ended tree.stays "$?"
}

# written KIND: standard input is on the disk; prints its checksum and its length. An archive that can be read where it is stored is
# read back by list.sh, which sums it up; what is encrypted is summed up on its way, and compared with what is stored later.
written() {
    out=$(file "$1")
    if [ -n "$recipients" ]; then
        sum=$({ tee -- "$out"; ended "$1.tee" "$?"; } | { digest; ended "$1.sha256sum" "$?"; })
    else
        cat >"$out"
        ended "$1.cat" "$?"
    fi
    stored "$1"
}

stored() {
    [ "$1" != files ] || [ -n "$recipients" ] || return 0
    out=$(file "$1")
    sync -- "$out"
    ended "$1.sync" "$?"
    if [ -z "$recipients" ]; then
        sum=$(digest <"$out")
        ended "$1.sha256sum" "$?"
    fi
    printf '%s %s %s\n' "$1" "${sum%% *}" "$(stat -c %s -- "$out")"
}

# packed KIND PATH...: what there is, or what has changed.
packed() {
    if [ "$number" = 0 ]; then
        (pack "$@") </dev/null
    else
        feed "$1" | pack "$@"
    fi
}

# both KIND PATH...: without one more program that only copies, if nothing else does.
both() {
    if [ -n "$recipients" ]; then
        packed "$@" | written "$1"
    else
        packed "$@" >"$(file "$1")"
        # Others wait for the tree, but not until it is on the disk.
        case $1 in
            tree) stored tree & ;;
            *) stored "$1" ;;
        esac
    fi
}

# moved SINCE PATH...: a directory that was written since. One that was moved away and back takes files with it whose own times stay
# as they were.
moved() {
    cd -- "$directory" || return
    since=$1
    shift
    as_account find "$@" -xdev -type d -newerct "@$since" -print -quit
}

case $verb in
    feed) feed "$kinds" ;;
    seen) [ ! -L "$base" ] && [ -f "$base" ] && zstd -t -q -- "$base" ;;
    pack)
        if [ -z "$recipients" ] || [ "$number" = 0 ]; then
            pack "$kinds" "$@"
        else
            feed "$kinds" | pack "$kinds" "$@"
        fi
        ;;
    keep) written "$kinds" ;;
    moved) moved "$kinds" "$@" ;;
    both)
        # Clocks of file systems lag behind.
        begun=$(($(date +%s) - 1))
        # What was read first says least: what is written while the others read is read again next time.
        for kind in $kinds; do
            case $kind in
                tree) both tree "$@" ;;
                *) both "$kind" "$@" & ;;
            esac
        done
        wait
        case $kinds in
            *tree*) if found=$(moved "$begun" "$@") && [ -z "$found" ]; then printf 'moved no\n'; fi ;;
        esac
        ;;
esac
