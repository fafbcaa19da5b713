# SPDX-License-Identifier: Apache-2.0
#
# All of a snapshot is read, to nowhere. $1 its id. Prints what was in it.

{ patient_restic dump --archive tar -- "$1" /; ended restic "$?"; } | {
    tar --list --file=- -vv --full-time --numeric-owner --quoting-style=escape '--quote-chars= '
    ended tar "$?"
}
