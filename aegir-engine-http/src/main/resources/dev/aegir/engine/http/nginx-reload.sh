# SPDX-License-Identifier: Apache-2.0
#
# Makes nginx load its configuration again, and waits until it has: until there is a worker that was not there before and
# no older one accepts connections any more. A reload that fails says so in nginx's error log only, never by an exit code.
#
# $1 nginx's pid file, $2 its error log, $3 how many seconds it may take.
# Ends with 0 when the configuration on disk is in effect, or nginx does not run and so cannot have an older one in effect.

pid_file=$1
error_log=$2
limit=$3

title_of() {
    title=
    { IFS= read -r title <"/proc/$1/cmdline"; } 2>/dev/null || :
}

find_master() {
    master=none
    { IFS= read -r master <"$pid_file"; } 2>/dev/null || :
    title_of "$master"
    case $title in
        "nginx: master process"*) ;;
        *) return 1 ;;
    esac
}

list_children() {
    children=
    if [ -e "/proc/$master/task/$master/children" ]; then
        { IFS= read -r children <"/proc/$master/task/$master/children"; } 2>/dev/null || :
    else
        for stat in /proc/[0-9]*/stat; do # a kernel without CONFIG_PROC_CHILDREN
            line=
            { IFS= read -r line <"$stat"; } 2>/dev/null || :
            # shellcheck disable=SC2086 # after the command's name: state, parent
            set -- ${line##*) }
            if [ "${2:-}" = "$master" ]; then
                stat=${stat#/proc/}
                children="$children ${stat%/stat}"
            fi
        done
    fi
}

# A worker bears this title as soon as it is ready, and another one as soon as it has stopped accepting.
works() {
    title_of "$1"
    [ "$title" = "nginx: worker process" ]
}

has_new_worker() {
    list_children
    for child in $children; do
        case $before in
            *" $child "*) ;;
            *) works "$child" && return 0 ;;
        esac
    done
    return 1
}

has_old_worker() {
    for child in $before; do
        works "$child" && return 0
    done
    return 1
}

# What the master has complained about since we began.
complaints() {
    { tail -c "+$((log_size + 1))" "$error_log" | grep -F "[emerg] $master#"; } 2>/dev/null
}

fail() {
    printf '%s\n' "$*" >&2
    complaints | tail -n 5 >&2
    exit 1
}

if ! find_master; then
    printf '%s\n' "nginx does not run (by $pid_file): there is nothing to reload"
    exit 0
fi
list_children
before=" $children "
log_size=$({ wc -c <"$error_log"; } 2>/dev/null || echo 0)

# What "nginx -s reload" and Debian's unit do too, after they have read the whole configuration for nothing once more.
kill -HUP "$master" || exit 1

waited=0 # in hundredths of a second, nearly
until has_new_worker; do
    waited=$((waited + 1))
    find_master || fail "nginx ended while it was reloading"
    # An address in use is tried again for 2.5 s, with a complaint each time, before the master gives up with another one.
    if [ $((waited % 25)) -eq 0 ] && complaints | grep -qvF 'bind() to '; then
        fail "nginx refused to reload and goes on with its old configuration"
    fi
    if [ "$waited" -ge $((limit * 100)) ]; then
        fail "nginx has no new worker $limit s after it was told to reload"
    fi
    # Nobody tells us. A reload takes from 10 ms to some 100 ms; short naps at first, so that few sites need not wait.
    if [ "$waited" -le 4 ]; then sleep 0.005; else sleep 0.01; fi
done

# The master gives new workers 100 ms to start before it tells the old ones to finish. They have started, so this saves the
# time: the same signal, sent to each old worker directly. They finish the requests they have.
for child in $before; do
    works "$child" && kill -QUIT "$child"
done
waited=0
while has_old_worker; do
    waited=$((waited + 1))
    if [ "$waited" -ge 300 ]; then
        printf '%s\n' "an old worker of nginx is busy and has not yet stopped accepting connections"
        break
    fi
    if [ "$waited" -le 3 ]; then sleep 0.002; else sleep 0.01; fi # nobody tells us; it takes them a moment
done
exit 0
