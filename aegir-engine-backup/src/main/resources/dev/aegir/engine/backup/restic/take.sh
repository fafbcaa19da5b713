# SPDX-License-Identifier: Apache-2.0
#
# One snapshot of some trees, in a mount namespace of its own. $1 who it is of, $2 its tags; then of each tree: what it is, the
# account whose it is or nothing, its directory, how many paths below it, and these. Prints what restic says, and whether
# anything was written meanwhile.
#
# Repositories and their passwords are not for the accounts of sites, so it is not as the account that files are read. They are
# read where no link leads anywhere: in a view of the directory in which the kernel follows none.

host=$1
tags=$2
shift 2
view=/run/aegir-restic
[ "$(cat /proc/sys/fs/protected_hardlinks)" = 1 ] ||
    refuse "fs.protected_hardlinks is off here, so accounts can link to files that are not theirs: set it to 1 (sysctl)"
mkdir -p -m 0711 -- "$view" || exit 1
mount -t tmpfs -o mode=0711,size=1m tmpfs "$view" || exit 1

left=$#
while [ "$left" -gt 0 ]; do
    part=$1
    account=$2
    directory=$3
    count=$4
    shift 4
    left=$((left - 4 - count))
    mkdir -- "$view/$part" &&
        mount --bind -- "$directory" "$view/$part" &&
        mount -o remount,bind,ro,nosuid,nodev,noexec,nosymfollow "$view/$part" ||
        refuse "$directory cannot be looked at without following links; that takes Linux 5.10 and util-linux 2.38"
    cd -- "$view/$part" || exit 1
    while [ "$count" -gt 0 ]; do
        if [ -n "$account" ]; then
            closed=$(runuser -u "$account" -- find "./$1" -xdev \( -type f ! -readable -o \
                -type d ! \( -readable -executable \) \) -print 2>&1) && [ -z "$closed" ] ||
                refuse "$account cannot read all of $directory/$1: $(printf '%s\n' "$closed" | head -n 10)"
        fi
        set -- "$@" "$part${1:+/$1}"
        shift
        count=$((count - 1))
    done
done
cd -- "$view" || exit 1
begun=$(date +%s.%N)
patient_restic backup --json --quiet --one-file-system --host "$host" --tag "$tags" -- "$@"
code=$?
changed=$(find "$@" -xdev -newerct "@$begun" -print -quit 2>&1)
printf '{"message_type":"aegir","changed":%s}\n' "$([ -z "$changed" ] && echo false || echo true)"
exit "$code"
