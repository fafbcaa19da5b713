# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # what varies comes in environment variables, as data
#
# What the programs that bring files have in common. They run as the unprivileged account, in a directory of its own.
set -eu
umask 022
cd -- "$HOME"

fail() {
    code=$1
    shift
    printf '%s\n' "$*" >&2
    exit "$code"
}

need() {
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || fail 67 "$tool"
    done
}

# No program may write a file longer than the whole code may be.
bounded() { prlimit --core=0 --fsize="$maxbytes" -- "$@"; }

# Where a name of the network leads, unless that is this machine itself or the service that tells machines their secrets.
# Whoever connects then uses these addresses, so that the name cannot lead elsewhere a moment later.
addresses() {
    getent ahosts "$host" | awk '!seen[$1]++ { print $1 }' >addresses
    [ -s addresses ] || fail 66 "the name $host is not known here"
    if [ "$locals" = no ]; then
        ! grep -qiE '^(0\.|127\.|169\.254\.|100\.100\.100\.200$|192\.0\.0\.192$|::$|::1$|::ffff:|::[0-9]+\.|64:ff9b:|2002:|fe[89ab][0-9a-f]:|fd00:ec2::254$)' addresses ||
            fail 66 "the name $host leads to an address that code is not fetched from: $(tr '\n' ' ' <addresses)"
    fi
    tr '\n' ',' <addresses | sed 's/,$//'
}

# Whether the name that was looked up last leads into a network that is not everybody's.
private() { grep -qiE '^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|f[cd][0-9a-f]{2}:)' addresses; }

# A path given as the source really lies where such sources may be.
below_root() {
    real=$(realpath -e -- "$1" 2>/dev/null) || fail 66 "there is no $1 that the account $(id -un) can read"
    case $real in
    "$(realpath -m -- "$root")"/*) ;;
    *) fail 66 "$1 really is $real, which is not below $root" ;;
    esac
}
