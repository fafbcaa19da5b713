# SPDX-License-Identifier: Apache-2.0
#
# What was brought: two lines of each entry, with what it is and where it leads. Line feeds in names are written as \001. Of plain
# files, which are where their directories are, only those that are in none are told; the last line has the number of the others
# and their bytes. $1 where.

cd -- "$1" || exit 1
{
    find . -mindepth 1 -type f -path './*/*' -printf '= %s\0\0' -o -printf '%M %s %P\0%l\0'
    ended find "$?"
} | tr '\n\0' '\001\n' | LC_ALL=C awk '
    NR % 2 { plain = $1 == "=" }
    !plain { print }
    plain && NR % 2 { entries++; bytes += $2 }
    END { printf "= %.0f %.0f\n", entries, bytes }'
