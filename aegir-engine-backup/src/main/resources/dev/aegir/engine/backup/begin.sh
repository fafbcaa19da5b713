# SPDX-License-Identifier: Apache-2.0
#
# A directory for a backup that is not complete. $1 the directory of all backups, $2 its mark, $3 the owner's id, $4 the backup's
# id; then backups that are known to be there.

set -eu
directory=$1
mark=$2
owner=$1/$3
id=$4
shift 4
store_there "$directory" "$mark" "$@"
[ "$(stat -c '%u %a' -- "$directory")" = "$(id -u) 700" ] ||
    refuse "others can look into $directory: prepare the service first"
[ -d "$owner" ] || mkdir -m 0700 -- "$owner"
[ ! -L "$owner" ] || refuse "$owner is a link: see who made it"
[ ! -e "$owner/$id" ] || refuse "$owner/$id is there already"
part=$owner/$id.part
if [ -e "$part" ]; then
    is_marked "$part" "$id" || [ -z "$(ls -A -- "$part")" ] || refuse "$part does not bear the mark of backup $id"
else
    mkdir -m 0700 -- "$part"
fi
printf '%s\n' "$id" >"$part/.aegir"
