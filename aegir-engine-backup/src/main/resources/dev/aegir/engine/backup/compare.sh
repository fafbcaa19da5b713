# SPDX-License-Identifier: Apache-2.0
#
# Unpacks files of an archive to nowhere, and compares their checksums with those that were taken of the files themselves. $1 the
# archive, $2 the checksums; every $3rd file, from the $4th on; $5 how long the longest file is; $6 empty, or the number by which
# $7, the tree of a later backup, says which files it needs of this archive; $8 a directory to unpack to. Prints how many files there are, how many were
# compared and how many differ or are missing, then the names of some that do. Of what is encrypted nothing is written to a disk.

set -u
archive=$1
sums=$2
every=$3
first=$4
longest=$5
number=$6
tree=$7
aside=$8
identified "$archive"
case $archive in *.age) export TMPDIR=/dev/shm ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf -- "$work" "$aside"' EXIT

count() { tr -cd '\0' <"$1" | wc -c; }

# Beside the backup, so that it is found and deleted if this is killed.
room() {
    case $archive in *.age) return 1 ;; esac
    rm -rf -- "$aside" || return 1
    free=$(df --output=avail -B 1 -- "${aside%/*}" | tail -n 1) && [ "$free" -gt $((longest + 300000000)) ] &&
        command -v openssl >/dev/null && mkdir -m 0700 -- "$aside"
}

# Run by tar now and then: takes the checksums of the files that are whole, and deletes them. The one that is not whole yet is
# open in the tar that has started this.
cat >"$work/batch" <<'BATCH'
set --
if [ "$last" = no ]; then
    for each in /proc/$PPID/fd/*; do
        inode=$(stat -L -c %i -- "$each" 2>/dev/null) && set -- "$@" ! -inum "$inode"
    done
fi
odd=$(printf '[\n\\\\]')
cd -- "$aside" && {
    find . -type f "$@" ! -path "*$odd*" -exec openssl dgst -sha256 -r {} + >"$work/lines" &&
        tr '\n' '\0' <"$work/lines" && find . -type f "$@" -path "*$odd*" -exec sha256sum -z -b {} +
} >>"$work/found" && find . -type f "$@" -delete || : >"$work/failed"
BATCH

# Takes the checksums of all files in an archive that it reads, in one pass and with nothing unpacked. What it should misread has
# another checksum than its file, or none.
cat >"$work/pass" <<'PASS'
use strict;
use Digest::SHA;
binmode STDIN;
binmode STDOUT;
my %said;
sub bytes {
    my ($left, $to) = @_;
    while ($left > 0) {
        my $read = read STDIN, my $some, $left < 262144 ? $left : 262144;
        $read or die "the archive ends early\n";
        $to->($some);
        $left -= $read;
    }
}
sub padded {
    my ($size, $to) = @_;
    bytes($size, $to);
    bytes(-$size % 512, sub { });
}
while (1) {
    my $header = "";
    bytes(512, sub { $header .= $_[0] });
    last if $header !~ /[^\0]/;
    my ($name, $size, $type, $prefix) = unpack "Z100 x24 a12 x20 a1 x188 Z155", $header;
    $name = "$prefix/$name" if $prefix ne "";
    $size =~ /^([0-7]+)/ or die "a length that nobody understands\n";
    $size = oct $1;
    if ($type eq "x") {
        my $records = "";
        padded($size, sub { $records .= $_[0] });
        while ($records =~ /\G(\d+) /gc) {
            my $at = pos($records) - length($1) - 1;
            my ($key, $value) = split /=/, substr($records, pos $records, $1 - length($1) - 2), 2;
            $said{$key} = $value;
            pos($records) = $at + $1;
        }
        next;
    }
    $name = $said{path} if exists $said{path};
    $size = $said{size} if exists $said{size};
    %said = ();
    my $sum = Digest::SHA->new(256);
    padded($size, sub { $sum->add($_[0]) });
    print $sum->hexdigest, " *$name\0" if $type =~ /[0\0]/;
}
PASS

{ unzipped "$sums" <"$sums"; ended zstd "$?"; } | { LC_ALL=C sort -z >"$work/all"; ended sort "$?"; }
: >"$work/found"
if [ "$every" = 1 ]; then
    ln -s all "$work/wanted"
else
    sed -z -n "$first~${every}p" <"$work/all" >"$work/wanted"
    # After the checksum, a space and an asterisk.
    cut -z -b 67- <"$work/wanted" >"$work/names"
fi
if [ "$every" = 1 ] && room; then
    export aside work last=no
    { unzipped "$archive" <"$archive"; ended zstd "$?"; } | {
        tar --extract --file=- --directory="$aside" --no-same-owner --no-same-permissions --no-acls --no-xattrs \
            --no-selinux --checkpoint=6400 "--checkpoint-action=exec=. '$work/batch'"
        ended tar "$?"
        rest
    }
    last=yes
    (. "$work/batch")
    [ ! -e "$work/failed" ]
    ended openssl "$?"
elif [ "$every" = 1 ] && perl -MDigest::SHA -e 1 2>/dev/null; then
    { unzipped "$archive" <"$archive"; ended zstd "$?"; } | {
        LC_ALL=C perl "$work/pass" >"$work/found"
        ended tar "$?"
        rest
    }
elif [ "$every" = 1 ] || [ -s "$work/names" ]; then
    [ "$every" = 1 ] || set -- --no-wildcards --null --verbatim-files-from "--files-from=$work/names"
    [ "$every" != 1 ] || set --
    { unzipped "$archive" <"$archive"; ended zstd "$?"; } | {
        tar --extract --file=- --to-command='s=$(sha256sum -b) && printf "%s *%s\0" "${s%% *}" "$TAR_FILENAME"' "$@" \
            >"$work/found"
        ended tar "$?"
        rest
    }
fi
LC_ALL=C sort -z -o "$work/found" "$work/found" || exit 1
LC_ALL=C comm -z -3 "$work/wanted" "$work/found" | LC_ALL=C sed -z 's/^\t//' | cut -z -b 67- | LC_ALL=C sort -z -u >"$work/differ"
if [ -n "$number" ]; then
    { unzipped "$tree" <"$tree"; ended tree "$?"; } | LC_ALL=C sed -z -n "s/^$number [0-9]* [0-9]* [^ ]* [^ ]* //p" |
        LC_ALL=C sort -z >"$work/needed"
    LC_ALL=C comm -z -12 "$work/differ" "$work/needed" >"$work/bad"
    if [ "$every" = 1 ]; then
        cut -z -b 67- <"$work/found" | LC_ALL=C sort -z >"$work/there"
        LC_ALL=C comm -z -23 "$work/needed" "$work/there" >>"$work/bad"
    fi
    LC_ALL=C sort -z -u -o "$work/differ" "$work/bad"
fi
count "$work/all"
count "$work/wanted"
count "$work/differ"
head -z -n 5 <"$work/differ" | tr '\0\n' '\n?'
