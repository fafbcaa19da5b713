# SPDX-License-Identifier: Apache-2.0
# Brings the files of one commit, by way of a bare repository that is kept for the next time.
need awk flock getent git prlimit realpath

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$HOME/gitconfig" GIT_TERMINAL_PROMPT=0 GIT_PROTOCOL_FROM_USER=0
export GIT_ALLOW_PROTOCOL="$protocol" GIT_NO_REPLACE_OBJECTS=1 GIT_ATTR_NOSYSTEM=1 SSH_ASKPASS_REQUIRE=never

set_config() { git config --file "$GIT_CONFIG_GLOBAL" --add -- "$1" "$2"; }

configure() {
    set_config core.hooksPath /dev/null
    set_config core.fsmonitor false
    set_config core.askPass ''
    set_config credential.helper ''
    set_config fetch.recurseSubmodules false
    set_config fetch.fsckObjects true
    # What old but harmless repositories are full of.
    set_config fetch.fsck.zeroPaddedFilemode ignore
    set_config fetch.fsck.missingSpaceBeforeDate ignore
    set_config fetch.fsck.missingSpaceBeforeEmail ignore
    set_config fetch.fsck.badTimezone ignore
    set_config http.followRedirects false
    set_config http.lowSpeedLimit 100
    set_config http.lowSpeedTime 60
    set_config gc.auto 0
    set_config maintenance.auto false
    set_config protocol.version 2
    set_config protocol.allow never
    set_config "protocol.$protocol.allow" always
    case $protocol in
    file)
        below_root "${url#file://}"
        set_config safe.directory "$real"
        url=$real
        ;;
    https)
        at=$(addresses)
        case $host in
        *:*) ;;
        *) set_config http.curloptResolve "$host:$port:$at" ;;
        esac
        if [ "$secret" = yes ]; then
            (umask 077 && cat >credential)
            # Git gives this text to a shell, which finds the path in its environment.
            # shellcheck disable=SC2016
            set_config credential.helper 'store --file="$HOME/credential"'
        fi
        ;;
    ssh)
        need ssh
        addresses >/dev/null
        {
            if [ "$secret" = yes ]; then
                (umask 077 && cat >key)
                printf 'IdentityFile %s\n' "$HOME/key"
            fi
            if [ -n "$hostkey" ]; then
                printf 'GlobalKnownHostsFile /dev/null\nUserKnownHostsFile %s\nHostKeyAlias aegir-source\n' "$HOME/known"
            else
                printf 'UserKnownHostsFile /dev/null\n'
            fi
            printf '%s\n' 'IdentitiesOnly yes' 'BatchMode yes' 'StrictHostKeyChecking yes' 'ForwardAgent no' \
                'ConnectTimeout 20' 'ServerAliveInterval 15' 'UpdateHostKeys no' 'ControlPath none'
        } >ssh_config
        printf 'aegir-source %s\n' "$hostkey" >known
        # shellcheck disable=SC2016
        export GIT_SSH_COMMAND='ssh -F "$HOME/ssh_config"' GIT_SSH_VARIANT=ssh
        ;;
    git) addresses >/dev/null ;;
    esac
}

repository() {
    repo=$store/$hash.git
    (umask 077 && : >>"$store/$hash.lock")
    exec 8<>"$store/$hash.lock"
    flock 8
    # We hold the lock, so a lock of git's own is one that a killed git has left.
    [ ! -d "$repo" ] || find "$repo" -name '*.lock' -type f -delete
    if ! git --git-dir="$repo" rev-parse --git-dir >/dev/null 2>&1; then
        rm -rf -- "$repo"
        git init --quiet --bare --template= -- "$repo"
    fi
}

# Fetches one name or commit, without the history where the other side can do that.
fetch() {
    if bounded git --git-dir="$repo" fetch --quiet --no-tags --no-write-fetch-head --force --depth=1 -- "$url" "$1:refs/aegir/new" 2>said; then
        return 0
    fi
    grep -qi -e 'shallow' -e 'unadvertised' said || unavailable
    bounded git --git-dir="$repo" fetch --quiet --no-tags --no-write-fetch-head --force -- "$url" \
        '+refs/heads/*:refs/aegir/heads/*' '+refs/tags/*:refs/aegir/tags/*' 2>said || unavailable
    case $1 in
    refs/heads/* | refs/tags/*) new=refs/aegir/${1#refs/} ;;
    *) new=$1 ;;
    esac
    git --git-dir="$repo" update-ref refs/aegir/new "$new" 2>said || fail 66 "the repository has no commit $1"
}

unavailable() { fail 66 "$(head -c 4000 said)"; }

# One commit that is a branch, a tag or a commit of the repository now.
resolve() {
    case $ref in
    HEAD | refs/*) set -- "$ref" ;;
    *) set -- "refs/heads/$ref" "refs/tags/$ref" ;;
    esac
    git ls-remote -- "$url" "$@" >refs 2>said || unavailable
    if [ "$ref" = HEAD ]; then
        revision=$(awk '$2 == "HEAD" { print $1 }' refs)
        [ -n "$revision" ] || fail 66 "the repository is empty"
        return 0
    fi
    names=$(for name; do awk -v "name=$name" '$2 == name { print $2 }' refs; done)
    case $(printf '%s' "$names" | grep -c '') in
    0) fail 66 "the repository has no branch or tag $ref" ;;
    1) fetch "$names" ;;
    *) fail 66 "the repository has both a branch and a tag $ref; write refs/heads/$ref or refs/tags/$ref" ;;
    esac
    revision=$(git --git-dir="$repo" rev-parse --verify --quiet 'refs/aegir/new^{commit}') ||
        fail 66 "$ref is not a commit"
    keep
}

keep() { git --git-dir="$repo" update-ref "refs/aegir/commit/$revision" "$revision"; }

# What no release needs any more is dropped, seldom enough.
tidy() {
    git --git-dir="$repo" for-each-ref --sort=-committerdate --format='delete %(refname)' refs/aegir/commit/ |
        tail -n +31 | git --git-dir="$repo" update-ref --stdin
    git --git-dir="$repo" -c gc.auto=6700 -c gc.autoPackLimit=50 -c gc.autoDetach=false gc --auto --quiet 2>said ||
        printf 'note the kept repository could not be tidied up: %s\n' "$(head -n 1 said)"
}

kept() { git --git-dir="$repo" show-ref --verify --quiet "refs/aegir/commit/$revision"; }

# The files of the commit. Refused before the first is written when they are too many or too big: a small repository can
# hold a billion of them.
export_files() {
    git --git-dir="$repo" ls-tree -r -l --full-tree "$revision" |
        awk -v "files=$maxfiles" -v "bytes=$maxbytes" '
            $2 == "commit" { sub(/^[^\t]*\t/, ""); print "note the submodule " $0 " is not brought" }
            { n++; s += $4 }
            n > files || s > bytes { exit 3 }' ||
        fail 66 "the code has more than $maxfiles files or $maxbytes bytes"
    GIT_INDEX_FILE=$HOME/index git --git-dir="$repo" --work-tree="$tree" -c core.bare=false \
        -c checkout.workers=0 read-tree --reset -u "$revision"
}

configure
repository
[ -n "$revision" ] || resolve
if ! kept; then
    fetch "$revision"
    [ "$(git --git-dir="$repo" rev-parse --verify --quiet 'refs/aegir/new^{commit}')" = "$revision" ] ||
        fail 66 "$revision is not a commit"
    keep
fi
git --git-dir="$repo" update-ref -d refs/aegir/new
export_files
tidy
printf 'revision %s\n' "$revision"
