# SPDX-License-Identifier: Apache-2.0
#
# Takes the server back to its pristine state. Arguments: directories of extra file systems, to be emptied.

# Nothing may go on writing: first what was started, then what it wrote.
#
# Processes outside every service: started over SSH or by docker exec, and left behind. SSH connections may stay.
main=$(systemctl show --property=MainPID --value ssh.service)
own=" 1 $main "
pid=$BASHPID
while [ "$pid" -gt 1 ]; do
    own+="$pid "
    pid=$(awk '$1 == "PPid:" {print $2}' "/proc/$pid/status")
done

# One program for all of them: there are up to hundreds of processes.
loose() {
    perl -e '
        my %parents = map { $_ => 1 } splice @ARGV, 0, 2;
        my %own = map { $_ => 1 } @ARGV;
        sub content { open my $file, "<", $_[0] or return ""; local $/; return <$file> // "" }
        for my $directory (glob "/proc/[0-9]*") {
            my ($pid) = $directory =~ /(\d+)$/;
            next if $own{$pid};
            my %groups = content("$directory/cgroup") =~ /^(\d+):(?:name=systemd)?:(.*)$/mg;
            my ($group) = map { $groups{$_} } sort { $b <=> $a } keys %groups or next;
            if ($group =~ m{/ssh\.service$}) {
                next if content("$directory/comm") =~ /^(sshd|sftp-server)$/;
            } elsif ($group !~ m{/init\.scope$}) {
                next if $group =~ /\.(service|scope|socket|mount)$/;
            }
            # What this script itself has started, and what is dead already.
            my ($state, $parent) = content("$directory/status") =~ /^State:\s+(\S).*^PPid:\s+(\d+)/ms or next;
            print "$pid\n" unless $state =~ /[ZX]/ or $parents{$parent};
        }' "$BASHPID" "$$" $own
}

# Again until there are none: they may have started others meanwhile, and one that is killed takes a moment to be gone.
for attempt in $(seq 500); do
    left=$(loose)
    [ -n "$left" ] || break
    kill -KILL $left 2>/dev/null || true
done
if [ -n "$left" ]; then
    echo "processes that cannot be ended:" $left >&2
    exit 1
fi

# Afterwards, since those may just have started some.
new_units=$(units | comm -13 "$kept/units" -)
if [ -n "$new_units" ]; then
    systemctl kill --signal=KILL $new_units 2>/dev/null || true
    systemctl stop $new_units 2>/dev/null || true # a transient one is gone as soon as it is killed
fi

mounts | { grep -vxFf "$kept/mounts" || true; } | tac | xargs -r -n 1 umount --lazy
for directory in "$@" /tmp /run/lock; do
    find "$directory" -ignore_readdir_race -xdev -mindepth 1 -not -path '/tmp/systemd-private-*' -delete
done
runtime | comm -13 "$kept/runtime" - | xargs -r rm -rf --

changed=$(sync_trees "$kept/pristine" / --checksum --itemize-changes --omit-dir-times | sed 's/^[^ ]* *//')

if grep -qE '^etc/systemd/' <<<"$changed" || [ -n "$new_units" ]; then
    systemctl daemon-reload
fi
# Also forgets how often a service was started lately, so that systemd does not refuse to start it once more.
systemctl reset-failed

left=$(units | comm -13 "$kept/units" -)
if [ -n "$left" ]; then
    echo "units that cannot be stopped:" $left >&2
    exit 1
fi

# Where the configuration of a service is, as a pattern of changed paths.
configuration() {
    case $1 in
        ssh.service) echo 'etc/ssh/' ;;
        *) echo "etc/(${1%.service}|ssl)/" ;;
    esac
}

now=$(processes)
while read -r -u 3 unit; do
    if ! systemctl --quiet is-active "$unit"; then
        systemctl start "$unit"
    elif [ "${unit%.service}" != "$unit" ] &&
        { grep -qE "^$(configuration "$unit")" <<<"$changed" ||
            [ "$(grep "^$unit " "$kept/processes")" != "$(grep "^$unit " <<<"$now")" ]; }; then
        systemctl restart "$unit"
    fi
done 3<"$kept/units"
processes >"$kept/processes"
