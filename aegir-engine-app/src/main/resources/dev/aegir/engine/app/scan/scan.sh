# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # what varies comes in environment variables, as data
#
# Writes what is needed of the files that say which packages a codebase has: "F", a tab and a path below the top, then each
# line of it after a space; "D", a tab and a path that composer says a package is at and where there is a directory. None of
# its code is run, no link is followed, and no file is read that has control characters in its path.
set -eu
export LC_ALL=C
cd -- "$top"

# Of a list of paths on standard input, each ended by a NUL, what is needed of each file.
heads() {
    xargs -0 -r awk '
        FNR == 1 { print "F\t" substr(FILENAME, 3); removed = 0; size = 0 }
        { size += length($0) + 1 }
        FILENAME ~ /\.install$/ {
            if ($0 ~ /^function +[A-Za-z0-9_]+_update_(last_removed|[0-9]+) *\(/) {
                print " " substr($0, 1, 300)
                removed = $0 ~ /_update_last_removed/
            } else if (removed && $0 ~ /return +[0-9]+ *;/) {
                print " " substr($0, 1, 300)
                removed = 0
            } else if ($0 ~ /^}/) removed = 0
            next
        }
        FILENAME ~ /\/lib\/Drupal\.php$/ { if ($0 ~ /const +VERSION *=/) { print " " substr($0, 1, 300); nextfile } next }
        FILENAME ~ /\/includes\/bootstrap\.inc$/ { if ($0 ~ /define\(.VERSION./) { print " " substr($0, 1, 300); nextfile } next }
        FILENAME ~ /\/wp-includes\/version\.php$/ { if ($0 ~ /^\$wp_(db_)?version *=/) print " " substr($0, 1, 300); next }
        FILENAME ~ /\.(php|css)$/ {
            if (size > 8192) nextfile
            if ($0 ~ /^[ \t\/*#@<?ph]*(Plugin Name|Theme Name|Version|Text Domain|Requires Plugins|Template)[ \t]*:/) print " " substr($0, 1, 1000)
            next
        }
        FILENAME ~ /\.json$|\.lock$/ { print " " $0; next }
        size > 65536 { nextfile }
        { print " " substr($0, 1, 2000) }'
}

# The extensions of Drupal, where Drupal itself looks for them.
drupal() {
    if [ -f "$web/core/lib/Drupal.php" ]; then
        printf '%s\0' "./$web/core/lib/Drupal.php" | heads
        for below in core/modules core/themes core/profiles modules themes profiles sites; do
            [ ! -d "$web/$below" ] || find "./$web/$below" -mindepth 1 \
                \( -type d \( -name '.*' -o -name src -o -name lib -o -name vendor -o -name assets -o -name css \
                -o -name files -o -name images -o -name js -o -name misc -o -name templates -o -name includes \
                -o -name fixtures -o -name Drupal -o -name tests -o -name node_modules \) -prune \) -o \
                -type f -readable ! -path '*[[:cntrl:]]*' \( -name '*.info.yml' -o -name '*.install' \) -print0
        done | heads
    else
        [ ! -f "$web/includes/bootstrap.inc" ] || printf '%s\0' "./$web/includes/bootstrap.inc" | heads
        for below in modules themes profiles sites; do
            [ ! -d "$web/$below" ] || find "./$web/$below" -mindepth 1 \
                \( -type d \( -name '.*' -o -name files -o -name node_modules \) -prune \) -o \
                -type f -readable ! -path '*[[:cntrl:]]*' \( -name '*.info' -o -name '*.install' \) -print0
        done | heads
    fi
}

wordpress() {
    [ ! -f "$web/wp-includes/version.php" ] || printf '%s\0' "./$web/wp-includes/version.php" | heads
    # As WordPress does: an index.php that says nothing but that silence is golden is no plugin.
    for below in plugins mu-plugins; do
        [ ! -d "$web/wp-content/$below" ] || find "./$web/wp-content/$below" -mindepth 1 -maxdepth 2 \
            \( -type d -name '.*' -prune \) -o -type f -readable ! -path '*[[:cntrl:]]*' -name '*.php' \
            ! \( -name index.php -size -31c \) -print0
    done | heads
    [ ! -d "$web/wp-content/themes" ] || find "./$web/wp-content/themes" -mindepth 2 -maxdepth 3 -type f -readable \
        ! -path '*[[:cntrl:]]*' -name style.css -print0 | heads
}

composer() {
    for file in composer.lock vendor/composer/installed.json; do
        if [ -f "$file" ] && [ ! -L "$file" ] && [ -r "$file" ]; then printf '%s\0' "./$file"; fi
    done | heads
    [ ! -f vendor/composer/installed.json ] ||
        sed -n 's/^ *"install-path": "\(.*\)",\{0,1\}$/\1/p' vendor/composer/installed.json |
        while IFS= read -r path; do
            [ ! -d "vendor/composer/$path" ] || printf 'D\t%s\n' "$path"
        done
}

web=${web:-.}
case $kind in
drupal) drupal ;;
wordpress) wordpress ;;
esac
composer
