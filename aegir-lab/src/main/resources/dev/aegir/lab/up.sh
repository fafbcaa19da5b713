# SPDX-License-Identifier: Apache-2.0
#
# Waits until the server is up. A fresh one must have come up without any failure; it lets the lab's key ($1) in, and its
# pristine state is kept. In an older one, units may well have failed that a test brought: a reset removes them.

state=
patience=120 # seconds; a start takes 1 to 5, and more where much else is going on
while [ "$SECONDS" -lt "$patience" ]; do
    state=$(systemctl is-system-running --wait 2>/dev/null) || true
    case $state in running | degraded) break ;; esac
    sleep 0.05 # systemd does not listen yet
done
if [ -d "$kept/pristine" ] && [ "$state" = degraded ]; then
    exit 0
fi
if [ "$state" != running ]; then
    echo "systemd is '$state', not 'running'; failed units:" >&2
    systemctl --failed --plain --no-legend --no-pager >&2
    journalctl --no-pager --lines=20 --priority=warning >&2
    exit 1
fi
[ -d "$kept/pristine" ] && exit 0

for account in root deploy; do
    home=$(getent passwd "$account" | cut -d: -f6)
    printf '%s\n' "$1" >"$home/.ssh/authorized_keys"
    chown "$account:" "$home/.ssh/authorized_keys"
    chmod 600 "$home/.ssh/authorized_keys"
done

mkdir -p "$kept/pristine.new"
chmod 700 "$kept"
sync_trees / "$kept/pristine.new"
units >"$kept/units"
processes >"$kept/processes"
mounts >"$kept/mounts"
runtime >"$kept/runtime"
mv "$kept/pristine.new" "$kept/pristine"
