# SPDX-License-Identifier: Apache-2.0
# Builds a release beside its place and moves it there when it is complete. "fetch" is the program that brings the files;
# it runs as the unprivileged account, in its own directory, with nothing in its environment but what it needs.

# One job for a step, and none any more once the step was taken back.
enter() {
    make_run
    (umask 077 && : >>"$run/$key.lock")
    exec 9<>"$run/$key.lock"
    flock 9
    [ ! -e "$run/$key.undone" ] || fail 68 "the step was taken back before it began"
    find "$run" -maxdepth 1 -type f -mtime +7 -delete
    read -r _ _ _ _ group _ </proc/$$/stat
    echo "$group" >"$run/$key.group"
}

# From here on only the privileged account can change the files, so that what is checked now stays so.
freeze() {
    chmod 0700 -- "$partial"
    cd -P -- "$partial/tree"
    [ "$(id -u)" != 0 ] || chown -hR -P 0:0 .
    find . -type d ! -perm 0755 -exec chmod 0755 {} +
    find . -type f -perm /0111 ! -perm 0755 -exec chmod 0755 {} +
    find . -type f ! -perm /0111 ! -perm 0644 -exec chmod 0644 {} +
}

# Links may lead to files of the release, and nowhere else.
check() {
    real=$(pwd -P)
    special=$(find . ! -type f ! -type d ! -type l -print -quit)
    strange=$(find . -type f -links +1 -printf '%D:%i %n\n' | sort | uniq -c | awk '$1 != $3 { print "linked from outside" }')
    if [ -n "$special$strange" ]; then
        printf 'unsafe\n'
        find . ! -type f ! -type d ! -type l -printf '%P\0a device, pipe or socket\0'
        find . -type f -links +1 -printf '%P\0a hard link\0'
        exit 65
    fi
    if ! find . -type l -print0 | xargs -0 -r realpath -m -z --relative-base="$real" -- 2>/dev/null >"$partial/links" ||
        LC_ALL=C grep -qz '^/' "$partial/links" || [ -n "$(find . -type l -lname '/*' -print -quit)" ]; then
        printf 'unsafe\n'
        find . -type l -exec sh -c '
            real=$1
            shift
            for link; do
                to=$(readlink -- "$link"; echo .)
                to=${to%??}
                case $to in
                /*) ;;
                *)
                    case $(realpath -m -- "$link" 2>/dev/null) in
                    "$real" | "$real"/*) continue ;;
                    esac
                    ;;
                esac
                printf "%s\0a link to %s\0" "${link#./}" "$to"
            done' sh "$real" {} +
        exit 65
    fi
    rm -- "$partial/links"
    cd /
}

publish() {
    printf 'revision: %s\n' "$1" >>"$partial/RELEASE"
    chmod 0755 -- "$partial"
    sync -f -- "$partial"
    present "$home" && fail 64 "$home"
    mv -T -- "$partial" "$home"
    sync -- "${home%/*}"
}

need awk env find flock mv prlimit realpath sed setpriv sync xargs
enter
make_account
present "$home" && fail 64 "$home"
base=${home%/*}
partial=$home.partial-$key
work=$run/build-$key
trap 'delete "$work"; rm -f -- "$work.said"; delete "$partial" && unmake "$made"' EXIT
trap 'exit 143' HUP INT TERM
delete "$work"
made=$(made_above "$partial")
delete "$partial"
top=$base
until [ -d "$top" ]; do
    made=$top
    top=${top%/*}
    top=${top:-/}
done
mkdir -p -- "$cache"
mkdir -m 0700 -- "$work"
own "$work"
[ -d "$cache/$kind" ] || { mkdir -m 0700 -- "$cache/$kind" && own "$cache/$kind"; }
# Twice, because a step that is taken back may remove the empty directory between the two.
{ mkdir -p -- "$base" && mkdir -m 0711 -- "$partial"; } 2>/dev/null ||
    { mkdir -p -- "$base" && mkdir -m 0711 -- "$partial"; }
printf '%s\nmade by: %s\nmade above: %s\n' "$mark" "$key" "$made" >"$partial/RELEASE"
mkdir -- "$partial/tree"
own "$partial/tree"
code=0
as_account url="$url" protocol="$protocol" host="$host" port="$port" root="$root" locals="$locals" \
    ref="$ref" revision="$revision" hash="$hash" secret="$secret" hostkey="$hostkey" strip="$strip" \
    trusted="${trusted:-no}" auth="${auth:-no}" php="${php:-}" maxfiles="$maxfiles" maxbytes="$maxbytes" store="$cache/$kind" tree="$partial/tree" \
    sh -c "$fetch" aegir-fetch >"$work.said" || code=$?
cat -- "$work.said"
[ "$code" = 0 ] || exit "$code"
revision=$(sed -n 's/^revision //p' "$work.said")
freeze
check
find "$partial/tree" -type f -printf '%s\n' | awk '{ n++; s += $1 } END { printf "files %d\nbytes %.0f\n", n, s }'
publish "$revision"
made=
