# SPDX-License-Identifier: Apache-2.0
#
# One file of a stored backup. $1 send: $2 the backup's directory, $3 its id, then its files in their order. $1 keep (from standard
# input), check or undo: $2 the file, $3 the name it has while it is not whole; for keep and check then in pairs each part and its
# checksum, of which the first is - for what has none; for undo the checksum of what may be removed. Prints the file's checksum
# and length.

verb=$1
shift

prove() {
    file=$1
    shift
    while [ "$#" -gt 0 ]; do
        sum=$(tar --extract --to-stdout "--file=$file" --anchored --no-wildcards -- "$1" | sha256sum) || exit 1
        [ "$2" = - ] || [ "${sum%% *}" = "$2" ] || refuse "$file was read back, and $1 in it is not what was sent"
        shift 2
    done
    sum=$(sha256sum <"$file") && printf '%s\n' "${sum%% *}" && stat -c %s -- "$file"
}

case $verb in
    send)
        is_marked "$1" "$2" || refuse "$1 is not there, or does not bear the mark of backup $2"
        # Those of earlier backups lie beside this one.
        cd -- "${1%/*}" || exit 1
        own=${1##*/}
        shift 2
        for each in "$@"; do
            shift
            case $each in
                */*)
                    is_marked "${each%/*}" "${each%/*}" || refuse "$each does not lie in a backup that bears its mark"
                    set -- "$@" "$each"
                    ;;
                *) set -- "$@" "$own/$each" ;;
            esac
        done
        tar --create --file=- --format=posix --no-recursion --owner=0 --group=0 --numeric-owner --mode=0600 \
            --pax-option=delete=atime,delete=ctime --no-acls --no-xattrs --no-selinux "--transform=s,^$own/,," -- "$@"
        ended tar "$?"
        ;;
    keep)
        file=$1
        part=${file%/*}/$2
        shift 2
        guarded "${file%/*}"
        [ ! -e "$file" ] && [ ! -L "$file" ] || refuse "$file is there already: name another"
        rm -f -- "$part"
        cat >"$part" && sync -- "$part" || {
            rm -f -- "$part"
            exit 1
        }
        (prove "$part" "$@") || {
            rm -f -- "$part"
            exit 1
        }
        # Never over what somebody has put there meanwhile.
        mv -n -T -- "$part" "$file" && [ ! -e "$part" ] || {
            rm -f -- "$part"
            refuse "$file is there meanwhile: name another"
        }
        sync -- "${file%/*}"
        ;;
    check)
        file=$1
        shift 2
        [ -e "$file" ] || exit 0
        guarded "$file"
        prove "$file" "$@"
        ;;
    undo)
        rm -f -- "${1%/*}/$2" || exit 1
        if [ "$3" != - ] && [ ! -L "$1" ] && [ -f "$1" ] && sum=$(sha256sum <"$1") && [ "${sum%% *}" = "$3" ]; then
            rm -f -- "$1"
        fi
        ;;
esac
