# SPDX-License-Identifier: Apache-2.0
#
# A site's own directory is there, with what the site may write in it. It belongs to root, so nothing directly in it can be
# swapped by the site; what is deeper is made and looked at as the site's account.
#
# It is $home, in $sites, of the site $id with the account $account; $web is the web server's account, $deploy those that may write what the
# site may write, too, with commas between. The functions are given the directories the site may write.

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
    # Not a link, and cannot become one.
    chown -h -- "$account:$account" "$home/$1" && chmod -- "$2" "$home/$1" || exit 1
}

# As the account, in a home that exists.
is_there() { runuser -u "$account" -- test -d "$home/$1"; }

# make_fresh MODE DIRECTORY...: those that are not there yet, directly in the home.
make_fresh() {
    mode=$1
    shift
    [ "$#" -eq 0 ] || (cd -- "$home" && install -d -m "$mode" -o "$account" -g "$account" -- "$@") || exit 1
}

# named FORM: a line for each account that may deploy.
named() {
    [ -n "$deploy" ] || return 0
    printf '%s\n' "$deploy" | tr ',' '\n' | while IFS= read -r each; do
        # shellcheck disable=SC2059 # the forms are ours
        [ -z "$each" ] || printf "$1\n" "$each"
    done
}

access() {
    {
        printf '%s\n' user::rwx "user:$web:--x" group::r-x mask::r-x other::---
        named 'user:%s:--x'
    } | sort
}

# What holds in a directory that the site may write: whoever makes something there, all of them can change it.
shared() {
    if [ -z "$deploy" ]; then
        printf '%s\n' group::r-x other::r-x user::rwx
    else
        for kind in '' default:; do
            printf '%s\n' "${kind}user::rwx" "${kind}user:$account:rwx" "${kind}group::r-x" "${kind}mask::rwx" "${kind}other::r-x"
            named "${kind}user:%s:rwx"
        done | sort
    fi
}

list() { getfacl -cpE -- "$1" 2>/dev/null | grep -v '^$' | sort; }

# Who may deploy into a directory now.
deploying() { list "$1" | sed -n 's/^user:\([^:][^:]*\):.*/\1/p' | grep -vxF -e "$account" | paste -sd, -; }

# writable DIRECTORY: one directly in the home that the site may write.
writable() {
    if [ -L "$home/$1" ] || { [ -e "$home/$1" ] && [ ! -d "$home/$1" ]; }; then
        refuse "$home/$1 is no directory"
    elif [ ! -d "$home/$1" ]; then
        printf '+ %s\n' "$home/$1"
    else
        if [ "$(stat -c '%U:%G' -- "$home/$1")" != "$account:$account" ]; then
            printf '~ %s\n' "$home/$1"
        fi
        if [ "$(list "$home/$1")" != "$(shared)" ]; then
            now=$(deploying "$home/$1")
            printf '~ access to %s%s\n' "$home/$1" "${now:+, now of $now}"
        fi
    fi
}

make_writable() {
    if [ ! -d "$home/$1" ] && [ -z "$deploy" ]; then
        make_fresh 0755 "$1"
    else
        [ -d "$home/$1" ] || mkdir -m 0700 -- "$home/$1" || exit 1
        # Not a link, and cannot become one.
        chown -h -- "$account:$account" "$home/$1" || exit 1
    fi
    if [ "$(list "$home/$1")" != "$(shared)" ]; then
        give "$1"
    fi
}

# give DIRECTORY: as the site's account, which cannot change what others have made there; they can.
give() {
    runuser -u "$account" -- setfacl -R -P -b -k -- "$home/$1" 2>/dev/null
    if [ -n "$deploy" ]; then
        entries=u:$account:rwX,d:u:$account:rwX
        for each in $(named %s); do
            entries=$entries,u:$each:rwX,d:u:$each:rwX
        done
        runuser -u "$account" -- setfacl -R -P -m "$entries" -- "$home/$1" 2>/dev/null
    fi
    shared | runuser -u "$account" -- setfacl --set-file=- -- "$home/$1" ||
        refuse "$home/$1 cannot have an access control list, by which others may write there, too"
}

home_access() {
    chown -h -- "root:$account" "$home" && chmod 0750 -- "$home" && access | setfacl --set-file=- -- "$home" ||
        refuse "$home cannot have an access control list, by which the web server alone gets to the site's files"
}

look_home() {
    for each in $(named %s); do
        getent passwd "$each" >/dev/null || refuse "there is no account $each on this server, which shall deploy to the site"
    done
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
        [ "$(list "$home")" = "$(access)" ] || printf '~ %s\n' "$home"
    for private in tmp sessions logs; do
        first "$private" 700
    done
    for each in "$@"; do
        writable "${each%%/*}"
        case $each in
            */*) is_there "$each" || printf '+ %s\n' "$home/$each" ;;
        esac
    done | awk '!seen[$0]++'
}

make_home() {
    missing=$(look_home "$@") || exit 1
    [ -n "$missing" ] || return 0
    [ -d "$home" ] || mkdir -m 0700 -- "$home" || exit 1
    if ! is_marked "$home" "$id"; then
        rm -f -- "$home/.aegir.new"
        printf '%s\n' "$id" >"$home/.aegir.new" && mv -T -- "$home/.aegir.new" "$home/.aegir" || exit 1
    fi
    home_access
    fresh=
    for private in tmp sessions logs; do
        if [ -d "$home/$private" ]; then make_first "$private" 700; else fresh="$fresh $private"; fi
    done
    # shellcheck disable=SC2086 # several
    make_fresh 0700 $fresh
    for each in "$@"; do
        make_writable "${each%%/*}"
        case $each in
            */*) runuser -u "$account" -- mkdir -p -- "$home/$each" || exit 1 ;;
        esac
    done
}

undo_home() {
    if had "+ $home"; then
        ! getent passwd "$account" >/dev/null || end_processes "$account"
        # Made and not yet marked.
        rm -f -- "$home/.aegir.new"
        [ ! -d "$home" ] || [ -n "$(ls -A -- "$home")" ] || rmdir -- "$home" || exit 1
        remove_home "$home" "$id"
    else
        # Who could not write there before cannot any more.
        printf '%s\n' "$found" | sed -n 's/^~ access to //p' | while IFS= read -r line; do
            directory=${line%, now of *}
            deploy=
            [ "$directory" = "$line" ] || deploy=${line##*, now of }
            [ ! -d "$directory" ] || [ -L "$directory" ] || {
                give "${directory#"$home"/}"
                home_access
            }
        done
        # Only what is empty; what lies in a directory that the site can write, as the site.
        printf '%s\n' "$found" | sed -n 's|^+ /|/|p' | sort -r | while IFS= read -r made; do
            case ${made#"$home"/} in
                */*) runuser -u "$account" -- rmdir -- "$made" 2>/dev/null ;;
                *) rmdir -- "$made" 2>/dev/null ;;
            esac || [ ! -d "$made" ] || printf '%s\n' "$made is not empty: it stays"
        done
    fi
}
