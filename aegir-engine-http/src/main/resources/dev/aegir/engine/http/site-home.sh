# SPDX-License-Identifier: Apache-2.0
#
# A site's own directory is there, with what the site may write in it. It belongs to root, so nothing directly in it can be
# swapped by the site; what is deeper is made and looked at as the site's account.
#
# $1 the account, $2 the directory, $3 the site's id, $4 the web server's account, then the directories the site may write.

account=$1
home=$2
id=$3
web=$4
shift 4
sites=${home%/*}

# first DIRECTORY MODE: one directly in the home.
first() {
    if [ -L "$home/$1" ] || { [ -e "$home/$1" ] && [ ! -d "$home/$1" ]; }; then
        refuse "$home/$1 is no directory"
    elif [ ! -d "$home/$1" ]; then
        printf '+ %s\n' "$home/$1"
    elif [ "$(stat -c '%U:%G %a' -- "$home/$1")" != "$account:$account $2" ]; then
        printf '~ %s\n' "$home/$1"
    fi
}

make_first() {
    [ -d "$home/$1" ] || mkdir -m 0700 -- "$home/$1" || exit 1
    # Not a link, and cannot become one.
    chown -h -- "$account:$account" "$home/$1" && chmod -- "$2" "$home/$1" || exit 1
}

# As the account, in a home that exists.
is_there() { runuser -u "$account" -- test -d "$home/$1"; }

access() {
    printf '%s\n' user::rwx "user:$web:--x" group::r-x mask::r-x other::---
}

look() {
    if [ ! -e "$sites" ] && [ ! -L "$sites" ]; then
        refuse "$sites is not there: prepare the service first"
    fi
    case $(stat -L -c '%u %A' -- "$sites") in
        0\ d????-??-?) ;;
        *) refuse "$sites must be a directory that belongs to root and that nobody else can write" ;;
    esac
    if [ ! -e "$home" ] && [ ! -L "$home" ]; then
        printf '+ %s\n' "$home"
        return
    fi
    [ ! -L "$home" ] && [ -d "$home" ] && [ "$(stat -c %u -- "$home")" = 0 ] ||
        refuse "$home is no directory of root's: see what it is, and move it away"
    if ! is_marked "$home" "$id"; then
        # One that was just made and not yet marked is as good as none.
        [ -z "$(ls -A -- "$home")" ] || refuse "$home does not bear the mark of site $id: see whose it is, and move it away"
        printf '+ %s\n' "$home"
        return
    fi
    getent passwd "$account" >/dev/null || {
        printf '~ %s\n' "$home"
        return
    }
    [ "$(stat -c '%U:%G' -- "$home")" = "root:$account" ] &&
        [ "$(getfacl -cpE -- "$home" 2>/dev/null | grep -v '^$')" = "$(access)" ] || printf '~ %s\n' "$home"
    for private in tmp sessions logs; do
        first "$private" 700
    done
    for each in "$@"; do
        first "${each%%/*}" 755
        case $each in
            */*) is_there "$each" || printf '+ %s\n' "$home/$each" ;;
        esac
    done | awk '!seen[$0]++'
}

case $verb in
    look) look "$@" ;;
    make)
        missing=$(look "$@") || exit 1
        [ -n "$missing" ] || exit 0
        [ -d "$home" ] || mkdir -m 0700 -- "$home" || exit 1
        if ! is_marked "$home" "$id"; then
            rm -f -- "$home/.aegir.new"
            printf '%s\n' "$id" >"$home/.aegir.new" && mv -T -- "$home/.aegir.new" "$home/.aegir" || exit 1
        fi
        chown -h -- "root:$account" "$home" && chmod 0750 -- "$home" &&
            setfacl -b -m "u:$web:x,m::rx" -- "$home" ||
            refuse "$home cannot have an access control list, by which the web server alone gets to the site's files"
        for private in tmp sessions logs; do
            make_first "$private" 700
        done
        for each in "$@"; do
            make_first "${each%%/*}" 755
            case $each in
                */*) runuser -u "$account" -- mkdir -p -- "$home/$each" || exit 1 ;;
            esac
        done
        ;;
    undo)
        if had "+ $home"; then
            ! getent passwd "$account" >/dev/null || end_processes "$account"
            # Made and not yet marked.
            rm -f -- "$home/.aegir.new"
            [ ! -d "$home" ] || [ -n "$(ls -A -- "$home")" ] || rmdir -- "$home" || exit 1
            remove_home "$home" "$id"
        else
            # Only what is empty; what lies in a directory that the site can write, as the site.
            printf '%s\n' "$found" | sed -n 's/^+ //p' | sort -r | while IFS= read -r made; do
                case ${made#"$home"/} in
                    */*) runuser -u "$account" -- rmdir -- "$made" 2>/dev/null ;;
                    *) rmdir -- "$made" 2>/dev/null ;;
                esac || [ ! -d "$made" ] || printf '%s\n' "$made is not empty: it stays"
            done
        fi
        ;;
esac
