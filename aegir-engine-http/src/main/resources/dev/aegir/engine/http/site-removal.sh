# SPDX-License-Identifier: Apache-2.0
#
# A site's own directory and its account are not there. $1 the account, $2 the directory, $3 the site's id.

account=$1
home=$2
id=$3
aside=${home%/*}/.removed.$id

look() {
    for each in "$home" "$aside"; do
        if [ -e "$each" ] || [ -L "$each" ]; then
            printf -- '- %s\n' "$each"
        fi
    done
    if entry=$(getent passwd "$account"); then
        case $entry in
            *":Aegir site $id:"*) printf -- '- account %s\n' "$account" ;;
            *) refuse "the account $account is not of site $id ($entry): it is left alone. See whose it is." ;;
        esac
    fi
}

case $verb in
    look) look ;;
    make)
        look >/dev/null || exit 1
        # From here on nobody can change the directory while it is removed.
        ! getent passwd "$account" >/dev/null || end_processes "$account"
        remove_home "$home" "$id"
        ! getent passwd "$account" >/dev/null || remove_account "$account"
        ;;
    undo) refuse "what was removed cannot be brought back" ;;
esac
