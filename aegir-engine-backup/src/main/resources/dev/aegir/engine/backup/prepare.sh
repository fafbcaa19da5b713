# SPDX-License-Identifier: Apache-2.0
#
# The directory of all backups is there, for nobody but this account. $1 look, make or undo; $2 the directory; $3 whom backups
# are encrypted to, with spaces between, empty for nobody.

verb=$1
directory=$2
recipients=$3

look() {
    for each in tar zstd sha256sum find runuser; do
        command -v "$each" >/dev/null || refuse "$each is not installed; backups need GNU tar, zstd, coreutils and findutils"
    done
    if [ -n "$recipients" ]; then
        has_age
        printf x | sealed >/dev/null || refuse "age does not take these recipients; have age-keygen print them: $recipients"
    fi
    if [ ! -e "$directory" ] && [ ! -L "$directory" ]; then
        printf '+ %s\n' "$directory"
    elif [ -L "$directory" ] || [ ! -d "$directory" ] || [ "$(stat -c %u -- "$directory")" != "$(id -u)" ]; then
        refuse "$directory is no directory of $(id -un)'s: see what it is, and move it away"
    elif [ "$(stat -c %a -- "$directory")" != 700 ]; then
        printf '~ %s\n' "$directory"
    fi
}

case $verb in
    look) look ;;
    make)
        missing=$(look) || exit 1
        case $missing in
            '') ;;
            +*) mkdir -p -- "${directory%/*}" && mkdir -m 0700 -- "$directory" ;;
            *) chmod -- 0700 "$directory" ;;
        esac
        ;;
    undo) [ ! -d "$directory" ] || [ -n "$(ls -A -- "$directory")" ] || rmdir -- "$directory" ;;
esac
