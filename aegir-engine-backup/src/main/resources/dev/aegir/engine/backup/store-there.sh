# SPDX-License-Identifier: Apache-2.0
#
# A directory of backups that is away, because nothing is mounted or because another was named, is not one whose backups are
# damaged or gone. sysexits.h: what is asked for is not available.

away() {
    printf '%s\n' "$*" >&2
    exit 69
}

# holds DIRECTORY OWNER/ID...: whether one of these backups is there.
holds() {
    in=$1
    shift
    for each in "$@"; do
        ! is_marked "$in/$each" "${each#*/}" || return 0
    done
    return 1
}

# store_there DIRECTORY MARK OWNER/ID...: it bears the mark; of some that are known to be there, one is.
store_there() {
    is_marked "$1" "$2" || away "$1 is not there, or does not bear the mark $2"
    base=$1
    shift 2
    [ "$#" = 0 ] || holds "$base" "$@" || away "$base has none of the backups that are kept there"
}
