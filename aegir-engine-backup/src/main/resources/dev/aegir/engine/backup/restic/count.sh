# SPDX-License-Identifier: Apache-2.0
#
# How many files, directories and links there are. $1 the directory; then the paths below it, of which . does not count itself.

cd -- "$1" || exit 1
shift
find "$@" -xdev ! -path . \( -type f -o -type d -o -type l \) -printf x | wc -c
