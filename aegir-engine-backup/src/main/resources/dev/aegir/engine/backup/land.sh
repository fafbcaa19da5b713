# SPDX-License-Identifier: Apache-2.0
#
# Where what was read from somebody's archive lands; it comes compressed on standard input. $1 tree, or layer (of which only what
# comes first on standard input is wanted, after a line that says how many bytes of names that is): $2 the account that writes,
# $3 an empty directory of that account's, $4 the bytes it takes, $5 how many components go from the names, $6 the directory in
# the archive; then what is left out. $1 dump: $2 a directory that is missing, $3 the file's name there, $4 its bytes. $1 undo: $2
# that directory.

verb=$1
shift

as_account() {
    if [ -n "$account" ]; then
        runuser -u "$account" -- "$@"
    else
        "$@"
    fi
}

room() {
    free=$(df --output=avail -B 1 . | tail -n 1) || exit 1
    [ "$free" -gt "$1" ] ||
        refuse "there are $free bytes free for $directory, and $1 are needed: make room, then try again"
}

case $verb in
    tree | layer)
        account=$1
        directory=$2
        bytes=$3
        strip=$4
        prefix=$5
        shift 5
        cd -- "$directory" || exit 1
        room "$bytes"
        if [ "$verb" = tree ]; then
            set -- "$@" -- "$prefix"
        else
            read -r length || exit 1
            wanted=$(mktemp) || exit 1
            trap 'rm -f -- "$wanted"' EXIT
            head -c "$length" >"$wanted" && [ "$(stat -c %s -- "$wanted")" = "$length" ] || exit 1
            if [ "$length" = 0 ]; then
                cat >/dev/null
                for each in zstd tar modes; do ended "$each" 0; done
                exit 0
            fi
            [ -z "$account" ] || chown -- "$account" "$wanted"
            set -- --null --verbatim-files-from --same-order "--files-from=$wanted"
        fi
        { zstd -d -q -c; ended zstd "$?"; } | {
            umask 022
            as_account tar --extract --file=- --no-same-owner --no-same-permissions \
                --delay-directory-restore --no-acls --no-xattrs --no-selinux --anchored --no-wildcards \
                "--strip-components=$strip" "$@"
            ended tar "$?"
            rest
        }
        # Whoever could read them there: here the web server serves them, and nothing in them is run.
        as_account find . -xdev -type d ! -perm -u=rwx -exec chmod -- u+rwx {} \; &&
            as_account find . -xdev -type d -exec chmod -- 0755 {} + &&
            as_account find . -xdev -type f -exec chmod -- 0644 {} +
        ended modes "$?"
        ;;
    dump)
        directory=$1
        mkdir -p -- "${directory%/*}" && mkdir -m 0700 -- "$directory" && cd -- "$directory" || exit 1
        room "$3"
        zstd -d -q -c >"$2"
        ended zstd "$?"
        sync -- "$2"
        ended sync "$?"
        stat -c %s -- "$2"
        ;;
    undo)
        rm -rf --one-file-system -- "$1" || exit 1
        rmdir --ignore-fail-on-non-empty -- "${1%/*}" 2>/dev/null || :
        ;;
esac
