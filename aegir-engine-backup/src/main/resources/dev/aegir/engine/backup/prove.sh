# SPDX-License-Identifier: Apache-2.0
#
# The lengths and checksums of stored files. $1 the backup's directory, $2 its id; then the files.

directory=$1
is_marked "$1" "$2" || refuse "$1 is not there, or does not bear the mark of backup $2"
shift 2
for each in "$@"; do
    if [ -f "$directory/$each" ] && [ ! -L "$directory/$each" ] && bytes=$(stat -c %s -- "$directory/$each") &&
        sum=$(sha256sum <"$directory/$each"); then
        printf '%s %s %s\n' "${sum%% *}" "$bytes" "$each"
    else
        printf 'missing 0 %s\n' "$each"
    fi
done
