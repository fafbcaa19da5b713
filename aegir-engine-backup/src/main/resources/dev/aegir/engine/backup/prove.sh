# SPDX-License-Identifier: Apache-2.0
#
# The lengths and checksums of stored files. $1 the backup's directory, $2 its id; then the files: those of an earlier backup with
# its id and a slash before them.

sums "$@"
