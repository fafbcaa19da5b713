# SPDX-License-Identifier: Apache-2.0
#
# A directory for a backup that is not complete. $1 the directory of all backups, $2 the owner's id, $3 the backup's id.

set -eu
[ ! -L "$1" ] && [ -d "$1" ] && [ "$(stat -c '%u %a' -- "$1")" = "$(id -u) 700" ] ||
    refuse "$1 is not there, or others can look into it: prepare the service first"
[ -d "$1/$2" ] || mkdir -m 0700 -- "$1/$2"
[ ! -L "$1/$2" ] || refuse "$1/$2 is a link: see who made it"
[ ! -e "$1/$2/$3" ] || refuse "$1/$2/$3 is there already"
part=$1/$2/$3.part
if [ -e "$part" ]; then
    is_marked "$part" "$3" || [ -z "$(ls -A -- "$part")" ] || refuse "$part does not bear the mark of backup $3"
else
    mkdir -m 0700 -- "$part"
fi
printf '%s\n' "$3" >"$part/.aegir"
