# SPDX-License-Identifier: Apache-2.0
#
# Runs a service of systemd to its end, or waits for the run that is under way. $1 its unit, without its type.
# Ends as the program did.

systemctl start "$1.service" 2>/dev/null
code=$?
status=$(systemctl show --property=ExecMainStatus --value "$1.service")
result=$(systemctl show --property=Result --value "$1.service")
run=$(systemctl show --property=InvocationID --value "$1.service")
[ -z "$run" ] || journalctl --no-pager --quiet --output=cat --lines=50 "_SYSTEMD_INVOCATION_ID=$run"
if [ "$code" -eq 0 ]; then
    [ "${status:-0}" -ne 75 ] || printf '%s\n' "another run of this site was under way: nothing was done"
    exit 0
fi
printf '%s\n' "$1 ended: $result, exit code ${status:-unknown} (journalctl --unit $1)" >&2
[ "${status:-0}" -ne 0 ] || exit "$code"
exit "$status"
