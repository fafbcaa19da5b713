# SPDX-License-Identifier: Apache-2.0
#
# The manifest of a complete backup and its signature, each in base64 as a line: first the signature, or a hyphen. $1 the backup's
# directory, $2 its id.

is_marked "$1" "$2" || refuse "$1 is not there, or does not bear the mark of backup $2"
cd -- "$1" || exit 1
if [ -f manifest.json.sig ] && [ ! -L manifest.json.sig ]; then
    head -c 100 manifest.json.sig | base64 -w 0 || exit 1
else
    printf -- -
fi
[ -f manifest.json ] && [ ! -L manifest.json ] || refuse "$1 has no manifest.json"
printf '\n'
head -c 1048576 manifest.json | base64 -w 0
printf '\n'
