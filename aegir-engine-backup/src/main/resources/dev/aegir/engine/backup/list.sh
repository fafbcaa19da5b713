# SPDX-License-Identifier: Apache-2.0
#
# What is in an archive, as the program says it that would unpack it. $1 the archive; $2 -, when that comes from standard input;
# $3 all of it; or only what is peculiar of it: some, or new when it was made a moment ago, and is to be on the disk afterwards. Then
# nothing, or a backup's directory, its id and files: their lengths and checksums are taken meanwhile, and printed in the end, after
# a line that is no entry's.

archive=$1
from=$2
which=$3
shift 3
identified "$archive"
[ "$from" = - ] || exec <"$archive"
kept=$(mktemp) && exec 5<>"$kept" && rm -f -- "$kept" || exit 1

listed() {
    { unzipped "$archive"; ended zstd "$?"; } | {
        tar --list --file=- --blocking-factor=128 -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' \
            --quoting-style=escape '--quote-chars= '
        ended tar "$?"
        rest
    }
}

# Files and directories are counted, and their bytes, so that not all of them travel. What is shown is the first directory of those
# that are below it, what is something else, and what has a name that is written otherwise here than it is. Where every name comes
# after the one before it, and none is below what is no directory, none is there twice; the last number is of those that do not. A
# slash comes before everything else.
peculiar() {
    LC_ALL=C awk '
        { entries++; name = $6; gsub("/", "\001", name); dir = /^d/ }
        dir { sub("\001$", "", name) }
        !dir { bytes += $3 }
        leaf != "" && index(name, leaf) == 1 { astray++ }
        index(name, "\\") == 0 {
            if (name "" <= last "") astray++
            last = name
            leaf = dir ? "" : name "\001"
            if (NF == 6 && /^[-d][-rwxsStT]+ / && name !~ /\001(\001|$|\.\.?(\001|$))/) {
                if (top != "" && index(name, top) == 1) next
                if (dir) top = name "\001"
            }
        }
        { print }
        END { printf "= %.0f %.0f %.0f\n", entries, bytes, astray }'
}

if [ "$which" = new ]; then
    { sync -- "$archive"; ended sync "$?"; } &
fi
if [ "$#" != 0 ]; then
    { (sums "$@") >&5; ended sums "$?"; } &
fi
if [ "$which" = all ]; then
    listed
    wait
    printf '=\n'
else
    listed | peculiar
    wait
fi
cat /proc/self/fd/5
