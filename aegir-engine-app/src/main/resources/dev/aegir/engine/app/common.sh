# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # what varies comes in environment variables, as data
#
# What the programs of the code engines have in common. They are fixed: nothing that varies is ever part of their text.
# Exit codes: 64 something that is not ours is in the way, 65 the code holds what is never put on a server, 66 the source
# does not give what was asked for, 67 a tool is missing, 68 the step was taken back, 69 no account to work as,
# 70 a file system is mounted there.
set -eu
umask 022

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

present() { [ -e "$1" ] || [ -L "$1" ]; }

# What is a release of ours: a directory, no link to one, with a mark that only we can have written.
marked() { [ -d "$1" ] && [ ! -L "$1" ] && [ -f "$1/RELEASE" ] && [ ! -L "$1/RELEASE" ] && [ -O "$1/RELEASE" ]; }

# Whether the mark has this line.
says() { grep -qxF -e "$2" -- "$1/RELEASE"; }

# A file system mounted below a directory is not the release's, and would lose its files with it.
no_mounts() {
    real=$(cd -P -- "$1" && pwd -P)
    while read -r _ _ _ _ at _; do
        case $at in
        *\\*) at=$(printf '%b' "$(printf '%s' "$at" | sed 's/\\\([0-7]\)/\\0\1/g')") ;;
        esac
        case $at in
        "$real" | "$real"/*) fail 70 "$at" ;;
        esac
    done </proc/self/mountinfo
}

# The directory for locks and for what lives no longer than a job.
make_run() { mkdir -p -- "$run" && chmod 0711 -- "$run"; }

# Deletes a directory: never what a link leads to, never what is mounted there.
delete() {
    present "$1" || return 0
    no_mounts "$1"
    rm -rf --one-file-system --preserve-root=all -- "$1"
}

# The directory above a release, or what was to become one, from which on its build had made them.
made_above() { sed -n 's/^made above: //p' "$1/RELEASE" 2>/dev/null || :; }

# Removes the directories above the release that its build had made, unless somebody else uses them by now.
unmake() {
    [ -n "$1" ] || return 0
    up=${home%/*}
    while :; do
        case $up in
        "$1" | "$1"/*) rmdir -- "$up" 2>/dev/null || break ;;
        *) break ;;
        esac
        up=${up%/*}
    done
}
