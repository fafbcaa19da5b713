# SPDX-License-Identifier: Apache-2.0
#
# What is in an archive, as the program says it that would unpack it. $1 the archive; $2 -, when that comes from standard input;
# $3 new when it is to be on the disk afterwards. Then nothing, or a backup's directory, its id and files: their lengths and
# checksums are taken meanwhile, and printed in the end after a line that is no entry's.

archive=$1
from=$2
age=$3
shift 3
identified "$archive"
[ "$from" = - ] || exec <"$archive"
kept=$(mktemp) && exec 5<>"$kept" && rm -f -- "$kept" || exit 1

if [ "$age" = new ]; then
    { sync -- "$archive"; ended sync "$?"; } &
fi
if [ "$#" != 0 ]; then
    { (sums "$@") >&5; ended sums "$?"; } &
fi
{ unzipped "$archive"; ended zstd "$?"; } | {
    tar --list --file=- --blocking-factor=128 -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' \
        --quoting-style=escape '--quote-chars= '
    ended tar "$?"
    rest
}
wait
printf '=\n'
cat /proc/self/fd/5
