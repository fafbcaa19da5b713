# SPDX-License-Identifier: Apache-2.0
# Moves a release aside, where it can be brought back from, or deletes what was moved aside.
aside=$home.removed-$key

ours() {
    marked "$1" || fail 64 "$1"
    says "$1" "codebase: $codebase" || fail 64 "$1"
}

case $action in
withdraw)
    if present "$home"; then
        ours "$home"
        no_mounts "$home"
        mv -T -- "$home" "$aside"
        sync -- "${home%/*}"
        echo withdrawn
    fi
    ;;
restore)
    if present "$aside" && ! present "$home"; then
        ours "$aside"
        mv -T -- "$aside" "$home"
        sync -- "${home%/*}"
        echo restored
    fi
    ;;
sweep)
    if present "$aside"; then
        ours "$aside"
        no_mounts "$aside"
        mv -T -- "$aside" "$home.swept-$key"
    fi
    delete "$home.swept-$key"
    ;;
look) ! present "$aside" || echo aside ;;
esac
