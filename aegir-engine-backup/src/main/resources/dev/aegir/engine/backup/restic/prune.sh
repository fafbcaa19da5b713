# SPDX-License-Identifier: Apache-2.0
#
# What no snapshot needs is gone.

patient_restic prune
