# SPDX-License-Identifier: Apache-2.0
#
# What the scripts about sites have in common. $1 look, make or undo; $2 what looking had found, for undo. No tenant's word
# gets here, and nothing below a directory that a tenant can write is touched but as that tenant, except when it is removed,
# after the tenant has ended.

verb=$1
found=$2
shift 2
export LC_ALL=C PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"
umask 022

refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

# had LINE: whether looking had found it.
had() { printf '%s\n' "$found" | grep -qxF -e "$1"; }

# end_processes ACCOUNT
end_processes() {
    uid=$(id -u "$1") || return 1
    tries=200
    while pkill -KILL -u "$uid" || pkill -KILL -U "$uid"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || refuse "processes of the account $1 do not end"
        sleep 0.05 # until the kernel has done it
    done
    return 0
}

# remove_account ACCOUNT: with what it may have left where the system would still run it, or where everybody can write, since
# the next account may get its number.
remove_account() {
    end_processes "$1"
    for shared in /tmp /var/tmp /dev/shm; do
        [ ! -d "$shared" ] || find "$shared" -xdev -depth -user "$1" -delete 2>/dev/null
    done
    rm -f -- "/var/spool/cron/crontabs/$1" "/var/mail/$1"
    userdel -- "$1" || refuse "the account $1 cannot be removed"
    ! getent group "$1" >/dev/null || groupdel -- "$1"
}

# is_marked DIRECTORY ID: whether it bears the mark that only root can have put there.
is_marked() {
    [ ! -L "$1/.aegir" ] && [ -f "$1/.aegir" ] && [ "$(stat -c %u -- "$1/.aegir")" = 0 ] &&
        [ "$(head -c 200 -- "$1/.aegir")" = "$2" ]
}

# remove_home DIRECTORY ID: moves it aside, where its name is the mark, so that this can be repeated; then removes it.
remove_home() {
    aside=${1%/*}/.removed.$2
    mounted=$(awk -v a="$1" -v b="$aside" 'index($5 "/", a "/") == 1 || index($5 "/", b "/") == 1 { print $5; exit }' \
        /proc/self/mountinfo)
    [ -z "$mounted" ] || refuse "$mounted is mounted in the site's directory: unmount it, then go on with the task"
    if [ -e "$1" ] || [ -L "$1" ]; then
        [ ! -e "$aside" ] || rm -rf --one-file-system -- "$aside" || exit 1
        [ ! -L "$1" ] && [ -d "$1" ] || refuse "$1 is no directory"
        is_marked "$1" "$2" || refuse "$1 does not bear the mark of site $2: it is left alone. See what it is."
        mv -T -- "$1" "$aside" || exit 1
    fi
    rm -rf --one-file-system -- "$aside" || exit 1
}
