# SPDX-License-Identifier: Apache-2.0
#
# A backup is not there, complete or not. $1 look or make; $2 the owner's directory, $3 the backup's id.

verb=$1
complete=$2/$3
part=$2/$3.part
aside=$2/$3.removed
verified=$2/$3.verify
id=$3
owner=$2

for each in "$complete" "$part"; do
    if [ -e "$each" ] || [ -L "$each" ]; then
        is_marked "$each" "$id" || { [ "$each" = "$part" ] && [ -z "$(ls -A -- "$each")" ]; } ||
            refuse "$each does not bear the mark of backup $id: it is left alone. See what it is."
    fi
done
case $verb in
    look)
        for each in "$complete" "$part" "$aside" "$verified"; do
            [ ! -e "$each" ] || printf -- '- %s\n' "$each"
        done
        ;;
    make)
        set -e
        # Its name is the mark from then on, so that this can be repeated.
        rm -rf --one-file-system -- "$aside" "$verified"
        for each in "$complete" "$part"; do
            if [ -e "$each" ]; then
                mv -T -- "$each" "$aside"
                rm -rf --one-file-system -- "$aside"
            fi
        done
        rmdir --ignore-fail-on-non-empty -- "$owner" 2>/dev/null || [ ! -e "$owner" ]
        ;;
esac
