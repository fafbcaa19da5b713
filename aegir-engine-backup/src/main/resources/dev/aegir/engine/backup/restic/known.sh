# SPDX-License-Identifier: Apache-2.0
#
# The snapshots that have any of some tags. The tags.

for each in "$@"; do
    shift
    set -- "$@" --tag "$each"
done
patient_restic snapshots --json "$@"
