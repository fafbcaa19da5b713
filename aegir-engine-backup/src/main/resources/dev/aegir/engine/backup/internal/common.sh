# SPDX-License-Identifier: Apache-2.0
#
# What the scripts about backups have in common. A shell that has no pipefail knows nothing of what fails in the middle of a
# pipe, so every program of one says how it ended, as a line among its complaints.

export LC_ALL=C.UTF-8
umask 077

# A line of its own, also when another program has said half of one.
ended() { printf '\naegir-ended %s %s\n' "$1" "$2" >&2; }

refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

# is_marked DIRECTORY ID: whether it bears the mark that only root can have put there.
is_marked() {
    [ ! -L "$1" ] && [ -d "$1" ] && [ ! -L "$1/.aegir" ] && [ -f "$1/.aegir" ] &&
        [ "$(stat -c %u -- "$1/.aegir")" = "$(id -u)" ] && [ "$(head -c 200 -- "$1/.aegir")" = "$2" ]
}

# Both print the SHA-256 of standard input, then more. The one uses what the processor has for it, and is several times as fast.
if command -v openssl >/dev/null; then
    digest() { openssl dgst -sha256 -r; }
else
    digest() { sha256sum -b; }
fi

# What is left after the end of an archive is read, too: tar need not, and whoever writes it would be killed for that.
rest() { cat >/dev/null; }

has_age() { command -v age >/dev/null || refuse "age is not installed here, and backups are encrypted; on Debian: apt-get install age"; }

# sealed: standard input, encrypted to $recipients.
sealed() {
    set --
    for each in $recipients; do
        set -- "$@" --recipient "$each"
    done
    age --encrypt "$@"
}

# identified NAME...: when a file of these is encrypted, the first line of standard input is what opens it, in base64. It stays
# in this shell: no program has it among its arguments, in its environment or in a file.
identified() {
    for each in "$@"; do
        case $each in
            *.age)
                has_age
                IFS= read -r identity && identity=$(printf '%s' "$identity" | base64 -d) || refuse "nothing came that opens $each"
                return
                ;;
        esac
    done
}

# unzipped NAME: standard input, which is a stored file of this name, decrypted and decompressed.
unzipped() {
    case $1 in
        *.age)
            {
                { printf '%s\n' "$identity" | age --decrypt --identity /dev/fd/8 8<&0 <&9; } 9<&0
                ended age "$?"
            } | zstd -d -q -c
            ;;
        *) zstd -d -q -c ;;
    esac
}

# guarded PATH: nobody but root can change what is there, or put something else in its place.
guarded() {
    [ "$(realpath -e -- "$1" 2>/dev/null)" = "$1" ] || refuse "$1 is not there, or is reached by a link: name it as it is"
    [ -d "$1" ] || [ -f "$1" ] || refuse "$1 is neither a file nor a directory"
    each=$1
    while :; do
        # Of what is in a sticky directory, everybody can change only what is his.
        others=$(find "$each" -maxdepth 0 \
            \( ! -uid 0 ! -uid "$(id -u)" -o -perm /022 ! \( -type d -perm -1000 \) \) -print) || exit 1
        [ -z "$others" ] ||
            refuse "$others can be changed by others than root: have $1 where only root writes, such as /srv/aegir/incoming"
        [ "$each" != / ] || break
        each=${each%/*}
        each=${each:-/}
    done
}
