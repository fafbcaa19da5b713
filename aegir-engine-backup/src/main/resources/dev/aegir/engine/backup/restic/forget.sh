# SPDX-License-Identifier: Apache-2.0
#
# Snapshots are gone, whether they were there or not. Their ids.

patient_restic forget -- "$@" >/dev/null
