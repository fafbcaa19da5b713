# SPDX-License-Identifier: Apache-2.0
#
# One snapshot of some trees, in a mount namespace of its own. $1 who it is of, $2 its tags; then of each tree: what it is, the
# account whose it is or nothing, its directory, how many paths below it, and these. Prints what restic says, whether anything was
# written meanwhile, how much there is and, of a repository that is a directory here, whether it has what was written.
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

calm=' '
left=$#
while [ "$left" -gt 0 ]; do
    part=$1
    account=$2
    directory=$3
    count=$4
    shift 4
    left=$((left - 4 - count))
    [ -n "$account" ] || calm="$calm$part "
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

# Of each tree how many entries and bytes it has, whether anything was written since $begun, and whether nothing was since a little
# before: clocks of file systems lag behind. Nobody writes dumps while they are read.
look() {
    for each in "$@"; do
        top=
        case $each in
            # The directories above such a one are in the snapshot, too.
            */*/*) printf '%s %s nested 0 0 0\n' "${each%%/*}" "${top:=1}" ;;
            */*) top=1 ;;
        esac
        find "$each" -xdev -printf '%y %s %C@ %d\n' 2>&1 | sed "s/^/${each%%/*} ${top:-0} /"
    done | LC_ALL=C awk -v begun="$begun" -v calm="$calm" '
        $3 == "nested" { recent = 1; next }
        NF != 6 || $3 !~ /^[a-zA-Z]$/ || $4 !~ /^[0-9]+$/ || $5 !~ /^[0-9.]+$/ { changed = 1; next }
        $5 > begun { changed = 1 }
        $5 > begun - 0.1 && !index(calm, " " $1 " ") { recent = 1 }
        !($1 in entries) { entries[$1] = bytes[$1] = 0 }
        $3 ~ /^[fdl]$/ && ($2 || $6) { entries[$1]++ }
        $3 == "f" { bytes[$1] += $4; files++ }
        END {
            printf "\"changed\":%s,\"still\":%s", changed ? "true" : "false", recent || changed ? "false" : "true"
            printf ",\"files\":%.0f,\"parts\":{", files
            for (each in entries) {
                printf "%s\"%s\":{\"entries\":%.0f,\"bytes\":%.0f}", comma, each, entries[each], bytes[each]
                comma = ","
            }
            printf "}"
        }'
}

# Every file of the repository has the name that is its checksum: what was added since $begun is read back. Nobody writes under such
# a name what is not whole yet. Prints the names of those that are not what was written, and of the snapshot that begins with $1.
read_back() {
    cd -- "$repository" || return
    sum=sha256sum
    options=-b
    if command -v openssl >/dev/null; then
        sum=openssl
        options='dgst -sha256 -r'
    fi
    # shellcheck disable=SC2086
    find data index snapshots -type f ! -name '*[!0-9a-f]*' -newerct "@$((${begun%.*} - 2))" -print0 |
        { xargs -0 -r -n 16 -P 2 "$sum" $options || printf 'failed\n'; } |
        LC_ALL=C awk -v snapshot="$1" '
            NF != 2 { failed = 1; next }
            { name = $2; sub(/^[*]/, "", name); sub(/^.*[/]/, "", name) }
            name != $1 { damaged = damaged " " name }
            index($2, "snapshots/") && index(name, snapshot) == 1 { made = name; found++ }
            END { printf "\"snapshot\":\"%s\",\"damaged\":\"%s\"", failed || found != 1 ? "" : made, damaged }'
}

begun=$(date +%s.%N)
said=$(patient_restic backup --json --quiet --one-file-system --host "$host" --tag "$tags" -- "$@")
code=$?
printf '%s\n' "$said"
found=$(look "$@")
back=
case $code$repository in
    0/*)
        made=$(printf '%s\n' "$said" | sed -n 's/.*"snapshot_id":"\([0-9a-f]\{8,64\}\)".*/\1/p')
        [ -z "$made" ] || back=,$(read_back "$made")
        ;;
esac
printf '{"message_type":"aegir",%s%s}\n' "$found" "$back"
exit "$code"
