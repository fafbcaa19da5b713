# SPDX-License-Identifier: Apache-2.0
#
# A directory beside those where parts of a backup are wanted. $1 make, accept (what is in it takes their place) or clear; $2 the
# account that writes there, empty for this one; $3 the directory; then the paths, which are below it and where they are wanted.

verb=$1
account=$2
directory=$3
shift 3

case $verb in
    make)
        mkdir -m 0700 -- "$directory" || exit 1
        [ -z "$account" ] || chown -- "$account:" "$directory" || exit 1
        ;;
    accept)
        # Its account puts nothing in place of what is looked at any more.
        chown -- "$(id -u):$(id -g)" "$directory" && cd -- "$directory" || exit 1
        for each in "$@"; do
            # What the backup has not stays empty.
            [ -e "$each" ] || [ -L "$each" ] || continue
            [ ! -L "$each" ] && [ -d "$each" ] || refuse "what was unpacked as $each is no directory"
            mv -T -- "$each" "${directory%/*}/$each" || exit 1
        done
        cd / && rm -rf --one-file-system -- "$directory"
        ;;
    clear)
        rm -rf --one-file-system -- "$directory"
        ;;
esac
