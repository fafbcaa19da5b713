# SPDX-License-Identifier: Apache-2.0
#
# What two programs say at once: the one ends while the other has said half a line.
printf 'tar: ' >&2
ended sums 1
printf 'a file changed\n' >&2
ended files 0
