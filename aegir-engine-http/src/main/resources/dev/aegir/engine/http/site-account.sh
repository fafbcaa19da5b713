# SPDX-License-Identifier: Apache-2.0
#
# A site's account is there: $account of the site $id, without password, shell or other groups, at home in $home. $comment is what
# its entry says of it, by which it is known to be the site's.

shell=/usr/sbin/nologin
[ -x "$shell" ] || shell=/sbin/nologin

look_account() {
    if ! entry=$(getent passwd "$account"); then
        ! getent group "$account" >/dev/null || refuse "there is a group $account that is no site's: remove or rename it"
        printf '+ account %s\n' "$account"
        return
    fi
    IFS=: read -r _ _ uid gid gecos dir sh <<END
$entry
END
    if [ "$gecos" != "$comment" ] || [ "$uid" = 0 ] || [ "$(getent group "$gid" | cut -d: -f1)" != "$account" ]; then
        refuse "there is an account $account that is not of site $id ($entry): remove or rename it"
    fi
    [ "$dir" = "$home" ] || printf '~ directory of the account %s\n' "$account"
    case $sh in */nologin | */false) ;; *) printf '~ shell of the account %s\n' "$account" ;; esac
    [ "$(id -G "$account")" = "$gid" ] || printf '~ groups of the account %s\n' "$account"
    case $(getent shadow "$account" | cut -d: -f2) in
        '!'* | '*'*) ;;
        *) printf '~ password of the account %s\n' "$account" ;;
    esac
}

make_account() {
    missing=$(look_account) || exit 1
    case $missing in
        '') ;;
        +*)
            useradd --system --user-group --no-create-home --home-dir "$home" --shell "$shell" --comment "$comment" \
                -- "$account" || refuse "the account $account cannot be made"
            ;;
        *)
            usermod --home "$home" --shell "$shell" --groups "" --password '!' -- "$account" ||
                refuse "the account $account cannot be changed"
            ;;
    esac
}

undo_account() {
    # Whatever else was changed is not safer as it was.
    if had "+ account $account" && entry=$(getent passwd "$account"); then
        case $entry in
            *":$comment:"*) remove_account "$account" ;;
            *) refuse "the account $account is not of site $id any more: it is left alone" ;;
        esac
    fi
}
