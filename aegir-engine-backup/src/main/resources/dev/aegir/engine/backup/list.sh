# SPDX-License-Identifier: Apache-2.0
#
# What is in an archive, as the program says it that would unpack it. $1 the archive; $2 -, when that comes from standard input.

archive=$1
identified "$archive"
[ "${2-}" = - ] || exec <"$archive"
{ unzipped "$archive"; ended zstd "$?"; } | {
    tar --list --file=- -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' --quoting-style=escape '--quote-chars= '
    ended tar "$?"
    rest
}
