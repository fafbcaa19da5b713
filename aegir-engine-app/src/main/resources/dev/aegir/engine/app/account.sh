# SPDX-License-Identifier: Apache-2.0
# The account owns nothing outside its cache, and cannot log in. It stays when a step is taken back: another task may use
# it by then.
make_account() {
    if [ "$(id -u)" != 0 ]; then
        [ "$(id -un)" = "$account" ] || fail 69 "$(id -un) cannot become $account"
        return 0
    fi
    if ! id -u -- "$account" >/dev/null 2>&1; then
        need useradd
        exec 8>>"$run/account.lock"
        flock 8
        id -u -- "$account" >/dev/null 2>&1 ||
            useradd --system --user-group --no-create-home --home-dir /nonexistent \
                --shell "$(command -v nologin || echo /bin/false)" -- "$account"
        exec 8>&-
    fi
    [ "$(id -u -- "$account")" != 0 ] || fail 69 "$account is the superuser"
}

own() { [ "$(id -u)" != 0 ] || chown -h -- "$account:$(id -gn -- "$account")" "$1"; }

as_account() {
    set -- env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$work" LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC0 "$@"
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$account" --regid="$(id -gn -- "$account")" --clear-groups --no-new-privs --inh-caps=-all -- "$@"
    else
        setpriv --no-new-privs -- "$@"
    fi
}

