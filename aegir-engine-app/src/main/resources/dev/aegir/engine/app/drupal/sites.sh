# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # what varies comes in environment variables, as data
#
# What has to lie in Drupal's directory "sites", below code that is never changed otherwise: the file that leads each site to
# its own settings, and a link for each site. Exit codes: 64 something that is not ours is in the way, 66 no Drupal.
set -eu
umask 022

fail() {
    code=$1
    shift
    printf '%s\n' "$*" >&2
    exit "$code"
}

present() { [ -e "$1" ] || [ -L "$1" ]; }

[ -f "$root/core/lib/Drupal.php" ] || fail 66 "there is no core/lib/Drupal.php in $root"
[ -d "$root/sites" ] && [ ! -L "$root/sites" ] || fail 66 "there is no directory $root/sites"
cd -- "$root/sites"

# The same for all sites, so that it does not matter who writes it, or how often.
dispatcher() {
    if present sites.php; then
        [ -f sites.php ] && [ ! -L sites.php ] && grep -qF "Aegir codebase $id" sites.php || fail 64 "$root/sites/sites.php"
        ! printf '%s' "$text" | cmp -s - sites.php || return 0
    fi
    [ "$action" != look ] || { echo change; return 0; }
    printf '%s' "$text" >".sites.php.$key"
    chmod 0644 ".sites.php.$key"
    mv -T -- ".sites.php.$key" sites.php
    echo written
}

# A link that is ours leads exactly to where it must.
link() {
    if present "$2"; then
        [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ] || fail 64 "$3/$2"
        return 0
    fi
    [ "$action" != look ] || { echo change; return 0; }
    ln -s -T -- "$1" "$2"
    echo linked
}

unlink_ours() {
    if [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ]; then
        rm -- "$2"
        echo unlinked
    elif present "$2"; then
        fail 64 "$3/$2"
    fi
}

case $what in
dispatcher) dispatcher ;;
site)
    case $action in
    remove) unlink_ours "$home/settings" "$id" "$root/sites" ;;
    *)
        if [ "$action" = make ] || [ -d "$home/settings" ]; then
            (cd -- "$home/settings" && link ../files files "$home/settings")
        fi
        link "$home/settings" "$id" "$root/sites"
        ;;
    esac
    ;;
esac
