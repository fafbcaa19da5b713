# SPDX-License-Identifier: Apache-2.0
# Says whether the account is there, makes it, or takes it away again.
case $action in
look)
    # Only the superuser can make one; anybody else works as itself.
    if [ "$(id -u)" = 0 ] && ! id -u -- "$account" >/dev/null 2>&1; then echo absent; fi
    ;;
make)
    missing=
    for tool in $tools; do
        command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
    done
    [ -z "$missing" ] || fail 67 "${missing# }"
    make_run
    make_account
    ;;
unmake)
    ! id -u -- "$account" >/dev/null 2>&1 || userdel -- "$account"
    ;;
esac
