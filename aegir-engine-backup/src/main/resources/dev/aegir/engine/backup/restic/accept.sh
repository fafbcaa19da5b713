# SPDX-License-Identifier: Apache-2.0
#
# What was brought, and found harmless, gets its owner and its place. $1 where it is; $2 where it is wanted; $3 whose it is, empty for
# this account's; $4 how many names are left out, and these; then the paths.

set -eu
cd -- "$1"
work=${1%/*}
directory=$2
account=$3
count=$4
shift 4
while [ "$count" -gt 0 ]; do
    case $1 in
        */*) above=${1%/*} ;;
        *) above=. ;;
    esac
    touch -r "./$above" -- "$work/.time"
    rm -f -- "./$1"
    touch -r "$work/.time" -- "./$above"
    shift
    count=$((count - 1))
done
user=$(id -u ${account:+"$account"})
group=$(id -g ${account:+"$account"})
# Nobody else gets here: what has its owner already, as most has, is left as it is.
find . -xdev ! -type l -perm /7000 -exec chmod u-s,g-s,-t -- {} + , \
    \( ! -uid "$user" -o ! -gid "$group" \) -exec chown -h -- "$user:$group" {} +
for each in "$@"; do
    if [ -n "$each" ]; then
        # What the backup has not stays empty.
        [ -e "./$each" ] || [ -L "./$each" ] || continue
        mv -T -- "./$each" "$directory/$each"
    else
        find . -mindepth 1 -maxdepth 1 -exec mv -t "$directory" -- {} +
    fi
done
cd /
rm -rf --one-file-system -- "$work"
