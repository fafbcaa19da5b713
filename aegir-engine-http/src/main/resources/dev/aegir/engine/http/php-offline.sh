# SPDX-License-Identifier: Apache-2.0
#
# Proves that a unit runs in a network of its own: systemd goes on without one where it may make none. $1 the unit.

pid=$(systemctl show --property=MainPID --value "$1")
server=$(readlink /proc/1/ns/net)
own=$(readlink "/proc/$pid/ns/net")
if [ -z "$server" ] || [ -z "$own" ] || [ "$server" = "$own" ]; then
    printf '%s\n' "$1 runs in the network of this server, which lets systemd make no other. Allow it network namespaces, or" \
        "leave the setting egress away." >&2
    exit 1
fi
