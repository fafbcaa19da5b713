# SPDX-License-Identifier: Apache-2.0
#
# Where parts of a backup are wanted. $1 look or make (nothing may be there yet), undo (what was unpacked goes), gone (the directory
# too); $2 the account, empty for this one; $3 the directory; then the paths below it.

verb=$1
account=$2
directory=$3
shift 3

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

case $verb in
    look | make)
        if [ ! -e "$directory" ] && [ ! -L "$directory" ]; then
            [ -z "$account" ] || refuse "$directory is not there, and only root could make it"
            [ "$verb" = look ] || { mkdir -p -- "${directory%/*}" && mkdir -m 0700 -- "$directory"; } || exit 1
            printf '+\n'
            exit 0
        fi
        [ ! -L "$directory" ] && [ -d "$directory" ] || refuse "$directory is no directory"
        cd -- "$directory" || exit 1
        for each in "$@"; do
            if as_account test -e "$each" || as_account test -L "$each"; then
                found=$(as_account find "$each" -maxdepth 1 -mindepth 1 -print -quit) && [ -z "$found" ] &&
                    as_account test -d "$each" ||
                    refuse "$directory/$each is not empty, and nothing is ever unpacked over anything"
            fi
        done
        ;;
    undo)
        [ -d "$directory" ] || exit 0
        cd -- "$directory" || exit 1
        for each in "$@"; do
            if as_account test -d "$each"; then
                as_account find "$each" -xdev -type d ! -perm -u=rwx -exec chmod -- u+rwx {} + 2>/dev/null
                as_account find "$each" -xdev -mindepth 1 -delete || exit 1
            fi
        done
        ;;
    gone)
        rm -rf --one-file-system -- "$directory" || exit 1
        # Perhaps made for it, and made again for the next.
        rmdir --ignore-fail-on-non-empty -- "${directory%/*}" 2>/dev/null || :
        ;;
esac
