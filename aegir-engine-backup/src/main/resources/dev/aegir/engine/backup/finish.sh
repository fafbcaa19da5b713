# SPDX-License-Identifier: Apache-2.0
#
# A backup becomes complete: standard input is the signature of its manifest in base64, or a hyphen, as a line, and then the
# manifest. $1 the directory it has while it is not; $2 the one it gets; $3 its id; then, in pairs, each stored file and what it
# is called for now.

set -eu
part=$1
complete=$2
id=$3
shift 3
if [ ! -e "$part" ] && is_marked "$complete" "$id"; then
    exit 0 # Was done before a crash.
fi
is_marked "$part" "$id" || refuse "$part does not bear the mark of backup $id"
[ ! -e "$complete" ] || refuse "$complete is there already"
while [ "$#" -gt 0 ]; do
    [ ! -e "$part/$2" ] || mv -T -- "$part/$2" "$part/$1"
    [ -f "$part/$1" ] || refuse "$part/$1 is gone"
    shift 2
done
# What a run that was cut off may have left.
find "$part" -mindepth 1 -maxdepth 1 \( -name '*.zst.[0-9]*' -o -name '*.zst.age.[0-9]*' \) -delete
rm -f -- "$part/manifest.json.sig"
IFS= read -r signature
cat >"$part/manifest.json"
if [ "$signature" != - ]; then
    printf '%s' "$signature" | base64 -d >"$part/manifest.json.sig"
    sync -- "$part/manifest.json.sig"
fi
sync -- "$part/manifest.json" "$part/.aegir" "$part"
mv -T -- "$part" "$complete"
sync -- "${complete%/*}"
