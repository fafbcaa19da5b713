# SPDX-License-Identifier: Apache-2.0
#
# Begins the log of every site of a service anew when it is long, and keeps four old ones. PHP opens its log for every line, so
# it needs not be told. Each log is touched as the site's own account: the directory is the site's. All of it becomes one line
# of a unit, hence the semicolons.
#
# $1 where the pools are, $2 where the directories of the sites are, $3 how many bytes are long.
# shellcheck disable=SC2016 # what varies are arguments of the inner program

for pool in "$1"/aegir-0*.conf; do
    [ -e "$pool" ] || continue;
    id=${pool##*/aegir-};
    id=${id%.conf};
    account=s$(printf %s "$id" | tr '[:upper:]' '[:lower:]');
    setpriv --reuid="$account" --regid="$account" --clear-groups sh -c '
        [ -f "$1" ] && [ "$(stat -c %s -- "$1")" -gt "$2" ] || exit 0;
        for n in 3 2 1; do
            [ ! -e "$1.$n" ] || mv -fT -- "$1.$n" "$1.$((n + 1))";
        done;
        mv -fT -- "$1" "$1.1"' aegir-log "$2/$id/logs/php.log" "$3" || echo "the log of site $id cannot be shortened" >&2;
done;
exit 0
