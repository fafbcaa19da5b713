# SPDX-License-Identifier: Apache-2.0
#
# A snapshot and all that is in it. $1 its id.

patient_restic ls --json -- "$1"
