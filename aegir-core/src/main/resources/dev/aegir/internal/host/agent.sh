# SPDX-License-Identifier: Apache-2.0
#
# What runs on a host for Aegir: read by "sh" from its command line, nothing is installed. It answers requests on its
# standard input, one after the other, until that ends. Everything it is told is data: no word of it is ever evaluated.
#
# A request is a line "VERB LENGTH LENGTH ..." and then sections of exactly so many bytes; the answer is a line
# "STATUS LENGTH LENGTH ..." and its sections. Lists are lines; paths have no line ends. Words of commands are lines that
# begin with "=" (as it is) or "%" (for printf %b). All variables are global, as sh has it: a function that needs a value
# after it has called another keeps it under a name of its own.
#
# $1 is the state directory; $2 is "serve", and then $3 is this text; or "job" with the directory and output limit of a job.
# In the state directory: undo/KEY/ the files as they were before a transaction, .new.KEY while it is under way; written: the
# checksum of what was last written to every path; fence/ the highest owner seen of every resource; jobs/KEY/ commands that
# are run once; lock: held by the one transaction that is under way. What requests need for themselves is in memory where
# that can be had, so that a full disk does not silence this program.

S=$1
mode=$2
export LC_ALL=C PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
umask 077
NL='
'

if [ "$mode" = job ]; then
    T=$3
else
    lacking=
    for tool in awk cat cp cut env find flock getent grep head mkdir mkfifo mv readlink rm rmdir sed setsid sha256sum stat tar timeout wc xargs; do
        command -v "$tool" >/dev/null 2>&1 || lacking="$lacking $tool"
    done
    if [ -n "$lacking" ]; then
        printf 'MISSING%s\n' "$lacking"
        exit 3
    fi
    if ! mkdir -p "$S/undo" "$S/fence" "$S/jobs" 2>/dev/null || ! [ -w "$S/undo" ]; then
        printf 'NOSTATE %s\n' "$S"
        exit 3
    fi
    base=$S/tmp
    if [ "$(id -u)" = 0 ] && [ "$(stat -f -c %T /run 2>/dev/null)" = tmpfs ]; then
        base=/run/aegir
    fi
    mkdir -p "$base" 2>/dev/null
    for old in "$base"/*; do
        [ ! -d "$old" ] || kill -0 "${old##*/}" 2>/dev/null || rm -rf "$old"
    done
    T=$base/$$
    rm -rf "$T"
    if ! mkdir "$T" 2>/dev/null || ! mkfifo "$T/fo" "$T/fe"; then
        printf 'NOSTATE %s\n' "$base"
        exit 3
    fi
    trap 'rm -rf "$T"' EXIT
    # A transaction that was received is finished, whatever becomes of the connection meanwhile.
    trap '' HUP PIPE TERM
fi

# ---- small things ------------------------------------------------------------------------------------------------

# answer STATUS FILE...: the answer to the request.
answer() {
    line=$1
    shift
    for file; do
        line="$line $(wc -c <"$file" | tr -d ' ')"
    done
    { printf '%s\n' "$line" && cat "$@" </dev/null; } 2>/dev/null || exit 0
}

# say STATUS TEXT: the same with one section, which needs no room on any disk.
say() { printf '%s %s\n%s' "$1" "${#2}" "$2" 2>/dev/null || exit 0; }

# decode LINE: the word it stands for, in $word.
decode() {
    case $1 in
    =*) word=${1#=} ;;
    *) word=$(printf '%bx' "${1#%}") && word=${word%x} ;;
    esac
}

# execute FILE INPUT OUT ERR LIMIT: runs the command in FILE: user, directory, seconds, and then the words, environment
# variables first. Gives its exit code; there is $T/full when what it said could not be kept.
execute() {
    input=$2 out=$3 err=$4 limit=$5
    {
        IFS= read -r user
        IFS= read -r where
        IFS= read -r seconds
        set --
        while IFS= read -r encoded; do
            decode "$encoded"
            set -- "$@" "$word"
        done
    } <"$1"
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
    rm -f "$T/full"
    { head -c "$limit" >"$out" || : >"$T/full"; cat >/dev/null; } <"$T/fo" 2>/dev/null 7>&- 8>&- 9>&- &
    drain_out=$!
    { head -c "$limit" >"$err" || : >"$T/full"; cat >/dev/null; } <"$T/fe" 2>/dev/null 7>&- 8>&- 9>&- &
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
    ) <"$input" >"$T/fo" 2>"$T/fe" 7>&- 8>&- 9>&- &
    running=$!
    # The number of the process group that timeout makes, for newer owners of a job to end.
    [ "$mode" != job ] || printf '%s\n' "$running" >"$T/pid"
    wait "$running"
    code=$?
    # A command may leave something behind that keeps its output open; that is waited for two seconds and no longer, and
    # what it says later is not mistaken for what another command says.
    (
        trap - EXIT
        exec </dev/null >/dev/null 2>&1 7>&- 8>&- 9>&-
        sleep 2
        kill -KILL "$drain_out" "$drain_err"
    ) &
    killer=$!
    wait "$drain_out" "$drain_err" 2>/dev/null
    if kill -KILL "$killer" 2>/dev/null; then
        wait "$killer" 2>/dev/null
    else
        rm -f "$T/fo" "$T/fe" && mkfifo "$T/fo" "$T/fe"
    fi
    return "$code"
}

# fenced RESOURCE TOKEN: 0 when a newer owner was here; notes this one otherwise, and is 2 when that cannot be done.
fenced() {
    [ -n "$1" ] || return 1
    fence=$S/fence/r.$1
    seen=0
    [ -r "$fence" ] && IFS= read -r seen <"$fence"
    [ "$2" -eq "${seen:-0}" ] && return 1
    exec 7>>"$S/fence.lock"
    flock 7
    seen=0
    [ -r "$fence" ] && IFS= read -r seen <"$fence"
    newer=1
    if [ "$2" -lt "${seen:-0}" ]; then
        newer=0
    elif [ "$2" -gt "${seen:-0}" ]; then
        # An owner that cannot be noted could not keep others away either: it does nothing.
        { printf '%s\n' "$2" >"$fence.new" && mv -f "$fence.new" "$fence"; } 2>/dev/null || newer=2
    fi
    exec 7>&-
    return "$newer"
}

# owned RESOURCE TOKEN: whether this owner may go on; it was answered already when not.
owned() {
    fenced "$1" "$2"
    case $? in
    0)
        say FENCED ""
        return 1
        ;;
    2)
        say FAILED "there is no room in $S/fence, or it cannot be written"
        return 1
        ;;
    esac
}

there() { [ -e "$1" ] || [ -L "$1" ]; }

# existing FILE: those of the paths in it that are there.
existing() {
    while IFS= read -r path; do
        ! there "$path" || printf '%s\n' "$path" || return 1
    done <"$1"
}

# lines FILE: how many it has.
lines() { wc -l <"$1" | tr -d ' '; }

# filter ARGUMENT...: grep, for which it is no failure to find nothing.
filter() {
    grep "$@"
    [ "$?" -le 1 ]
}

# ---- looking -----------------------------------------------------------------------------------------------------

# Sections: paths to be written, "sha256  path" as wanted, "mode account path" as wanted, paths to be absent, "yes" for
# contents. Answer: lines "H sha256  path", "A mode account path", "L path" (a link), "O path" (neither file nor link),
# "M path" (missing), "W sha256  path" (what was last written, where that is what is there), for all that is not as wanted;
# then "SIZE path" for the contents that follow in the last section.
compare() {
    existing "$T/4" >"$T/absent" && cat "$T/1" "$T/absent" >"$T/all" && existing "$T/all" >"$T/there" || return 1
    : >"$T/links" && : >"$T/plain" && : >"$T/other" || return 1
    while IFS= read -r path; do
        if [ -L "$path" ]; then
            printf '%s\n' "$path" >>"$T/links" || return 1
        elif [ -f "$path" ]; then
            printf '%s\n' "$path" >>"$T/plain" || return 1
        else
            printf '%s\n' "$path" >>"$T/other" || return 1
        fi
    done <"$T/there"
    xargs -r -d '\n' sha256sum -- <"$T/plain" >"$T/hashes" 2>/dev/null || return 1
    xargs -r -d '\n' stat -c '%04a %U:%G %n' -- <"$T/plain" >"$T/attributes" 2>/dev/null || return 1
    [ "$(lines "$T/plain")" = "$(lines "$T/hashes")" ] || return 1
    filter -vxFf "$T/2" "$T/hashes" >"$T/different" || return 1
    filter -vxFf "$T/3" "$T/attributes" >"$T/modes" && filter -vxFf "$T/there" "$T/1" >"$T/missing" || return 1
    : >"$T/ours" || return 1
    if [ -s "$T/different" ] && [ -r "$S/written" ]; then
        filter -xFf "$T/different" "$S/written" >"$T/ours" || return 1
    fi
    {
        sed 's/^/H /' "$T/different" && sed 's/^/A /' "$T/modes" && sed 's/^/L /' "$T/links" &&
            sed 's/^/O /' "$T/other" && sed 's/^/M /' "$T/missing" && sed 's/^/W /' "$T/ours"
    } >"$T/report" || return 1
    : >"$T/sizes" && : >"$T/contents" || return 1
    if [ "$(cat "$T/5")" = yes ]; then
        cut -c 67- "$T/different" >"$T/wanted" &&
            xargs -r -d '\n' stat -c '%s %n' -- <"$T/wanted" >"$T/sizes" &&
            xargs -r -d '\n' cat -- <"$T/wanted" >"$T/contents" || return 1
        while IFS= read -r path; do
            target=$(readlink -- "$path")
            printf '%s %s\n' "$((${#target} + 17))" "$path" >>"$T/sizes" &&
                printf 'symbolic link to %s' "$target" >>"$T/contents" || return 1
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
    stage=$(cat "$U/stage")
    while IFS= read -r dir; do
        [ -z "$stage" ] || rm -rf -- "$dir/${stage:?}"
    done <"$U/dirs"
    ok=0
    xargs -r -d '\n' rm -f -- <"$U/absent" 2>>"$T/output" || ok=1
    for before in "$U"/before.*.tar; do
        [ -f "$before" ] || continue
        # Where nothing can be written, nothing may have been changed either.
        tar -xpPf "$before" --overwrite 2>>"$T/output" || tar -dPf "$before" >/dev/null 2>&1 || ok=1
    done
    # Directories that this made, the deepest first; one that somebody else uses by now stays.
    sed '1!G;h;$!d' "$U/newdirs" | while IFS= read -r dir; do
        rmdir -- "$dir" 2>/dev/null
    done
    { cat "$U"/written.* >"$T/lines" && remember "$T/lines" "$U/paths"; } 2>>"$T/output" || ok=1
    return "$ok"
}

# remember FILE PATHS: the lines of FILE take the place of all lines of $S/written for these paths.
remember() {
    touch "$S/written" &&
        awk 'FILENAME == ARGV[1] { gone[$0] = 1; next } !(substr($0, 67) in gone)' "$2" "$S/written" >"$S/written.new" &&
        cat "$1" >>"$S/written.new" && mv -f "$S/written.new" "$S/written"
}

# recover: a transaction that was begun and whose agent is gone is put back. Only with the lock.
recover() {
    for U in "$S"/undo/.new.*; do
        [ -d "$U" ] || continue
        if [ -f "$U/state" ]; then
            IFS= read -r began <"$U/state"
            restore || return 1
            [ "$began" != activating ] || commands A || :
        fi
        rm -rf "$U"
    done
}

unlock() { exec 8>&-; }

# begin: takes the lock, puts back what was left half done, and makes sure that this owner may go on. Answers when not.
begin() {
    : >"$T/output"
    exec 8>>"$S/lock"
    if ! flock -w 120 8; then
        unlock
        say BUSY "another transaction has held the lock for two minutes"
        return 1
    fi
    if ! recover; then
        unlock
        say FAILED "a transaction that was interrupted cannot be put back, so nothing else is done: $(cat "$T/output")"
        return 1
    fi
    if ! owned "$resource" "$token"; then
        unlock
        return 1
    fi
}

# refuse PHASE: nothing was changed, and this is why.
refuse() {
    rm -rf "$U"
    unlock
    printf '%s yes' "$1" >"$T/said"
    answer REJECTED "$T/said" "$T/output"
}

# reject PHASE BEGAN: puts everything back, and says so.
reject() {
    refused=$1
    back=no
    if restore && { [ "$2" != activated ] || commands A; }; then
        back=yes
        rm -rf "$U"
    else
        # What could not be put back is kept for whoever takes the step back.
        kept
    fi
    unlock
    printf '%s %s' "$refused" "$back" >"$T/said"
    answer REJECTED "$T/said" "$T/output"
}

# kept: what $U keeps is from now on what undoing its key puts back, together with what an earlier attempt kept.
kept() {
    old=$S/undo/$key
    if [ ! -d "$old" ]; then
        rm -f "$U/state" && mv -T "$U" "$old"
        return
    fi
    filter -vxFf "$old/paths" "$U/absent" >"$T/absent" && cat "$T/absent" >>"$old/absent" &&
        cat "$U/newdirs" >>"$old/newdirs" && cat "$U/dirs" >>"$old/dirs" &&
        cat "$U/written.fresh" >>"$old/written.fresh" &&
        { [ ! -f "$U/before.fresh.tar" ] || mv "$U/before.fresh.tar" "$old/before.$$.$(date +%s).tar"; } &&
        filter -vxFf "$old/paths" "$U/paths" >"$T/more" && cat "$T/more" >>"$old/paths" && rm -rf "$U"
}

# keep LIST NAME: the files of the list as they are, and what is known of them, into $U.
keep() {
    existing "$1" >"$T/there" && filter -vxFf "$T/there" "$1" >>"$U/absent" || return 1
    if [ -s "$T/there" ]; then
        tar -cpPf "$U/before.$2.tar" -T "$T/there" || return 1
    fi
    : >"$U/written.$2" || return 1
    if [ -r "$S/written" ]; then
        awk 'FILENAME == ARGV[1] { mine[$0] = 1; next } substr($0, 67) in mine' "$1" "$S/written" >"$U/written.$2"
    fi
}

# split: the commands on standard input become files PHASE.NUMBER in $U/commands.
split() {
    number=100
    while IFS=' ' read -r phase count; do
        number=$((number + 1))
        while [ "$count" -gt 0 ]; do
            IFS= read -r text
            printf '%s\n' "$text" || return 1
            count=$((count - 1))
        done >"$U/commands/$phase.$number" || return 1
    done
}

# prepare: everything that is needed to put things back is in $U before anything changes.
prepare() {
    : >"$U/absent" && : >"$U/newdirs" && cp "$T/5" "$U/paths" && cp "$T/3" "$U/stage" && cp "$T/4" "$U/dirs" &&
        mkdir "$U/commands" && split <"$T/11" || return 1
    # What an earlier attempt of the same step kept is what its undo needs; what is there now, what this attempt needs.
    : >"$T/known"
    [ ! -d "$S/undo/$key" ] || cat "$S/undo/$key/paths" >"$T/known" || return 1
    filter -vxFf "$T/known" "$T/5" >"$T/fresh" && filter -xFf "$T/known" "$T/5" >"$T/again" || return 1
    keep "$T/fresh" fresh && keep "$T/again" again || return 1
    while IFS= read -r dir; do
        made=
        above=$dir
        while ! [ -d "$above" ]; do
            made="$above$NL$made"
            above=${above%/*}
            [ -n "$above" ] || above=/
        done
        printf '%s' "$made" >>"$U/newdirs" || return 1
    done <"$T/4"
    printf 'applying\n' >"$U/state"
}

# unowned: whether a file that is there already is not what it was found to be, or not ours.
unowned() {
    while IFS=' ' read -r id path; do
        if [ ! -f "$path" ] || [ -L "$path" ]; then
            printf '%s is no regular file, so it cannot bear the id %s\n' "$path" "$id" >>"$T/output"
            return 0
        fi
    done <"$T/9"
    awk '{ id = substr($0, 1, 26); path = substr($0, 28); found = 0
           while ((getline line < path) > 0) if (index(line, id)) { found = 1; break }
           close(path); if (!found) { print path " does not bear the id " id; bad = 1 } }
         END { exit bad }' "$T/9" >>"$T/output" || return 0
    if [ -s "$T/7" ] && ! sha256sum --check --quiet --strict "$T/7" >>"$T/output" 2>&1; then
        return 0
    fi
    while IFS= read -r path; do
        if there "$path"; then
            printf '%s has appeared\n' "$path" >>"$T/output"
            return 0
        fi
    done <"$T/8"
    return 1
}

# switch: the new files take the place of the old.
switch() {
    stage=$(cat "$T/3")
    (umask 022 && xargs -r -d '\n' mkdir -p -- <"$T/4") 2>>"$T/output" || return 1
    if [ -s "$T/2" ]; then
        tar -xpf "$T/2" -C / 2>>"$T/output" || return 1
        while IFS= read -r dir; do
            [ -d "$dir/$stage" ] || continue
            find "$dir/$stage" -mindepth 1 -maxdepth 1 -exec mv -f -t "$dir" -- {} + 2>>"$T/output" &&
                rmdir -- "$dir/$stage" 2>>"$T/output" || return 1
        done <"$T/4"
    fi
    xargs -r -d '\n' rm -f -- <"$T/6" 2>>"$T/output"
}

# accounts: whether every account and group that files shall belong to is there.
accounts() {
    while IFS=: read -r user group; do
        if ! getent passwd "$user" >/dev/null || ! getent group "$group" >/dev/null; then
            printf 'there is no account %s or no group %s here\n' "$user" "$group" >>"$T/output"
            return 1
        fi
    done <"$T/accounts"
}

# Sections: 1 key, resource, token, and then every account that files shall belong to; 2 tar of the new files, each in a
# directory named by 3 beside its place; 3 the name of that directory; 4 directories of files; 5 all paths; 6 paths to delete;
# 7 "sha256  path" as they are now; 8 paths that are not there now; 9 "id path" of owned files that are there; 10 directories
# and what they must lie in; 11 commands: "phase" and number of lines, then these; 12 "sha256  path" of what is written.
apply() {
    {
        IFS= read -r key
        IFS= read -r resource
        IFS= read -r token
        cat >"$T/accounts"
    } <"$T/1"
    begin || return
    find "$S/undo" "$S/jobs" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null
    U=$S/undo/.new.$key
    rm -rf "$U"
    mkdir "$U" 2>>"$T/output" && cp "$T/10" "$U/contained" 2>>"$T/output" && accounts || { refuse WRITE; return; }
    if unowned; then
        refuse OWNERSHIP
        return
    fi
    contained || { refuse CONTAINMENT; return; }
    if ! prepare 2>>"$T/output"; then
        printf 'the files as they are cannot be kept in %s\n' "$U" >>"$T/output"
        refuse WRITE
        return
    fi
    switch || { reject WRITE files; return; }
    commands C || { reject CHECK files; return; }
    contained || { reject CONTAINMENT files; return; }
    { printf 'activating\n' >"$U/state.new" && mv -f "$U/state.new" "$U/state"; } 2>>"$T/output" || { reject WRITE files; return; }
    commands A || { reject ACTIVATE activated; return; }
    commands F || { reject CONFIRM activated; return; }
    { remember "$T/12" "$U/paths" && kept; } 2>>"$T/output" || { reject WRITE activated; return; }
    unlock
    answer OK "$T/output"
}

# Section: key, resource, token. Answers NONE when nothing was kept.
revert() {
    {
        IFS= read -r key
        IFS= read -r resource
        IFS= read -r token
    } <"$T/1"
    begin || return
    U=$S/undo/$key
    if [ ! -d "$U" ]; then
        unlock
        say NONE ""
        return
    fi
    failed=
    restore || failed=WRITE
    [ -n "$failed" ] || commands C || failed=CHECK
    [ -n "$failed" ] || commands A || failed=ACTIVATE
    if [ -n "$failed" ]; then
        # It stays kept: the next attempt to take it back begins again.
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
    {
        IFS= read -r resource
        IFS= read -r token
        IFS= read -r kept_bytes
    } <"$T/1"
    owned "$resource" "$token" || return
    execute "$T/2" "$T/3" "$T/out" "$T/err" "$((kept_bytes + 1))"
    code=$?
    : >"$T/3"
    if [ -e "$T/full" ] || ! printf '%s' "$code" >"$T/said"; then
        say FAILED "it ended with $code, but there is no room in $T for what it said"
        return
    fi
    answer OK "$T/said" "$T/out" "$T/err"
}

# stop JOB: ends what still runs of a job, and waits until it has.
stop() {
    [ -d "$1" ] && [ ! -f "$1/exit" ] || return 0
    exec 9>>"$1/lock"
    while ! flock -n -s 9; do
        [ ! -s "$1/pid" ] || kill -KILL "-$(cat "$1/pid")" 2>/dev/null
        sleep 0.05
    done
    exec 9>&-
}

# Sections: 1 key, resource, token, output limit; 2 the command; 3 its input. Run once for the key, in a session of its own
# that nothing but its timeout and newer owners end; the kernel's lock says whether it still runs.
once() {
    {
        IFS= read -r key
        IFS= read -r resource
        IFS= read -r token
        IFS= read -r kept_bytes
    } <"$T/1"
    owned "$resource" "$token" || return
    J=$S/jobs/$key
    if [ ! -d "$J" ]; then
        # Older owners of the same resource must not go on beside this one; other steps of the same task may.
        for owner in "$S"/jobs/*/owner; do
            [ -f "$owner" ] || continue
            {
                IFS= read -r theirs
                IFS= read -r older
            } <"$owner"
            job=${owner%/owner}
            name=${job##*/}
            if [ -n "$resource" ] && [ "$theirs" = "$resource" ] && [ "$older" -lt "$token" ] && [ "${name%%.*}" != "${key%%.*}" ]; then
                stop "$job"
            fi
        done
        new=$S/jobs/.new.$$
        rm -rf "$new"
        if ! { mkdir "$new" && mkfifo "$new/fo" "$new/fe" && cp "$T/2" "$new/command" && cp "$T/3" "$new/input" &&
            printf '%s\n%s\n' "$resource" "$token" >"$new/owner"; } 2>/dev/null; then
            rm -rf "$new"
            say FAILED "there is no room in $S/jobs"
            return
        fi
        exec 9>"$new/lock"
        flock 9
        if mv -T "$new" "$J" 2>/dev/null; then
            setsid sh -c "$program" aegir-job "$S" job "$J" "$((kept_bytes + 1))" </dev/null >/dev/null 2>&1 7>&- 8>&- &
        else
            rm -rf "$new"
        fi
        exec 9>&-
    fi
    : >"$T/3"
    exec 9>>"$J/lock"
    flock -s 9
    exec 9>&-
    if [ -f "$J/exit" ]; then
        answer OK "$J/exit" "$J/out" "$J/err"
    else
        say LOST ""
    fi
}

# Section: key, resource, token. Ends the run of a key that is under way, if there is one.
end() {
    {
        IFS= read -r key
        IFS= read -r resource
        IFS= read -r token
    } <"$T/1"
    owned "$resource" "$token" || return
    stop "$S/jobs/$key"
    say OK ""
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
                    # Cut off in the middle of a request, or no room for it. What is left of it cannot be told apart from
                    # the next, so this is the end.
                    say FATAL "the request could not be kept in $T: there is no room"
                    exit 4
                fi
            fi
        done
        case $verb in
        PING) say OK "" ;;
        RUN) run ;;
        ONCE) once ;;
        END) end ;;
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
            if [ -d "$path" ] && ! find "$path/" -mindepth 1 -maxdepth 1 -printf '%f\0' >"$T/out" 2>/dev/null; then
                say FAILED "$path cannot be listed"
            else
                answer OK "$T/out"
            fi
            ;;
        COMPARE) compare || say FAILED "the files cannot be compared: there is no room in $T, or they change all the time" ;;
        APPLY) apply ;;
        REVERT) revert ;;
        *) say FAILED "unknown request $verb" ;;
        esac
    done
}

if [ "$mode" = job ]; then
    began=$(date +%s)
    # The input may be a secret: it is gone from the disk before the command begins.
    exec 6<"$T/input" && rm -f "$T/input"
    execute "$T/command" /dev/fd/6 "$T/out" "$T/err" "$4"
    code=$?
    late=
    if { [ "$code" = 124 ] || [ "$code" = 137 ]; } && [ "$(($(date +%s) - began))" -ge "${seconds%%.*}" ]; then
        late=' late'
    fi
    printf '%s%s' "$code" "$late" >"$T/exit.new" && mv -f "$T/exit.new" "$T/exit"
else
    program=$3
    serve
fi
