# SPDX-License-Identifier: Apache-2.0
#
# What runs on a host for Aegir: read by "sh" from its command line, nothing is installed. It answers requests on its
# standard input, one after the other, until that ends. Everything it is told is data: no word of it is ever evaluated.
#
# A request is a line "VERB LENGTH LENGTH ..." and then sections of exactly so many bytes; the answer is a line
# "STATUS LENGTH LENGTH ..." and its sections. Lists are lines; paths have no line ends. Words of commands are lines that
# begin with "=" (as it is) or "%" (for printf %b).
#
# $1 is the state directory; $2 is "serve", or "job" with the directory and output limit of one job; with "serve", $3 is this text.
# In the state directory: tmp/ work of running agents; undo/KEY/ the files as they were before a transaction;
# written: the checksum of what was last written to every path; fence/ the highest owner seen of every resource;
# jobs/KEY/ commands that are run once; lock: held by the one transaction that is under way.

S=$1
mode=$2
export LC_ALL=C PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
umask 077
NL='
'

if [ "$mode" = job ]; then
    T=$3
    printf '%s\n' "$$" >"$T/pid"
else
missing=
for tool in awk cat cp cut env find flock grep head mkdir mkfifo mv readlink rm rmdir setsid sha256sum stat tar timeout wc xargs; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    printf 'MISSING%s\n' "$missing"
    exit 3
fi
if ! mkdir -p "$S/tmp" "$S/undo" "$S/fence" "$S/jobs" 2>/dev/null || ! [ -w "$S/tmp" ]; then
    printf 'NOSTATE %s\n' "$S"
    exit 3
fi
T=$S/tmp/$$
rm -rf "$T" && mkdir "$T" && mkfifo "$T/fo" "$T/fe" || { printf 'NOSTATE %s\n' "$S"; exit 3; }
trap 'rm -rf "$T"' EXIT
# A transaction that was received is finished, whatever becomes of the connection meanwhile.
trap '' HUP PIPE TERM
fi

# ---- small things ------------------------------------------------------------------------------------------------

# answer STATUS FILE...: the answer to the request.
answer() {
    status=$1
    shift
    line=$status
    for file; do
        line="$line $(wc -c <"$file" | tr -d ' ')"
    done
    { printf '%s\n' "$line" && cat "$@" </dev/null; } 2>/dev/null || exit 0
}

say() { printf '%s' "$2" >"$T/said"; answer "$1" "$T/said"; }

# words FILE: sets the list "$@" of the caller through the file's lines; used as: eval is avoided by reading in place.
# (There is no way in POSIX sh to return a list, so every user has this loop; decode does one line.)
decode() {
    case $1 in
    =*) word=${1#=} ;;
    *) word=$(printf '%bx' "${1#%}") && word=${word%x} ;;
    esac
}

# execute FILE INPUT OUT ERR LIMIT: runs the command in FILE: user, directory, seconds, and then the words, environment
# variables first. Gives its exit code.
execute() {
    file=$1 input=$2 out=$3 err=$4 limit=$5
    {
        IFS= read -r user
        IFS= read -r where
        IFS= read -r seconds
        set --
        while IFS= read -r encoded; do
            decode "$encoded"
            set -- "$@" "$word"
        done
    } <"$file"
    decode "$where"
    where=$word
    home=${HOME:-/}
    if [ -n "$user" ]; then
        home=$(getent passwd "$user" | cut -d: -f6)
        if [ -z "$home" ]; then
            printf 'there is no account "%s" here\n' "$user" >"$err"
            : >"$out"
            return 126
        fi
    fi
    { head -c "$limit" >"$out"; cat >/dev/null; } <"$T/fo" &
    drain_out=$!
    { head -c "$limit" >"$err"; cat >/dev/null; } <"$T/fe" &
    drain_err=$!
    (
        trap - HUP PIPE TERM EXIT
        umask 022
        cd -- "$where" || exit 126
        set -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LANG=C.UTF-8 "$@"
        if [ -n "$user" ] && [ "$user" != "$(id -un)" ]; then
            set -- runuser -u "$user" -- "$@"
        fi
        exec timeout -k 2 "$seconds" "$@"
    ) <"$input" >"$T/fo" 2>"$T/fe" 7>&- 8>&- 9>&-
    code=$?
    # A command may leave something behind that keeps its output open; that is waited for two seconds and no longer.
    (
        trap - EXIT
        exec </dev/null >/dev/null 2>&1 7>&- 8>&- 9>&-
        sleep 2
        kill -KILL "$drain_out" "$drain_err"
    ) &
    killer=$!
    wait "$drain_out" "$drain_err" 2>/dev/null
    kill -KILL "$killer" 2>/dev/null
    wait "$killer" 2>/dev/null
    return "$code"
}

# fenced RESOURCE TOKEN: whether a newer owner was here; notes this one otherwise.
fenced() {
    [ -n "$1" ] || return 1
    seen=0
    [ -r "$S/fence/$1" ] && IFS= read -r seen <"$S/fence/$1"
    [ "$2" -eq "${seen:-0}" ] && return 1
    exec 7>>"$S/fence.lock"
    flock 7
    seen=0
    [ -r "$S/fence/$1" ] && IFS= read -r seen <"$S/fence/$1"
    newer=1
    if [ "$2" -lt "${seen:-0}" ]; then
        newer=0
    elif [ "$2" -gt "${seen:-0}" ]; then
        printf '%s\n' "$2" >"$T/fence" && mv -f "$T/fence" "$S/fence/$1"
    fi
    exec 7>&-
    return "$newer"
}

there() { [ -e "$1" ] || [ -L "$1" ]; }

# existing FILE: those of the paths in it that are there.
existing() {
    while IFS= read -r path; do
        there "$path" && printf '%s\n' "$path"
    done <"$1"
    return 0
}

# ---- looking -----------------------------------------------------------------------------------------------------

# Sections: paths to be written, "sha256  path" as wanted, "mode account path" as wanted, paths to be absent, "yes" for
# contents. Answer: lines "H sha256  path", "A mode account path", "L path" (a link), "O path" (neither file nor link),
# "M path" (missing), "W sha256  path" (what was last written, where that is what is there), for all that is not as wanted; then
# "SIZE path" for the contents that follow in the last section.
compare() {
    existing "$T/4" >"$T/absent"
    cat "$T/1" "$T/absent" >"$T/all"
    existing "$T/all" >"$T/there"
    : >"$T/links"
    : >"$T/plain"
    : >"$T/other"
    while IFS= read -r path; do
        if [ -L "$path" ]; then
            printf '%s\n' "$path" >>"$T/links"
        elif [ -f "$path" ]; then
            printf '%s\n' "$path" >>"$T/plain"
        else
            printf '%s\n' "$path" >>"$T/other"
        fi
    done <"$T/there"
    xargs -r -d '\n' sha256sum -- <"$T/plain" >"$T/hashes" 2>/dev/null
    xargs -r -d '\n' stat -c '%04a %U:%G %n' -- <"$T/plain" >"$T/attributes" 2>/dev/null
    grep -vxFf "$T/2" "$T/hashes" >"$T/different"
    {
        sed 's/^/H /' "$T/different"
        grep -vxFf "$T/3" "$T/attributes" | sed 's/^/A /'
        sed 's/^/L /' "$T/links"
        sed 's/^/O /' "$T/other"
        grep -vxFf "$T/there" "$T/1" | sed 's/^/M /'
        if [ -s "$T/different" ] && [ -r "$S/written" ]; then
            grep -xFf "$T/different" "$S/written" | sed 's/^/W /'
        fi
    } >"$T/report"
    : >"$T/sizes"
    : >"$T/contents"
    if [ "$(cat "$T/5")" = yes ]; then
        cut -c 67- "$T/different" >"$T/wanted"
        xargs -r -d '\n' stat -c '%s %n' -- <"$T/wanted" >"$T/sizes"
        xargs -r -d '\n' cat -- <"$T/wanted" >"$T/contents"
        while IFS= read -r path; do
            target=$(readlink -- "$path")
            printf '%s %s\n' "$((${#target} + 17))" "$path" >>"$T/sizes"
            printf 'symbolic link to %s' "$target" >>"$T/contents"
        done <"$T/links"
    fi
    answer OK "$T/report" "$T/sizes" "$T/contents"
}

# ---- transactions ------------------------------------------------------------------------------------------------

# commands PHASE: runs those of the commands in $U/commands whose phase it is; what they say is added to $T/output.
commands() {
    [ -d "$U/commands" ] || return 0
    for command in "$U/commands/$1".*; do
        [ -f "$command" ] || continue
        execute "$command" /dev/null "$T/out" "$T/err" 65536
        code=$?
        cat "$T/out" "$T/err" >>"$T/output"
        if [ "$code" -ne 0 ]; then
            printf '(ended with %s)\n' "$code" >>"$T/output"
            return 1
        fi
    done
}

# contained: whether every directory in $U/contained really lies in the one that the next line names.
contained() {
    while IFS= read -r path && IFS= read -r within; do
        real=$(cd -P -- "$path" 2>/dev/null && pwd -P) && inside=$(cd -P -- "$within" 2>/dev/null && pwd -P) || {
            printf '%s: there is no such directory\n' "$path" >>"$T/output"
            return 1
        }
        case $real/ in
        "${inside%/}"/*) ;;
        *)
            printf '%s is really %s, which is not in %s\n' "$path" "$real" "$inside" >>"$T/output"
            return 1
            ;;
        esac
    done <"$U/contained"
}

# restore: puts the files of $U back as they were. May be repeated.
restore() {
    [ -f "$U/before.list" ] || return 0
    while IFS= read -r dir; do
        rm -rf -- "$dir/$(cat "$U/stage")"
    done <"$U/dirs"
    ok=0
    xargs -r -d '\n' rm -f -- <"$U/absent" || ok=1
    for before in "$U"/before.*.tar; do
        [ ! -f "$before" ] || tar -xpPf "$before" --overwrite 2>>"$T/output" || ok=1
    done
    # Directories that this made, the deepest first; one that somebody else uses by now stays.
    sed '1!G;h;$!d' "$U/newdirs" | while IFS= read -r dir; do
        rmdir -- "$dir" 2>/dev/null
    done
    remember "$U/paths" "$U/written"
    return "$ok"
}

# remember PATHS FILE: the lines of FILE take the place of all lines of $S/written for the paths in PATHS.
remember() {
    touch "$S/written"
    awk 'FILENAME == ARGV[1] { gone[$0] = 1; next } !(substr($0, 67) in gone)' "$1" "$S/written" >"$T/written" &&
        cat "$2" >>"$T/written" && mv -f "$T/written" "$S/written"
}

# recover: a transaction that was begun and whose agent is gone is put back. Only with the lock.
recover() {
    for state in "$S"/undo/*/state; do
        [ -f "$state" ] || continue
        IFS= read -r phase <"$state"
        case $phase in applying | activating) ;; *) continue ;; esac
        U=${state%/state}
        restore
        [ "$phase" = applying ] || commands A
        rm -rf "$U"
    done
}

lock() {
    exec 8>>"$S/lock"
    flock -w 120 8
}

unlock() { exec 8>&-; }

# reject PHASE: puts everything back, and says so.
reject() {
    phase=$1
    began=$2
    if restore; then
        back=yes
    else
        back=no
    fi
    if [ "$began" = activated ] && ! commands A; then
        back=no
    fi
    # What could not be put back is kept for whoever takes the step back.
    if [ "$back" = yes ]; then
        rm -rf "$U"
    else
        printf 'applied\n' >"$U/state"
    fi
    unlock
    printf '%s' "$phase $back" >"$T/said"
    answer REJECTED "$T/said" "$T/output"
}

# Sections: 1 key, resource, token; 2 tar of the new files, each in a directory named by 3 beside its place; 3 the name of
# that directory; 4 directories of files; 5 all paths; 6 paths to delete; 7 "sha256  path" as they are now; 8 paths that are
# not there now; 9 "id path" of owned files that are there; 10 directories and what they must lie in; 11 commands: "phase"
# and number of lines, then these; 12 "sha256  path" of what is written.
apply() {
    { IFS= read -r key; IFS= read -r resource; IFS= read -r token; } <"$T/1"
    : >"$T/output"
    lock || { say BUSY "another transaction has held the lock for two minutes"; return; }
    recover
    if fenced "$resource" "$token"; then
        unlock
        say FENCED ""
        return
    fi
    U=$S/undo/$key
    find "$S/undo" "$S/jobs" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null
    again=no
    [ ! -f "$U/state" ] || again=yes
    if ! mkdir -p "$U" 2>>"$T/output"; then
        unlock
        printf 'WRITE yes' >"$T/said"
        answer REJECTED "$T/said" "$T/output"
        return
    fi
    # Nothing was touched yet: refusals up to the copy leave what an earlier attempt keeps as it is.
    refuse() {
        [ "$again" = yes ] || rm -rf "$U"
        unlock
        printf '%s' "$1 yes" >"$T/said"
        answer REJECTED "$T/said" "$T/output"
    }
    awk '{ id = substr($0, 1, 26); path = substr($0, 28); found = 0
           while ((getline line < path) > 0) if (index(line, id)) { found = 1; break }
           close(path); if (!found) { print path " does not bear the id " id; bad = 1 } }
         END { exit bad }' "$T/9" >>"$T/output" || { refuse OWNERSHIP; return; }
    if [ -s "$T/7" ] && ! sha256sum --check --quiet --strict "$T/7" >>"$T/output" 2>&1; then
        refuse OWNERSHIP
        return
    fi
    while IFS= read -r path; do
        if there "$path"; then
            printf '%s has appeared\n' "$path" >>"$T/output"
            refuse OWNERSHIP
            return
        fi
    done <"$T/8"
    cp "$T/10" "$T/contained.new"
    keep=$U
    U=$T/check && rm -rf "$U" && mkdir "$U" && mv "$T/contained.new" "$U/contained"
    if ! contained; then
        U=$keep
        refuse CONTAINMENT
        return
    fi
    U=$keep
    # From here on everything that is there before is kept; an earlier attempt's copies stay the ones that count.
    full() {
        printf '%s\n' "$1" >>"$T/output"
        refuse WRITE
    }
    {
        touch "$U/paths" "$U/absent" "$U/newdirs" "$U/dirs" "$U/written" &&
            grep -vxFf "$U/paths" "$T/5" >"$T/fresh"
        existing "$T/fresh" >"$T/fresh.there" &&
            { [ ! -s "$T/fresh.there" ] || tar -cpPf "$T/before.tar" -T "$T/fresh.there"; } &&
            { grep -vxFf "$T/fresh.there" "$T/fresh" >>"$U/absent" || :; } &&
            { [ ! -s "$T/fresh.there" ] || mv "$T/before.tar" "$U/before.$(find "$U" -name 'before.*.tar' | wc -l | tr -d ' ').tar"; } &&
            { [ ! -r "$S/written" ] || awk 'FILENAME == ARGV[1] { mine[$0] = 1; next } substr($0, 67) in mine' "$T/fresh" "$S/written" >>"$U/written"; } &&
            cat "$T/fresh" >>"$U/paths" && cp "$T/3" "$U/stage" && cp "$T/10" "$U/contained" && cp "$T/4" "$U/dirs" &&
            rm -rf "$U/commands" && mkdir "$U/commands" && split <"$T/11" && : >"$U/before.list"
    } 2>>"$T/output" || { full "the files as they are cannot be kept in $U"; return; }
    while IFS= read -r dir; do
        missing=
        above=$dir
        while ! [ -d "$above" ]; do
            missing="$above$NL$missing"
            above=${above%/*}
            [ -n "$above" ] || above=/
        done
        printf '%s' "$missing" >>"$U/newdirs"
    done <"$T/4"
    printf 'applying\n' >"$U/state" 2>>"$T/output" || { full "no room in $U"; return; }
    stage=$(cat "$T/3")
    (umask 022 && xargs -r -d '\n' mkdir -p -- <"$T/4") 2>>"$T/output" || { reject WRITE files; return; }
    if [ -s "$T/2" ]; then
        tar -xpf "$T/2" -C / 2>>"$T/output" || { reject WRITE files; return; }
        while IFS= read -r dir; do
            [ -d "$dir/$stage" ] || continue
            find "$dir/$stage" -mindepth 1 -maxdepth 1 -exec mv -f -t "$dir" -- {} + 2>>"$T/output" &&
                rmdir -- "$dir/$stage" 2>>"$T/output" || { reject WRITE files; return; }
        done <"$T/4"
    fi
    xargs -r -d '\n' rm -f -- <"$T/6" 2>>"$T/output" || { reject WRITE files; return; }
    commands C || { reject CHECK files; return; }
    contained || { reject CONTAINMENT files; return; }
    printf 'activating\n' >"$U/state"
    commands A || { reject ACTIVATE activated; return; }
    commands F || { reject CONFIRM activated; return; }
    # Only what this changed: an earlier run under the same key may have written more.
    remember "$T/5" "$T/12" 2>>"$T/output" || { reject WRITE activated; return; }
    printf 'applied\n' >"$U/state"
    unlock
    answer OK "$T/output"
}

# split: the commands on standard input become files PHASE.NUMBER in $U/commands.
split() {
    number=100
    while IFS=' ' read -r phase lines; do
        number=$((number + 1))
        while [ "$lines" -gt 0 ]; do
            IFS= read -r text
            printf '%s\n' "$text"
            lines=$((lines - 1))
        done >"$U/commands/$phase.$number"
    done
}

# Section: key, resource, token. Answers NONE when nothing was kept.
revert() {
    { IFS= read -r key; IFS= read -r resource; IFS= read -r token; } <"$T/1"
    : >"$T/output"
    lock || { say BUSY "another transaction has held the lock for two minutes"; return; }
    recover
    if fenced "$resource" "$token"; then
        unlock
        say FENCED ""
        return
    fi
    U=$S/undo/$key
    if [ ! -f "$U/state" ]; then
        unlock
        say NONE ""
        return
    fi
    printf 'activating\n' >"$U/state"
    failed=
    restore || failed=WRITE
    [ -n "$failed" ] || commands C || failed=CHECK
    [ -n "$failed" ] || commands A || failed=ACTIVATE
    if [ -n "$failed" ]; then
        # Kept as "applied": the next attempt to take it back begins again.
        printf 'applied\n' >"$U/state"
        unlock
        printf '%s no' "$failed" >"$T/said"
        answer REJECTED "$T/said" "$T/output"
        return
    fi
    rm -rf "$U"
    unlock
    answer OK "$T/output"
}

# ---- commands ----------------------------------------------------------------------------------------------------

# Sections: 1 resource, token, output limit; 2 the command; 3 its input. Answer: the exit code, what it said.
run() {
    { IFS= read -r resource; IFS= read -r token; IFS= read -r limit; } <"$T/1"
    if fenced "$resource" "$token"; then
        say FENCED ""
        return
    fi
    execute "$T/2" "$T/3" "$T/out" "$T/err" "$((limit + 1))"
    printf '%s' "$?" >"$T/said"
    : >"$T/3"
    answer OK "$T/said" "$T/out" "$T/err"
}

# Sections: 1 key, resource, token, output limit; 2 the command; 3 its input. Run once for the key, in a session of its own
# that nothing but its timeout and newer owners end; the kernel's lock says whether it still runs.
once() {
    { IFS= read -r key; IFS= read -r resource; IFS= read -r token; IFS= read -r limit; } <"$T/1"
    if fenced "$resource" "$token"; then
        say FENCED ""
        return
    fi
    J=$S/jobs/$key
    if [ ! -d "$J" ]; then
        # Older owners of the same resource must not go on beside this one.
        for old in "$S"/jobs/*/owner; do
            [ -f "$old" ] || continue
            { IFS= read -r theirs; IFS= read -r number; } <"$old"
            older=${old%/owner}
            name=${older##*/}
            if [ -n "$resource" ] && [ "$theirs" = "$resource" ] && [ "$number" -lt "$token" ] &&
                [ "${name%%.*}" != "${key%%.*}" ] && [ ! -f "$older/exit" ] && [ -s "$older/pid" ]; then
                kill -KILL "-$(cat "$older/pid")" 2>/dev/null
            fi
        done
        new=$S/jobs/.new.$$
        rm -rf "$new"
        mkdir "$new" && mkfifo "$new/fo" "$new/fe" && cp "$T/2" "$new/command" && cp "$T/3" "$new/input" &&
            printf '%s\n%s\n' "$resource" "$token" >"$new/owner" || { say FAILED "no room in $S/jobs"; return; }
        exec 9>"$new/lock"
        flock 9
        if mv -T "$new" "$J" 2>/dev/null; then
            setsid sh -c "$program" aegir-job "$S" job "$J" "$((limit + 1))" </dev/null >/dev/null 2>&1 7>&- 8>&- &
        else
            rm -rf "$new"
        fi
        exec 9>&-
    fi
    exec 9>>"$J/lock"
    flock -s 9
    exec 9>&-
    if [ -f "$J/exit" ]; then
        answer OK "$J/exit" "$J/out" "$J/err"
    else
        say LOST ""
    fi
}

# ---- requests ----------------------------------------------------------------------------------------------------

serve() {
    exec 8>>"$S/lock"
    if flock -n 8; then
        : >"$T/output"
        recover
    fi
    unlock
    printf 'AEGIR 1 %s %s:%s\n' "$(id -u)" "$(id -un)" "$(id -gn)"
    while IFS=' ' read -r verb lengths; do
        number=0
        for length in $lengths; do
            number=$((number + 1))
            if [ "$length" -eq 0 ]; then
                : >"$T/$number"
            else
                head -c "$length" >"$T/$number" 2>/dev/null
                if [ "$(wc -c <"$T/$number")" -ne "$length" ]; then
                    # Cut off in the middle of a request, or no room for it: what is left of it is read away.
                    left=$((length - $(wc -c <"$T/$number")))
                    head -c "$left" >/dev/null
                    verb=SHORT
                fi
            fi
        done
        case $verb in
        PING) say OK "" ;;
        RUN) run ;;
        ONCE) once ;;
        READ)
            path=$(cat "$T/1")
            if ! there "$path"; then
                say NONE ""
            elif [ -f "$path" ] && head -c "$(cat "$T/2")" -- "$path" >"$T/out" 2>"$T/err"; then
                answer OK "$T/out"
            else
                say FAILED "$path cannot be read: $(cat "$T/err" 2>/dev/null)"
            fi
            ;;
        LIST)
            : >"$T/out"
            path=$(cat "$T/1")
            [ ! -d "$path" ] || find "$path/" -mindepth 1 -maxdepth 1 -printf '%f\0' >"$T/out"
            answer OK "$T/out"
            ;;
        COMPARE) compare ;;
        APPLY) apply ;;
        REVERT) revert ;;
        SHORT) say FAILED "the request could not be kept in $S/tmp; is there room on the disk?" ;;
        *) say FAILED "unknown request $verb" ;;
        esac
    done
}

if [ "$mode" = job ]; then
    execute "$T/command" "$T/input" "$T/out" "$T/err" "$4"
    printf '%s' "$?" >"$T/exit.new" && mv -f "$T/exit.new" "$T/exit"
else
    program=$3
    serve
fi
