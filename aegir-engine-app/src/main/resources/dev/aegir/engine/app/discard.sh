# SPDX-License-Identifier: Apache-2.0
# Takes back what a step has built: ends its job, forbids it to begin again, and removes what bears the step's own key.
make_run
(umask 077 && : >>"$run/$key.lock" && : >"$run/$key.undone")
exec 9<>"$run/$key.lock"
if ! flock -n 9; then
    read -r _ _ _ _ own _ </proc/$$/stat
    group=$(cat -- "$run/$key.group" 2>/dev/null || echo 0)
    # The lock is held, so the group lives; but a host may run its commands in one group, and then it is ours too.
    if [ "$group" -gt 1 ] && [ "$group" != "$own" ]; then
        kill -s TERM -- "-$group" 2>/dev/null || :
        flock -w 10 9 || kill -s KILL -- "-$group" 2>/dev/null || :
    fi
    flock -w 300 9 || fail 71 "the job of this step does not end"
fi
delete "$run/build-$key"
rm -f -- "$run/build-$key.said" "$run/$key.group"
for left in "$home.partial-$key" "$home.undone-$key" "$home"; do
    if [ "$left" = "$home" ]; then
        marked "$home" && says "$home" "codebase: $codebase" && says "$home" "made by: $key" || continue
        no_mounts "$home"
        mv -T -- "$home" "$home.undone-$key"
        left=$home.undone-$key
        echo removed
    fi
    present "$left" || continue
    made=$(made_above "$left")
    delete "$left"
    unmake "$made"
done
find "$run" -maxdepth 1 -type f -mtime +7 -delete
