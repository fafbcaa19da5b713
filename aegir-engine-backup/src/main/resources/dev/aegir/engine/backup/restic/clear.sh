# SPDX-License-Identifier: Apache-2.0
#
# What was brought is gone. $1 where.

rm -rf --one-file-system -- "$1"
