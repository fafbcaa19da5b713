# SPDX-License-Identifier: Apache-2.0
#
# Reads an archive that was made elsewhere. $1 list (what is in it), text (a file of it that is short, in base64), sum (a file's
# checksum), lines (all records of a tree), tree (all of it, for whoever unpacks), layer (the names that are wanted of it, after a
# line that says how many bytes they are, and then all of it) or file (a file of it, likewise); $2 the archive, or the directory of
# a backup; $3 a file in it that is an archive itself, empty for none; then the file that is wanted; with layer, the tree that says
# which files are wanted of it, by which number, below which name, and below which names not.

verb=$1
archive=$2
inner=$3
wanted=${4-}
case $verb in
    layer) identified "$inner" "$wanted" ;;
    *) identified "$inner" ;;
esac
closed() {
    [ "$(stat -c %a -- "$1")" = 700 ] || refuse "$1 is a directory that others can look into: no backup is kept so"
}

# earlier: the files of earlier backups that the manifest in this directory names; their directories lie beside it.
earlier() {
    [ -f manifest.json ] && [ ! -L manifest.json ] || return 0
    LC_ALL=C grep -a -o -E '"file" *: *"[0-9A-HJKMNP-TV-Z]{26}/[a-z0-9][a-z0-9._-]{0,100}"' manifest.json |
        sed 's/.*"\(.*\)"$/..\/\1/' | LC_ALL=C sort -u | while IFS= read -r each; do
        [ ! -f "$each" ] || [ -L "$each" ] || printf '%s\0' "$each"
    done
}

guarded "$archive"

if [ -d "$archive" ]; then
    closed "$archive"
    kind=directory
else
    case $(head -c 6 -- "$archive" | od -An -tx1 | tr -d ' \n') in
        1f8b*) kind=gzip ;;
        28b52ffd*) kind=zstd ;;
        fd377a585a00) kind=xz ;;
        425a68*) kind=bzip2 ;;
        *) kind=cat ;;
    esac
    command -v "$kind" >/dev/null || refuse "$kind is not installed, by which $archive is compressed"
fi

decompressed() {
    case $kind in
        gzip) gzip -dc ;;
        zstd) zstd -d -q -c ;;
        xz) xz -dc --memlimit-decompress=512MiB ;;
        bzip2) bzip2 -dc ;;
        cat) cat ;;
    esac
}

outer() {
    if [ "$kind" = directory ]; then
        cd -- "$archive" || exit 1
        { find . -mindepth 1 -maxdepth 1 -type f -print0 | sort -z; earlier; } |
            tar --create --file=- --format=posix --no-recursion --absolute-names '--transform=s,^\.\./,,' --null \
                --verbatim-files-from --files-from=-
        ended open "$?"
    else
        decompressed <"$archive"
        ended open "$?"
    fi
}

# one NAME: a file of it.
one() {
    if [ "$kind" = directory ]; then
        name=${1#./}
        case $name in
            */*)
                beside=${archive%/*}/${name%%/*}
                (guarded "$beside" && closed "$beside") || exit 1
                cat -- "$beside/${name#*/}"
                ;;
            *) cat -- "$archive/$name" ;;
        esac
        ended open "$?"
    else
        outer | {
            tar --extract --to-stdout --file=- --anchored --no-wildcards -- "$1"
            ended one "$?"
            rest
        }
    fi
}

whole() {
    if [ -z "$inner" ]; then
        outer
    else
        stored "$inner"
    fi
}

# stored NAME: a file of it that is one of a backup's, as it was before it was stored.
stored() { one "$1" | { unzipped "$1"; ended zstd "$?"; } }

# below NAME: the names below it. It is a name and no pattern.
below() { LC_ALL=C grep -z $1 -e "^$(printf '%s' "$2" | sed 's/[][\\.*^$]/\\&/g')/"; }

# names NUMBER NAME WITHOUT...: what is wanted, in the order of the archive.
names() {
    number=$1
    name=$2
    shift 2
    wanted=$(mktemp) && sed -z -n "s/^$number [0-9]* [0-9]* [^ ]* [^ ]* //p" | below '' "$name" >"$wanted"
    for each in "$@"; do
        below -v "$each" <"$wanted" >"$wanted.less"
        mv -- "$wanted.less" "$wanted"
    done
    tr '/\001' '\001/' <"$wanted" | LC_ALL=C sort -z | tr '/\001' '\001/'
    rm -f -- "$wanted"
}

wanted() {
    if [ -z "$inner" ]; then
        one "$wanted"
    else
        whole | {
            tar --extract --to-stdout --file=- --anchored --no-wildcards -- "$wanted"
            ended wanted "$?"
            rest
        }
    fi
}

case $verb in
    list)
        whole | {
            tar --list --file=- -vv --full-time --numeric-owner --xattrs '--xattrs-include=*' \
                --quoting-style=escape '--quote-chars= '
            ended tar "$?"
            rest
        }
        ;;
    # What is too long is read to its end, so that its program does not fail for that.
    text) wanted | { head -c 1048577 | base64 -w 0; cat >/dev/null; } ;;
    # A name with a line feed in it is not taken in any case.
    lines) stored "$inner" | tr '\n\0' '\001\n' ;;
    layer)
        shift 4
        names=$(mktemp) || exit 1
        trap 'rm -f -- "$names"' EXIT
        stored "$wanted" | LC_ALL=C names "$@" >"$names"
        stat -c %s -- "$names"
        cat -- "$names"
        whole | { zstd -q -c -1; ended pack "$?"; }
        ;;
    sum) wanted | { sha256sum; ended sum "$?"; } ;;
    tree) whole | { zstd -q -c -1; ended pack "$?"; } ;;
    file) wanted | { zstd -q -c -1; ended pack "$?"; } ;;
esac
