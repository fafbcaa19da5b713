# SPDX-License-Identifier: Apache-2.0
#
# The snapshots that have some tags. $1 the tags; $2 whether something of this host's was killed in the middle of its work.

[ "$2" != killed ] || plain_restic unlock >/dev/null 2>&1
patient_restic snapshots --json --tag "$1"
