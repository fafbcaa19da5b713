# SPDX-License-Identifier: Apache-2.0
# Brings the files of an archive: looked through before the first is written.
need awk comm flock getent gzip id od prlimit realpath sha256sum sort tar

# Archives are big, so they lie in the cache and not in the directory for secrets, which may be in memory.
space=$store/$revision
exec 8>>"$store/$revision.lock"
flock 8
trap 'rm -rf -- "$space"' EXIT
trap 'exit 143' HUP INT TERM
rm -rf -- "$space"
mkdir -m 0700 -- "$space"
cd -- "$space"

damaged() { fail 66 "the archive is damaged: $(head -c 2000 said)"; }
too_big() { fail 66 "the archive has more than $maxfiles entries or $maxbytes bytes"; }

# One request. A password is for the host that the source names, and for nobody a redirect leads to.
request() {
    set -- --silent --show-error --fail --globoff --proto =https --connect-timeout 20 --speed-limit 100 --speed-time 60 \
        --max-filesize "$maxbytes" --output archive --write-out '%{http_code} %{redirect_url}' "$@"
    case $host in
    *:*) ;;
    *) set -- "$@" --resolve "$host:$port:$at" ;;
    esac
    if [ -n "$password" ] && [ "$host:$port" = "$named" ]; then
        printf '%s\n' "$password" | bounded curl --disable "$@" --config - --url "$at_url" 2>said
    else
        bounded curl --disable "$@" --url "$at_url" 2>said </dev/null
    fi
}

# Follows redirects itself, since where each of them leads is looked at before anything is sent there.
over_https() {
    named=$host:$port
    at_url=$url
    password=
    [ "$secret" = no ] || password=$(cat)
    near=no
    at=$(addresses) || exit $?
    ! private || near=yes
    for _ in 1 2 3 4 5 6; do
        answer=$(request) || fail 66 "$(head -c 4000 said)"
        case $answer in
        30[12378]' '?*) ;;
        2*) return 0 ;;
        *) fail 66 "the server answers ${answer%% *}" ;;
        esac
        to=$(printf '%s' "${answer#* }" | tr -d '\000-\040\177')
        case $to in
        https://*) ;;
        *) fail 66 "the server leads to $to, which is not https" ;;
        esac
        rest=${to#https://}
        rest=${rest%%[/?#]*}
        port=443
        case $rest in
        \[*\]) host=${rest#?} && host=${host%?} ;;
        \[*\]:*) host=${rest%:*} && host=${host#?} && host=${host%?} && port=${rest##*:} ;;
        *:*) host=${rest%:*} && port=${rest##*:} ;;
        *) host=$rest ;;
        esac
        case $host:$port in
        [!0-9A-Za-z:]* | *[!0-9A-Za-z.:_-]*) fail 66 "the server leads to $to, whose host is no host name" ;;
        esac
        at_url=$to
        at=$(addresses) || exit $?
        if [ "$locals" = no ] && [ "$near" = no ] && private; then
            fail 66 "the server leads to $to, which is in a private network ($at), and the source is not"
        fi
    done
    fail 66 "the server leads from one place to the next, lastly to $at_url"
}

download() {
    case $protocol in
    file)
        below_root "${url#file://}"
        bounded cp -- "$real" archive 2>said || fail 66 "$(cat said)"
        ;;
    https)
        need curl
        over_https
        ;;
    esac
    found=$(sha256sum archive | cut -d ' ' -f 1)
    [ "$found" = "$revision" ] || fail 66 "the archive's SHA-256 is $found, not $revision"
}

# Decompressed once, and never to more than the limit.
decompress() {
    need "$1"
    code=0
    bounded "$@" <archive >plain 2>said || code=$?
    [ "$code" != 153 ] || too_big # killed because the file became longer than it may
    [ "$code" = 0 ] || damaged
    mv -f -- plain archive
}

# Writes one line for each entry: type, size, name, target, with tabs between. The listing has the names in quotes, and
# quotes, backslashes and what cannot be printed in them escaped.
list_tar() {
    tar --list --verbose --verbose --xattrs '--xattrs-include=*' --absolute-names --quoting-style=c --numeric-owner --full-time \
        --file=archive >listing 2>said || damaged
    awk '
        function quoted(text) {
            if (!match(rest, /"([^"\\]|\\.)*"/)) return ""
            text = substr(rest, RSTART + 1, RLENGTH - 2)
            rest = substr(rest, RSTART + RLENGTH)
            gsub(/\\"/, "\"", text)
            return text
        }
        /^  x: / { if ($3 !~ /^user\./) print "x\t0\t" name "\t" $3; next }
        {
            rest = $0
            name = quoted()
            target = rest ~ /^ (->|link to) "/ ? quoted() : ""
            type = substr($1, 1, 1)
            if (substr($1, 2) ~ /[sStT]/) type = "s"
            print type "\t" (type == "-" ? $3 : 0) "\t" name "\t" target
        }' listing >entries
}

# Reads bytes as lines of numbers.
bytes() { od -An -v -tu1 -w1; }

# Reads the directory at the end of the archive. The program that unpacks shows names changed in several ways; these are as
# they are there, and what is unpacked under another name is noticed afterwards.
list_zip() {
    tail -c 65557 archive | bytes | awk '
        { b[NR] = $1 + 0 }
        function four(i) { return b[i] + b[i + 1] * 256 + b[i + 2] * 65536 + b[i + 3] * 16777216 }
        END {
            for (i = NR - 21; i > 0; i--)
                if (b[i] == 80 && b[i + 1] == 75 && b[i + 2] == 5 && b[i + 3] == 6) {
                    print four(i + 12), four(i + 16)
                    exit
                }
        }' >place
    read -r size start <place || fail 66 "the archive is damaged: it has no directory"
    [ "$start" -lt 4294967295 ] || fail 66 "the archive is a zip of more than 65535 entries or 4 GiB; make it a tar"
    tail -c "+$((start + 1))" archive | head -c "$size" | bytes | LC_ALL=C awk '
        function two(i) { return b[i] + b[i + 1] * 256 }
        function entry(host, flags, size, mode, kind, i, name, type) {
            host = b[6]
            flags = two(9)
            size = two(25) + two(27) * 65536
            mode = host == 3 ? two(41) : 0
            kind = int(mode / 4096)
            name = ""
            type = kind == 10 ? "l" : kind == 4 ? "d" : kind == 8 || kind == 0 ? "-" : "p"
            for (i = 47; i <= 46 + named; i++) {
                if (b[i] < 32 || b[i] == 127 || b[i] == 92) { type = "?"; name = name "\\"; continue }
                name = name sprintf("%c", b[i])
            }
            if (type == "-" && name ~ /\/$/) type = "d"
            if (int(mode / 512) % 8 != 0) type = "s"
            if (flags % 2 == 1) type = "?"
            print type "\t" size "\t" name "\t"
        }
        BEGIN { want = 46 }
        {
            b[++n] = $1 + 0
            if (n < want) next
            if (want == 46) {
                if (b[1] != 80 || b[2] != 75 || b[3] != 1 || b[4] != 2) { bad = 1; exit }
                named = two(29)
                want = 46 + named + two(31) + two(33)
                if (n < want) next
            }
            entry()
            n = 0
            want = 46
        }
        END { if (bad || n != 0) exit 4 }' >entries || fail 66 "the archive is damaged: its directory is"
}

# Refuses what is never unpacked. Writes the names that must be there afterwards.
inspect() {
    awk -F '\t' -v "files=$maxfiles" -v "bytes=$maxbytes" '
        function problem(what) { print $3 "\t" what >"problems" }
        # A path in its one form, or nothing when it leads out.
        function plain(path, parts, n, i, depth, out) {
            n = split(path, parts, "/")
            depth = 0
            for (i = 1; i <= n; i++) {
                if (parts[i] == "" || parts[i] == ".") continue
                if (parts[i] == "..") { if (--depth < 0) return ".."; continue }
                stack[++depth] = parts[i]
            }
            out = ""
            for (i = 1; i <= depth; i++) out = out (i > 1 ? "/" : "") stack[i]
            return out
        }
        {
            n++
            total += $2
            if (n > files || total > bytes) { big = 1; exit }
        }
        $1 == "x" { problem("the attribute " $4); next }
        $1 == "s" { problem("a set-user-ID, set-group-ID or sticky bit"); next }
        $1 == "p" { problem("a pipe"); next }
        $1 == "b" || $1 == "c" { problem("a device"); next }
        $1 !~ /^[-dlh]$/ { problem("of a kind or with a name that is not unpacked"); next }
        $3 ~ /\\/ || $4 ~ /\\/ { problem("a backslash, or what cannot be printed, in its name or target"); next }
        $3 ~ /^\// || $3 ~ /^[A-Za-z]:/ { problem("an absolute name"); next }
        ("/" $3 "/") ~ /\/\.\.\// { problem("a name that leads out"); next }
        {
            name = plain($3)
            if (name == "") { if ($1 != "d") problem("no name"); next }
            if (name in types && !(types[name] == "d" && $1 == "d")) { problem("there twice"); next }
            types[name] = $1
        }
        $1 == "h" {
            to = plain($4)
            if ($4 ~ /^\// || !(to in types) || types[to] !~ /^[-h]$/) problem("a hard link to " $4)
        }
        $1 == "l" && $4 != "" {
            up = name
            if (!sub(/\/[^\/]*$/, "", up)) up = ""
            if ($4 ~ /^\// || plain(up "/" $4) == "..") problem("a link to " $4)
        }
        END {
            if (big) exit 3
            for (name in types) {
                print name >"expected"
                up = name
                while (sub(/\/[^\/]*$/, "", up)) {
                    if (up in types && types[up] != "d") {
                        $3 = name
                        problem("a name below " up ", which is no directory")
                    }
                    print up >"expected"
                }
            }
        }' entries || too_big
    if [ -e problems ]; then
        echo unsafe
        sort -u problems | tr '\n\t' '\0\0'
        exit 65
    fi
    : >>expected
}

# What an entry of a zip says of its size may be a lie.
measure_zip() {
    declared=$(awk -F '\t' '$1 != "d" { s += $2 } END { printf "%.0f", s }' entries)
    really=$(unzip -p archive 2>said </dev/null | head -c "$((maxbytes + 1))" | wc -c)
    if [ "$declared" != "$really" ] || [ -s said ]; then
        fail 66 "the archive contradicts itself about the sizes of its files"
    fi
    unzip -tqq archive >said 2>&1 </dev/null || damaged
    [ ! -s said ] || damaged
}

unpack() {
    case $1 in
    tar)
        tar --extract --file=archive --directory="$tree" --no-same-owner --no-same-permissions --no-acls --no-selinux \
            --no-xattrs --keep-old-files --delay-directory-restore >/dev/null 2>said || damaged
        ;;
    zip) unzip -qq -n archive -d "$tree" >said 2>&1 </dev/null || damaged ;;
    esac
    (cd -- "$tree" && find . -mindepth 1 -printf '%P\n') | sort -u >present
    sort -u expected >expected.sorted
    cmp -s present expected.sorted ||
        fail 66 "what was unpacked is not what the archive lists: $(comm -3 present expected.sorted | head -n 5)"
}

# The code is what is in the one directory at the top.
strip_top() {
    top=$(find "$tree" -mindepth 1 -maxdepth 1 -printf x)
    [ "$top" = x ] || fail 66 "the archive has not one directory at its top, and strip is 1"
    find "$tree" -mindepth 1 -maxdepth 1 -type d -exec mv -T -- {} "$tree/.aegir-top" \;
    [ -d "$tree/.aegir-top" ] || fail 66 "the archive has no directory at its top, and strip is 1"
    find "$tree/.aegir-top" -mindepth 1 -maxdepth 1 -exec mv -t "$tree" -- {} +
    rmdir -- "$tree/.aegir-top"
}

download
# What it is, by its first bytes and not by its name.
case $(od -An -tx1 -N4 archive | tr -d ' \n') in
1f8b*) format=tar && decompress gzip -dc ;;
28b52ffd) format=tar && decompress zstd -dc --quiet ;;
504b0304 | 504b0506) format=zip && need unzip ;;
*) format=tar ;;
esac
"list_$format"
inspect
[ "$format" = tar ] || measure_zip
unpack "$format"
[ "$strip" = 0 ] || strip_top
printf 'revision %s\n' "$revision"
