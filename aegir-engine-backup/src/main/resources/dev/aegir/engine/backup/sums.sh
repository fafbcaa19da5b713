# SPDX-License-Identifier: Apache-2.0
#
# sums DIRECTORY ID FILE...: the checksums, lengths and names of files of a backup, and of files of an earlier one, which have its
# id and a slash before their names.
sums() {
    directory=$1
    is_marked "$1" "$2" || refuse "$1 is not there, or does not bear the mark of backup $2"
    shift 2
    for each in "$@"; do
        file=$directory/$each
        case $each in
            */*)
                file=${directory%/*}/$each
                is_marked "${file%/*}" "${each%/*}" || file=
                ;;
        esac
        if [ -f "$file" ] && [ ! -L "$file" ] && bytes=$(stat -c %s -- "$file") && sum=$(digest <"$file"); then
            printf '%s %s %s\n' "${sum%% *}" "$bytes" "$each"
        else
            printf 'missing 0 %s\n' "$each"
        fi
    done
}
