# SPDX-License-Identifier: Apache-2.0
#
# The directory of all backups is there. $1 the directory, $2 its mark; then backups that are known to be there.

store_there "$@"
