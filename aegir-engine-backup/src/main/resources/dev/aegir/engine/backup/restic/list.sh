# SPDX-License-Identifier: Apache-2.0
#
# What was brought: two lines of each entry, with what it is and where it leads. Line feeds in names are written as \001. $1 where.

cd -- "$1" || exit 1
{ find . -mindepth 1 -printf '%M %s %P\0%l\0'; ended find "$?"; } | tr '\n\0' '\001\n'
