# SPDX-License-Identifier: Apache-2.0
#
# What is in an archive, as the program says it that would unpack it. $1 the archive.

{ zstd -d -q -c -- "$1"; ended zstd "$?"; } | {
    tar --list --file=- -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' --quoting-style=escape '--quote-chars= '
    ended tar "$?"
}
