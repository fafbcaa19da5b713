# SPDX-License-Identifier: Apache-2.0
#
# The directory of all backups is there, for nobody but this account, and bears its mark. $1 look, make, undo (of a directory that
# was made) or unmark; $2 the directory; $3 whom backups are encrypted to, with spaces between, empty for nobody; $4 the mark; then
# backups that are known to be there. What look prints: nothing when all is well, + for a directory that is to be made, * for one
# that is to be marked, ~ for one that others can look into.

verb=$1
directory=$2
recipients=$3
mark=$4
shift 4

look() {
    for each in tar zstd sha256sum find runuser; do
        command -v "$each" >/dev/null || refuse "$each is not installed; backups need GNU tar, zstd, coreutils and findutils"
    done
    if [ -n "$recipients" ]; then
        has_age
        printf x | sealed >/dev/null || refuse "age does not take these recipients; have age-keygen print them: $recipients"
    fi
    if [ ! -e "$directory" ] && [ ! -L "$directory" ]; then
        [ "$#" = 0 ] || away "$directory is not there"
        printf '+ %s\n' "$directory"
    elif [ -L "$directory" ] || [ ! -d "$directory" ] || [ "$(stat -c %u -- "$directory")" != "$(id -u)" ]; then
        refuse "$directory is no directory of $(id -un)'s: see what it is, and move it away"
    elif [ "$#" != 0 ] && ! holds "$directory" "$@"; then
        away "$directory has none of the backups that are kept there"
    elif ! is_marked "$directory" "$mark"; then
        [ "$#" != 0 ] || is_empty ||
            refuse "$directory is not empty, and nobody knows the backups in it: give this service a directory of its own"
        printf '* %s\n' "$directory"
    elif [ "$(stat -c %a -- "$directory")" != 700 ]; then
        printf '~ %s\n' "$directory"
    fi
}

# A new file system has a directory for what is found after a crash.
is_empty() {
    there=$(find "$directory" -mindepth 1 -maxdepth 1 ! -name .aegir ! -name lost+found -print -quit) && [ -z "$there" ]
}

case $verb in
    look) look "$@" ;;
    make)
        set -e
        missing=$(look "$@")
        case $missing in
            '') exit 0 ;;
            +*) mkdir -p -- "${directory%/*}" && mkdir -m 0700 -- "$directory" ;;
            *) chmod -- 0700 "$directory" ;;
        esac
        case $missing in
            [+*]*)
                [ ! -L "$directory/.aegir" ] || refuse "$directory/.aegir is a link: see who made it"
                printf '%s\n' "$mark" >"$directory/.aegir"
                sync -- "$directory/.aegir" "$directory"
                ;;
        esac
        ;;
    undo)
        [ -d "$directory" ] && is_empty || exit 0
        rm -f -- "$directory/.aegir" && rmdir -- "$directory"
        ;;
    unmark) ! is_marked "$directory" "$mark" || rm -f -- "$directory/.aegir" ;;
esac
