# SPDX-License-Identifier: Apache-2.0
#
# Reads or replaces the authorized_keys of the account it runs as. $1 is "read", "replace" or "remove".
# read: prints "file MODE" and the content, or "none", or "nodir" when there is no .ssh either.
# replace, remove: only when the SHA-256 of what is there is $2 ("none" for no file); otherwise exit 75, nothing changed.
# replace: $3 is the mode; standard input the new content. remove: with $3 "nodir" .ssh goes too, if nothing else is in it.
umask 077
dir=$HOME/.ssh
file=$dir/authorized_keys
fail() {
    printf '%s\n' "$1" >&2
    exit 1
}
if [ -L "$file" ]; then
    link=$file
    file=$(readlink -f -- "$link") || fail "$link is a link that leads nowhere"
fi
if [ -e "$file" ]; then
    [ -f "$file" ] || fail "$file is no file"
    [ "$(stat -c %u -- "$file")" = "$(id -u)" ] || fail "$file belongs to $(stat -c %U -- "$file"), not to $(id -un)"
fi
unchanged() {
    now=none
    [ ! -f "$file" ] || now=$(sha256sum <"$file" | cut -c 1-64)
    [ "$now" = "$1" ] || exit 75
}
case $1 in
read)
    if [ -f "$file" ]; then
        printf 'file 0%s\n' "$(stat -c %a -- "$file")"
        cat -- "$file"
    elif [ -d "$dir" ]; then
        printf 'none\n'
    else
        printf 'nodir\n'
    fi
    ;;
replace)
    [ -d "$dir" ] || mkdir -- "$dir"
    new=$(mktemp "$file.XXXXXX")
    trap 'rm -f -- "$new"' EXIT
    cat >"$new"
    [ ! -f "$file" ] || chgrp -- "$(stat -c %g -- "$file")" "$new"
    chmod "$3" "$new"
    unchanged "$2"
    mv -f -- "$new" "$file"
    ;;
remove)
    unchanged "$2"
    rm -f -- "$file"
    [ "$3" != nodir ] || rmdir -- "$dir" 2>/dev/null || :
    ;;
esac
