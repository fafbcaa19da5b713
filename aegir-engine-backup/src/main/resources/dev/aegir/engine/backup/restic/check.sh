# SPDX-License-Identifier: Apache-2.0
#
# A snapshot, as a line, and what is wrong with its repository. $1 its id; $2 how much of the data is read, or nothing.

patient_restic snapshots --json -- "$1" || exit "$?"
if [ -n "$2" ]; then
    patient_restic check "--read-data-subset=$2"
else
    patient_restic check
fi
