# SPDX-License-Identifier: Apache-2.0
#
# What up.sh and reset.sh share: where a server's pristine state is kept, and what belongs to it. Run by bash as root.
set -euo pipefail

kept=/.aegir-lab # outside everything that a test would compare
# What tests and the programs they run write to. /usr (but for /usr/local) belongs to packages, which tests do not change.
trees=(etc home root srv opt usr/local var)
# Docker's own mounts, and what the system writes on its own all the time.
excluded=(/etc/hosts /etc/hostname /etc/resolv.conf /var/log/journal /var/log/wtmp /var/log/btmp /var/log/lastlog
    /var/lib/systemd)

# sync FROM TO [OPTION...]: makes the trees below TO what they are below FROM, and prints what it changed.
# By content (-c), since a test may well keep size and time; in place, so that a log file stays the one that is open.
sync_trees() {
    local from=$1 to=$2
    shift 2
    (cd "$from" && rsync -aHAXxR --delete --inplace "$@" "${excluded[@]/#/--exclude=}" "${trees[@]}" "$to/")
}

# Units that are there now, one per line; those of the system's own housekeeping come and go.
units() {
    systemctl list-units --all --plain --no-legend --type=service,socket,timer,path,scope \
        --state=active,activating,reloading,deactivating,failed |
        awk '$1 !~ /^(systemd-|dbus|init\.scope|session-|user@)/ {print $1}' | LC_ALL=C sort
}

# What each service has running: "UNIT PID PID...". A service that was restarted or reloaded has other processes.
processes() {
    local unit pids
    for unit in $(units | grep '\.service$'); do
        case $unit in
            ssh.service) continue ;; # its children are the connections
        esac
        pids=$(systemctl show --property=ControlGroup --value "$unit")
        pids=$(cat "$(cgroup_root)$pids/cgroup.procs" 2>/dev/null | LC_ALL=C sort | tr '\n' ' ' || true)
        printf '%s %s\n' "$unit" "$pids"
    done
}

cgroup_root() { if [ -d /sys/fs/cgroup/systemd ]; then echo /sys/fs/cgroup/systemd; else echo /sys/fs/cgroup; fi; }

mounts() { awk '{print $2}' /proc/self/mounts; }

runtime() { find /run -xdev -mindepth 1 -maxdepth 1 | LC_ALL=C sort; }
