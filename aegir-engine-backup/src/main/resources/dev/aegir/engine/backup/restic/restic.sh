# SPDX-License-Identifier: Apache-2.0
#
# restic, for the scripts that follow. Standard input has the secrets, a line each; they are in the environment of restic, or in
# files without a name, and nowhere else. $1 the repository; $2 the account that keeps it, empty for this one; $3 how many
# seconds a lock is waited for; $4 the cache, empty for none; $5 how many MiB it may have; $6 and $7 how many KiB per second go
# up and down, 0 for any; $8 the compression; $9 the host that keeps it by SFTP, empty for none, its port, its account and the
# fingerprint of its key; then the region of S3, and how buckets are looked up.

repository=$1 keeper=$2 patience=$3 cache=$4 cache_limit=$5 up=$6 down=$7 compression=$8
sftp_host=$9
shift 9
sftp_port=$1 sftp_user=$2 sftp_key=$3 region=$4 lookup=$5
shift 5

# A file that has no name any more before it has any content.
nameless() { named=$(mktemp "${TMPDIR:-/run}/aegir-restic.XXXXXX") || exit 1; }

TMPDIR=/run
[ -w /run ] || TMPDIR=/tmp
nameless
exec 7<>"$named"
rm -f -- "$named"
ssh=
while IFS= read -r line; do
    case $line in
        'password '*) export "RESTIC_PASSWORD=${line#* }" ;;
        's3-id '*) export "AWS_ACCESS_KEY_ID=${line#* }" ;;
        's3-key '*) export "AWS_SECRET_ACCESS_KEY=${line#* }" ;;
        'ssh-key '*)
            nameless
            exec 9<>"$named"
            rm -f -- "$named"
            printf '%s' "${line#* }" | base64 -d >&9
            ;;
    esac
done
unset TMPDIR
[ -z "$region" ] || export "AWS_DEFAULT_REGION=$region"
command -v restic >/dev/null || refuse "restic is not installed here; on Debian: apt-get install restic"

# Only the key that the inventory has pinned is a known one.
if [ -n "$sftp_host" ]; then
    nameless
    exec 8<>"$named"
    rm -f -- "$named"
    ssh-keyscan -T 20 -p "$sftp_port" -- "$sftp_host" 2>/dev/null | while IFS= read -r line; do
        [ "$(printf '%s\n' "$line" | ssh-keygen -l -f - 2>/dev/null | cut -d ' ' -f 2)" != "$sftp_key" ] ||
            printf '%s\n' "$line"
    done >&8
    [ -s "/proc/$$/fd/8" ] ||
        refuse "nobody at $sftp_host, port $sftp_port, has the host key $sftp_key that is pinned: see who answers there"
    ssh="ssh -F none -T -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/proc/$$/fd/8"
    ssh="$ssh -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o IdentitiesOnly=yes -o IdentityFile=/proc/$$/fd/9"
    ssh="$ssh -o ServerAliveInterval=15 -p $sftp_port -l $sftp_user $sftp_host -s sftp"
fi

if [ -n "$cache" ]; then
    (umask 022 && mkdir -p -- "${cache%/*}") && mkdir -p -m 0700 -- "$cache" || exit 1
    [ ! -L "$cache" ] && [ "$(stat -c '%u %a' -- "$cache")" = "$(id -u) 700" ] ||
        refuse "$cache is no directory of $(id -un)'s alone: see what it is, and move it away"
    # What is missing there is read from the repository.
    [ "$(du -sm -- "$cache" | cut -f 1)" -le "$cache_limit" ] || find "$cache" -mindepth 1 -delete
fi

plain_restic() {
    [ -z "$ssh" ] || set -- -o "sftp.command=$ssh" "$@"
    [ -z "$lookup" ] || set -- -o "s3.bucket-lookup=$lookup" "$@"
    [ "$up" = 0 ] || set -- --limit-upload "$up" "$@"
    [ "$down" = 0 ] || set -- --limit-download "$down" "$@"
    if [ -n "$cache" ]; then
        set -- --cache-dir "$cache" --cleanup-cache "$@"
    else
        set -- --no-cache "$@"
    fi
    set -- restic --repo "$repository" --compression "$compression" "$@"
    if [ -n "$keeper" ]; then
        runuser -u "$keeper" -- "$@" 9>&-
    else
        "$@"
    fi
}

# Waits while somebody else is at work in the repository. Locks of processes of this host that are gone, and those that nobody has
# renewed for half an hour, are removed by restic itself when it is told to.
restic_said() { cat "/proc/$$/fd/7" >&2; }

patient_restic() {
    until=$(($(date +%s) + patience))
    pause=0
    while :; do
        plain_restic "$@" 2>"/proc/$$/fd/7"
        code=$?
        [ "$code" != 0 ] && grep -q 'repository is already locked' "/proc/$$/fd/7" || break
        plain_restic unlock >/dev/null 2>&1
        if [ "$(date +%s)" -ge "$until" ]; then
            code=75
            break
        fi
        # Nothing tells when a lock goes.
        sleep "$pause"
        pause=2
    done
    restic_said
    return "$code"
}
