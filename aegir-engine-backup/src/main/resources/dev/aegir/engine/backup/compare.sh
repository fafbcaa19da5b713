# SPDX-License-Identifier: Apache-2.0
#
# Unpacks files of an archive to nowhere, and compares their checksums with those that were taken of the files themselves. $1 the
# archive, $2 the checksums; every $3rd file, from the $4th on. Prints how many files there are, how many were compared and how
# many differ, then the names of some that do.

set -u
archive=$1
sums=$2
every=$3
first=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf -- "$work"' EXIT
one='s=$(sha256sum -b) && printf "%s *%s\0" "${s%% *}" "$TAR_FILENAME"'

{ zstd -d -q -c -- "$sums"; ended zstd "$?"; } | { LC_ALL=C sort -z >"$work/all"; ended sort "$?"; }
if [ "$every" = 1 ]; then
    mv -T -- "$work/all" "$work/wanted"
    ln -s wanted "$work/all"
    set --
else
    sed -z -n "$first~${every}p" <"$work/all" >"$work/wanted"
    # After the checksum, a space and an asterisk.
    cut -z -b 67- <"$work/wanted" >"$work/names"
    set -- --no-wildcards --null --verbatim-files-from "--files-from=$work/names"
fi
if [ "$every" = 1 ] || [ -s "$work/names" ]; then
    { zstd -d -q -c -- "$archive"; ended zstd "$?"; } | {
        tar --extract --file=- --to-command="$one" "$@" >"$work/found"
        ended tar "$?"
    }
else
    : >"$work/found"
fi
LC_ALL=C sort -z -o "$work/found" "$work/found" || exit 1
LC_ALL=C comm -z -3 "$work/wanted" "$work/found" | LC_ALL=C sed -z 's/^\t//' | cut -z -b 67- | sort -z -u >"$work/differ"
count() { tr -cd '\0' <"$1" | wc -c; }
count "$work/all"
count "$work/wanted"
count "$work/differ"
head -z -n 5 <"$work/differ" | tr '\0\n' '\n?'
