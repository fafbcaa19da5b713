# SPDX-License-Identifier: Apache-2.0
#
# Tests units of systemd. The arguments are their files; those that are gone, as when a change is taken back, are no fault.

for unit; do
    shift
    [ ! -e "$unit" ] || set -- "$@" "$unit"
done
[ "$#" -gt 0 ] || exit 0

# Faults of units that these need are not theirs; older versions cannot tell.
only=
systemd-analyze --help | grep -q -e --recursive-errors && only=--recursive-errors=no
# shellcheck disable=SC2086 # no word when it is not known
exec systemd-analyze verify --man=no $only "$@"
