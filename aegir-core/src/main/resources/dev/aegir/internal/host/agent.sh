# SPDX-License-Identifier: Apache-2.0
#
# What runs on a host for Aegir: read by "sh" from its command line, nothing is installed. It answers requests on its
# standard input, one after the other, until that ends. Everything it is told is data: no word of it is ever evaluated.
#
# A request is a line "VERB KEY RESOURCE TOKEN LIMIT LENGTH ..." ("-" where there is none) and then sections of exactly so
# many bytes; the answer is a line "STATUS LENGTH ..." and its sections. Lists are lines, of which the first letter says what
# they are; paths have no line ends. Words of commands begin with "=" (as it is) or "%" (for printf %b). Processes are what
# costs time here, so as few as can be are started, whatever the number of files. All variables are global, as sh has it: a
# function that needs a value after it has called another keeps it under a name of its own.
#
# $1 is the state directory; $2 is "serve", and then $3 is this text; or "job" with the directory and output limit of a job.
# In the state directory: undo/KEY/ the files as they were before a transaction, .new.KEY while it is under way; written: the
# checksum of what was last written to every path; fence/ the highest owner seen of every resource; jobs/KEY/ commands that
# are run once; streams/KEY the process of every program whose streams are used; lock: held by the one transaction that is
# under way. What requests need for themselves is in memory where that can be had, so that a full disk does not silence
# this program.

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
    cd "$T" || exit 3
    trap 'cd / && rm -rf "$T"' EXIT
    # A transaction that was received is finished, whatever becomes of the connection meanwhile.
    trap '' HUP PIPE TERM
fi

# ---- small things ------------------------------------------------------------------------------------------------

# answer STATUS FILE...: the answer to the request.
answer() {
    line=$1
    shift
    { printf '%s%s\n' "$line" "$(stat --printf ' %s' -- "$@")" && cat -- "$@"; } 2>/dev/null || exit 0
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

# become WORD...: this process becomes the command of $user in $where, for so many $seconds.
become() {
    trap - HUP PIPE TERM EXIT
    umask 022
    cd -- "$where" || exit 126
    set -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LANG=C.UTF-8 "$@"
    if [ -n "$user" ] && [ "$user" != "$(id -un)" ]; then
        set -- runuser -u "$user" -- "$@"
    fi
    exec timeout -k 2 "$seconds" "$@"
}

# execute FILE INPUT OUT ERR LIMIT: runs the command in FILE: user, directory, seconds, and then the words, environment
# variables first. Gives its exit code; there is $T/full when what it said could not be kept. With the limit 0 what it says is
# just added to OUT, which is for the few commands of a transaction.
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
            printf 'there is no account "%s" here\n' "$user" >>"$err"
            : >>"$out"
            return 126
        fi
    fi
    if [ "$limit" -eq 0 ]; then
        (become "$@") <"$input" >>"$out" 2>&1 7>&- 8>&- 9>&-
        return
    fi
    [ ! -e "$T/full" ] || rm -f "$T/full"
    { head -c "$limit" >"$out" || : >"$T/full"; exec cat >/dev/null; } <"$T/fo" 2>/dev/null 7>&- 8>&- 9>&- &
    drain_out=$!
    { head -c "$limit" >"$err" || : >"$T/full"; exec cat >/dev/null; } <"$T/fe" 2>/dev/null 7>&- 8>&- 9>&- &
    drain_err=$!
    (become "$@") <"$input" >"$T/fo" 2>"$T/fe" 7>&- 8>&- 9>&- &
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

# absent FILE: whether none of the paths in it is there.
absent() {
    while IFS= read -r path; do
        ! there "$path" || return 1
    done <"$1"
}

# filter ARGUMENT...: grep, for which it is no failure to find nothing.
filter() {
    grep "$@"
    [ "$?" -le 1 ]
}

# ---- looking -----------------------------------------------------------------------------------------------------

# Sections: lines "sha256  path" of files as they shall be; for each of them in turn "mode uid:gid", the mode in hexadecimal as
# stat prints it, with the names of account and group where any is not root; those names, each pair once; paths that shall not
# be. Limit: 1 when contents are wanted. Answer: for all that is not so "H sha256  path", "A mode uid:gid path", "L path" (a
# link), "O path" (neither file nor link), "M path" (missing), and "W sha256  path" where what is there is what was last written;
# then "SIZE path" for the contents that follow in the last section.
compare() {
    ids=2
    [ ! -s 3 ] || { identify && ids=ids; } || return 1
    : >there && same= || return 1
    # Most of the time little differs, or nothing. What is missing is not in the output of stat, and so it is too short. Only
    # what is known to be a regular file is opened.
    if absent 4 && shall=$(cat "$ids") &&
        [ "$(cut -b 67- 1 | xargs -r -d '\n' stat --printf '%f %u:%g\n' -- 2>/dev/null)" = "$shall" ]; then
        same=1
        [ ! -s 2 ] || failed=$(sha256sum --check --quiet 1 2>/dev/null)
        case $? in
        0)
            printf 'OK 0 0 0\n' 2>/dev/null || exit 0
            return
            ;;
        1) [ -n "$failed" ] && failures >plain ;;
        *) return 1 ;;
        esac
    else
        # What is not in its output by mistake is found out when it is written.
        { cut -b 67- 1 && cat 4; } | xargs -r -d '\n' stat --printf '%f %u:%g %n\n' -- >there 2>/dev/null
        sed -n 's/^8[^/]* //p' there >plain
    fi && xargs -r -d '\n' sha256sum -- <plain >hashes 2>/dev/null || return 1
    written=/dev/null
    [ ! -r "$S/written" ] || written=$S/written
    report=$(awk -v same="$same" -v written="$written" 'part == 1 { fails[$0]; next }
        part == 2 { id[FNR] = $0; next }
        part == 3 { path = substr($0, 67)
            if (same && !(path in fails)) next
            order[++count] = path; sha[path] = substr($0, 1, 64); wanted[path] = id[FNR]
            if (same) has[path] = id[FNR]
            next }
        part == 4 { order[++count] = $0; next }
        part == 5 { at = index($0, " /"); has[substr($0, at + 1)] = substr($0, 1, at - 1); next }
        { hash[substr($0, 67)] = substr($0, 1, 64) }
        END { for (i = 1; i <= count; i++) { path = order[i]
                if (!(path in has)) { if (path in sha) print "M " path }
                else if (has[path] ~ /^a/) print "L " path
                else if (!(path in hash)) print "O " path
                else if (!(path in sha) || hash[path] != sha[path]) { print "H " hash[path] "  " path; differs[path]; any = 1 }
                else if (has[path] != wanted[path]) print "A " has[path] " " path }
            while (any && (getline line <written) > 0) { path = substr(line, 67)
                if (path in differs && hash[path] == substr(line, 1, 64)) print "W " hash[path] "  " path } }' \
        part=1 plain part=2 "$ids" part=3 1 part=4 4 part=5 there part=6 hashes) || return 1
    [ -z "$report" ] || report=$report$NL
    if [ "$kept_bytes" != 1 ]; then
        printf 'OK %s 0 0\n%s' "${#report}" "$report" 2>/dev/null || exit 0
        return
    fi
    : >sizes && : >contents && printf '%s' "$report" >report || return 1
    sed -n 's/^H .\{66\}//p' report >wanted && xargs -r -d '\n' stat -c '%s %n' -- <wanted >sizes &&
        xargs -r -d '\n' cat -- <wanted >contents && sed -n 's/^L //p' report >links || return 1
    while IFS= read -r path; do
        target=$(readlink -- "$path")
        printf '%s %s\n' "$((${#target} + 17))" "$path" >>sizes &&
            printf 'symbolic link to %s' "$target" >>contents || return 1
    done <links
    answer OK report sizes contents
}

# failures: the paths in $failed, which is what sha256sum --check said.
failures() {
    IFS=$NL
    set -f
    for line in $failed; do
        case $line in
        *': FAILED open or read') printf '%s\n' "${line%: FAILED open or read}" ;;
        *) printf '%s\n' "${line%: FAILED}" ;;
        esac || break
    done
    printed=$?
    set +f
    unset IFS
    return "$printed"
}

# identify: section 2 with numbers in place of names, into ids. Each name is looked up once, and not once for every file as stat
# would; one that is not found is no number.
identify() {
    : >passwd && : >group && cut -d : -f 1 3 >users && cut -d : -f 2 3 >groups || return 1
    xargs -r -d '\n' getent passwd <users >passwd
    xargs -r -d '\n' getent group <groups >group
    awk 'BEGIN { user["0"] = group["0"] = 0 }
        part == 1 { split($0, field, ":"); user[field[1]] = field[3]; next }
        part == 2 { split($0, field, ":"); group[field[1]] = field[3]; next }
        { split($2, account, ":"); print $1 " " user[account[1]] ":" group[account[2]] }' \
        part=1 passwd part=2 group part=3 2 >ids
}

# ---- transactions ------------------------------------------------------------------------------------------------

# commands PHASE: runs those of the commands of $U whose phase it is; what they say is added to $T/output.
commands() {
    for command in "$U/command.$1".*; do
        [ -f "$command" ] || continue
        execute "$command" /dev/null "$T/output" "$T/output" 0
        code=$?
        if [ "$code" -ne 0 ]; then
            printf '(ended with %s)\n' "$code" >>"$T/output"
            return 1
        fi
    done
}

# contained: whether every directory in $U/contained really lies in the one that the next line names.
contained() {
    while IFS= read -r path && IFS= read -r within; do
        # Without a process: cd -P makes PWD what pwd -P would print.
        real=
        { cd -P -- "$path" && real=$PWD && cd -P -- "$within" && inside=$PWD; } 2>/dev/null || real=
        cd "$T" || exit 3
        if [ -z "$real" ]; then
            printf '%s: there is no such directory\n' "$path" >>"$T/output"
            return 1
        fi
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
    IFS= read -r stage <"$U/stage"
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
    { cat "$U"/before.*.written >"$T/lines" && remember "$T/lines" "$U/paths"; } 2>>"$T/output" || ok=1
    return "$ok"
}

# remember FILE PATHS: the lines of FILE take the place of all lines of $S/written for these paths.
remember() {
    [ -e "$S/written" ] || : >"$S/written" || return 1
    awk 'name == 1 { gone[$0] = 1; next } name == 3 || !(substr($0, 67) in gone)' \
        name=1 "$2" name=2 "$S/written" name=3 "$1" >"$S/written.new" && mv -f "$S/written.new" "$S/written"
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
    rejected "$1 yes"
}

# rejected TEXT: the answer, with no more of what was said than anybody reads.
rejected() {
    printf '%s' "$1" >said
    tail -c 65536 output >end
    answer REJECTED said end
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
    rejected "$refused $back"
}

# kept: what $U keeps is from now on what undoing its key puts back, together with what an earlier attempt kept.
kept() {
    old=$S/undo/$key
    if [ ! -d "$old" ]; then
        mv -T "$U" "$old"
        return
    fi
    filter -vxFf "$old/paths" "$U/absent" >"$T/absent" && cat "$T/absent" >>"$old/absent" &&
        cat "$U/newdirs" >>"$old/newdirs" && cat "$U/dirs" >>"$old/dirs" &&
        cat "$U/before.fresh.written" >>"$old/before.fresh.written" &&
        { [ ! -f "$U/before.fresh.tar" ] || mv "$U/before.fresh.tar" "$old/before.$$.$(date +%s).tar"; } &&
        filter -vxFf "$old/paths" "$U/paths" >"$T/more" && cat "$T/more" >>"$old/paths" && rm -rf "$U"
}

# keep LIST NAME: the files of the list as they are, into $U.
keep() {
    : >there || return 1
    while IFS= read -r path; do
        if there "$path"; then
            printf '%s\n' "$path" >>there || return 1
        else
            printf '%s\n' "$path" >>"$U/absent" || return 1
        fi
    done <"$1"
    if [ -s there ]; then
        tar -cpPf "$U/before.$2.tar" -T there || return 1
    fi
}

# known FRESH AGAIN: what was last written to the paths of these lists, into $U; and into $U/next what $S/written shall be when
# all is done. Is 3 when an owned file, which is a regular one by now, does not bear its id.
known() {
    : >"$U/before.fresh.written" && : >"$U/before.again.written" && : >"$U/next" || return 1
    [ -e "$S/written" ] || : >"$S/written" || return 1
    awk -v dir="$U" 'part == 1 { list[$0] = "before.fresh.written"; next }
        part == 2 { list[$0] = "before.again.written"; next }
        part == 3 { path = substr($0, 67); print >(dir "/" (path in list ? list[path] : "next")); next }
        part == 4 { print >(dir "/next"); next }
        { id = substr($0, 1, 26); path = substr($0, 28); found = 0
            while ((getline line <path) > 0) if (index(line, id)) { found = 1; break }
            close(path); if (!found) { print path " does not bear the id " id; bad = 3 } }
        END { exit bad }' \
        part=1 "$1" part=2 "$2" part=3 "$S/written" part=4 "$U/written" part=5 "$U/owned" >>output
}

# prepare: everything that is needed to put things back is in $U before anything changes. Is 3 when a file is not ours.
prepare() {
    if [ -d "$S/undo/$key" ]; then
        # What an earlier attempt of the same step kept is what its undo needs; what is there now, what this attempt needs.
        filter -vxFf "$S/undo/$key/paths" "$U/paths" >fresh && filter -xFf "$S/undo/$key/paths" "$U/paths" >again &&
            keep again again && keep fresh fresh && known fresh again || return
    else
        keep "$U/paths" fresh && known "$U/paths" /dev/null || return
    fi
    while IFS= read -r dir; do
        made=
        above=$dir
        while ! [ -d "$above" ]; do
            made="$above$NL$made"
            above=${above%/*}
            [ -n "$above" ] || above=/
        done
        printf '%s' "$made" >>"$U/newdirs" || return 1
    done <"$U/dirs"
    printf 'applying\n' >"$U/state"
}

# unowned: whether a file that is there already is not what it was found to be, or not ours.
unowned() {
    while IFS=' ' read -r id path; do
        if [ ! -f "$path" ] || [ -L "$path" ]; then
            printf '%s is no regular file, so it cannot bear the id %s\n' "$path" "$id" >>output
            return 0
        fi
    done <"$U/owned"
    if [ -s "$U/hashes" ] && ! sha256sum --check --quiet --strict "$U/hashes" >>output 2>&1; then
        return 0
    fi
    while IFS= read -r path; do
        if there "$path"; then
            printf '%s has appeared\n' "$path" >>output
            return 0
        fi
    done <"$U/missing"
    return 1
}

# switch: the new files take the place of the old.
switch() {
    IFS= read -r stage <"$U/stage"
    if [ -s "$U/newdirs" ]; then
        (umask 022 && xargs -r -d '\n' mkdir -p -- <"$U/newdirs") 2>>output || return 1
    fi
    if [ -s 2 ]; then
        tar -xpf 2 -C / 2>>output || return 1
        while IFS= read -r dir; do
            [ -d "$dir/$stage" ] || continue
            # Too many names for one command, or such as begin with a dot, are left to the next one.
            mv -f -t "$dir" -- "$dir/$stage"/* 2>/dev/null && rmdir -- "$dir/$stage" 2>/dev/null && continue
            find "$dir/$stage" -mindepth 1 -maxdepth 1 -exec mv -f -t "$dir" -- {} + 2>>output &&
                rmdir -- "$dir/$stage" 2>>output || return 1
        done <"$U/dirs"
    fi
    [ ! -s "$U/deletes" ] || xargs -r -d '\n' rm -f -- <"$U/deletes" 2>>output
}

# accounts: whether every account and group that files shall belong to is there.
accounts() {
    while IFS=: read -r user group; do
        if ! getent passwd "$user" >/dev/null || ! getent group "$group" >/dev/null; then
            printf 'there is no account %s or no group %s here\n' "$user" "$group" >>output
            return 1
        fi
    done <"$U/accounts"
}

# receive: the lines of section 1 go into files of $U, by their first letter: u accounts that files shall belong to; s the name
# of the directory beside its place in which each new file lies in the tar, which is section 2; d directories of files; p all
# paths; x paths to delete; h "sha256  path" as they are now; m paths that are not there now; o "id path" of owned files that
# are there; c directories and what they must lie in; w "sha256  path" of what is written; k the phase and number of a command,
# and K its lines.
receive() {
    for name in accounts stage dirs paths deletes hashes missing owned contained written absent newdirs; do
        : >"$U/$name" || return 1
    done
    awk -v dir="$U" 'BEGIN { name["u"] = "accounts"; name["s"] = "stage"; name["d"] = "dirs"; name["p"] = "paths"
            name["x"] = "deletes"; name["h"] = "hashes"; name["m"] = "missing"; name["o"] = "owned"
            name["c"] = "contained"; name["w"] = "written" }
        { letter = substr($0, 1, 1); text = substr($0, 3)
          if (letter == "k") { command = dir "/command." text; printf "" >command }
          else if (letter == "K") print text >command
          else print text >(dir "/" name[letter]) }' 1
}

apply() {
    begin || return
    U=$S/undo/.new.$key
    ! there "$U" || rm -rf "$U"
    mkdir "$U" 2>>output && receive 2>>output && accounts || { refuse WRITE; return; }
    if unowned; then
        refuse OWNERSHIP
        return
    fi
    contained || { refuse CONTAINMENT; return; }
    prepare 2>>output
    prepared=$?
    if [ "$prepared" -eq 3 ]; then
        refuse OWNERSHIP
        return
    elif [ "$prepared" -ne 0 ]; then
        printf 'the files as they are cannot be kept in %s\n' "$U" >>output
        refuse WRITE
        return
    fi
    switch || { reject WRITE files; return; }
    commands C || { reject CHECK files; return; }
    contained || { reject CONTAINMENT files; return; }
    printf 'activating\n' 2>>output >"$U/state" || { reject WRITE files; return; }
    commands A || { reject ACTIVATE activated; return; }
    commands F || { reject CONFIRM activated; return; }
    { mv -f "$U/next" "$S/written" && kept; } 2>>output || { reject WRITE activated; return; }
    unlock
    if [ -s output ]; then
        tail -c 65536 output >end
        answer OK end
    else
        say OK ""
    fi
}

# Answers NONE when nothing was kept under the key.
revert() {
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
        rejected "$failed no"
        return
    fi
    rm -rf "$U"
    unlock
    answer OK output
}

# ---- commands ----------------------------------------------------------------------------------------------------

# Sections: the command, its input. Limit: of each kind of output. Answer: the exit code, what it said.
run() {
    owned "$resource" "$token" || return
    execute "$T/1" "$T/2" "$T/out" "$T/err" "$((kept_bytes + 1))"
    code=$?
    : >"$T/2"
    if [ -e "$T/full" ] || ! printf '%s' "$code" >said; then
        say FAILED "it ended with $code, but there is no room in $T for what it said"
        return
    fi
    answer OK said out err
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

# Sections: the command, its input. Run once for the key, in a session of its own that nothing but its timeout and newer owners
# end; the kernel's lock says whether it still runs.
once() {
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
        [ ! -e "$new" ] || rm -rf "$new"
        if ! { mkdir "$new" && mkfifo "$new/fo" "$new/fe" && cp 1 "$new/command" &&
            printf '%s\n%s\n' "$resource" "$token" >"$new/owner"; } 2>/dev/null; then
            rm -rf "$new"
            say FAILED "there is no room in $S/jobs"
            return
        fi
        # The input may be a secret: it is where this program has its memory, without a name from now on.
        mv -f 2 input && : >2 || exit 3
        exec 6<input 9>"$new/lock"
        rm -f input
        flock 9
        if mv -T "$new" "$J" 2>/dev/null; then
            setsid sh -c "$program" aegir-job "$S" job "$J" "$((kept_bytes + 1))" </dev/null >/dev/null 2>&1 7>&- 8>&- &
        else
            rm -rf "$new"
        fi
        exec 6<&- 9>&-
    fi
    : >"$T/2"
    exec 9>>"$J/lock"
    flock -s 9
    exec 9>&-
    if [ -f "$J/exit" ]; then
        answer OK "$J/exit" "$J/out" "$J/err"
    else
        say LOST ""
    fi
}

# Ends the run of a key that is under way, if there is one.
end() {
    owned "$resource" "$token" || return
    stop "$S/jobs/$key"
    say OK ""
}

# alive STREAM: whether the program of a stream, a file with its number and when it was started, still runs.
alive() {
    { IFS=' ' read -r pid born <"$1" && IFS= read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [ "$1" != Z ] && [ "${20}" = "$born" ]
}

# family PID: it, and all it has started.
family() {
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v first="$1" '{ child = $1; sub(/.*\) /, ""); parent[child] = $2 }
        END { for (each in parent) {
            for (up = each; up != first && (up in parent); up = parent[up]);
            if (up == first) print each } }'
}

# Ends the program of a stream that was closed, unless it ends by itself in a moment, and forgets those that have ended.
close_stream() {
    for attempt in 1 2 3 4; do
        alive "$S/streams/$key" || break
        sleep 0.05
    done
    if alive "$S/streams/$key"; then
        # shellcheck disable=SC2046
        kill -KILL $(family "$pid") 2>/dev/null
    fi
    for stream in "$S"/streams/*; do
        alive "$stream" || rm -f "$stream"
    done
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
    find "$S/undo" "$S/jobs" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null
    printf 'AEGIR 1 %s %s:%s\n' "$(id -u)" "$(id -un)" "$(id -gn)"
    while IFS=' ' read -r verb key resource token kept_bytes lengths; do
        [ "$resource" != - ] || resource=
        number=0
        set --
        for length in $lengths; do
            number=$((number + 1))
            set -- "$@" "$number"
            if [ "$length" -eq 0 ]; then
                : >"$number"
            else
                head -c "$length" >"$number" 2>/dev/null
            fi
        done
        if [ "$number" -gt 0 ] && [ "$(stat --printf '%s ' -- "$@")" != "$lengths " ]; then
            # Cut off in the middle of a request, or no room for it. What is left of it cannot be told apart from the next,
            # so this is the end.
            say FATAL "the request could not be kept in $T: there is no room"
            exit 4
        fi
        case $verb in
        PING) say OK "" ;;
        RUN) run ;;
        ONCE) once ;;
        END) end ;;
        CLOSE) close_stream ;;
        READ)
            path=$(cat "$T/1")
            if ! there "$path"; then
                say NONE ""
            elif [ -f "$path" ] && head -c "$kept_bytes" -- "$path" >"$T/out" 2>"$T/err"; then
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
