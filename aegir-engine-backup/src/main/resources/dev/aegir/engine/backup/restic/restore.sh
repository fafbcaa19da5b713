# SPDX-License-Identifier: Apache-2.0
#
# One part of a snapshot is brought beside where it is wanted, into a directory that nobody else can look into. $1 the snapshot's
# id; $2 the part; $3 where it is wanted; $4 what the directory is called; $5 how many bytes it will take.

directory=$3
work=$3/$4
[ -n "$(find "$directory" -maxdepth 0 -type d -user "$(id -u)" ! -perm /022)" ] ||
    refuse "$directory is no directory of $(id -un)'s that nobody else can write: see what it is"
free=$(df --output=avail -B 1 -- "$directory" | tail -n 1) || exit 1
[ "$free" -gt "$5" ] || refuse "there are $free bytes free for $directory, and $5 are needed: make room, then try again"
mkdir -m 0700 -- "$work" || exit 1
set -- restore --target "$work" --include "/$2" -- "$1"
case $repository in
    # From a disk restic reads two files at a time, which does not keep two processors busy.
    /*) set -- -o local.connections=4 "$@" ;;
esac
patient_restic "$@" >/dev/null
