# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Finds what Aegir is built with, and installs it where that can be done. For the programs in bin/ to source.

has() { command -v "$1" >/dev/null 2>&1; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

can_install() { [ "$(id -u)" = 0 ] && has apt-get; }

# quietly COMMAND...: its output only when it fails, and then this program ends.
quietly() {
    local said
    said=$("$@" 2>&1) || {
        tail -n 20 <<<"$said" >&2
        die "could not finish: $*"
    }
}

apt_updated=
apt_update() {
    [ -n "$apt_updated" ] || quietly apt-get -q update
    apt_updated=yes
}

apt_install() {
    echo "Installing $* ..."
    apt_update
    DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y --no-install-recommends install "$@"
    hash -r
}

# find_jdk FROM TO: the home of the oldest JDK of one of these versions, if there is one on this machine.
find_jdk() {
    local home version
    for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac || true)")")")" \
        /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.jdks/* "$HOME"/.sdkman/candidates/java/*; do
        if [ -x "$home/bin/javac" ] && [ -r "$home/release" ]; then
            version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
            if [ "${version:-0}" -ge "$1" ] && [ "$version" -le "$2" ]; then
                printf '%s %s\n' "$version" "$home"
            fi
        fi
    done | sort -s -n -k 1,1 | head -n 1 | cut -d ' ' -f 2- | grep .
}

# Sets JAVA_HOME to a JDK that builds Aegir, 17 where that can be had, and makes sure that there is Maven.
require_build_tools() {
    if ! find_jdk 17 17 >/dev/null && can_install; then
        # Debian's JDKs cannot be installed where an image has thrown this away.
        mkdir -p /usr/share/man/man1
        apt_update
        if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
            apt_install openjdk-17-jdk-headless
        elif ! find_jdk 17 99 >/dev/null; then
            apt_install default-jdk-headless
        fi
    fi
    JAVA_HOME=$(find_jdk 17 99) || die "no JDK. Install a JDK, 17 or newer, or set JAVA_HOME to one."
    export JAVA_HOME
    if ! has mvn; then
        can_install || die "no Maven. Install Maven 3.8.7 or newer."
        apt_install maven
    fi
}
