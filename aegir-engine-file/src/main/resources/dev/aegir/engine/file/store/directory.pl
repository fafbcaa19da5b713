# SPDX-License-Identifier: Apache-2.0
#
# Keeps objects as files below a directory: perl -e PROGRAM -- DIRECTORY MARK. It says "ready", or "away" and why when the directory
# does not bear that mark, and then answers one request after the other until its input ends:
#
#   list NAME              "object NAME SIZE" for each below a directory of directories, then "end"
#   put NAME SIZE, bytes   "done", "full" or "refused" and why
#   get NAME MOST          "object SIZE" and bytes, "none", "long" when it has more, or "refused" and why
#   delete NAME            "done" or "refused" and why
#
# An object is written beside its name, and renamed when it is whole. What lies at the top of an owner's directory says what there
# is below: before and after it changes, everything is brought to the disk. It needs the core of perl alone (Debian's perl-base).

use strict;
use warnings;
use Errno qw(ENOENT ENOSPC EDQUOT);
use Fcntl qw(:DEFAULT);

use constant BLOCK => 1 << 16;

my ($directory, $mark) = @ARGV;
binmode STDIN;
binmode STDOUT;
umask 077;

sub answer {
    print STDOUT @_, "\n" or exit 1;
    STDOUT->flush() or exit 1;
}

sub refused {
    my $full = $! == ENOSPC || $! == EDQUOT;
    return ($full ? 'full' : 'refused') . " $!";
}

sub marked {
    chdir $directory or return "$!";
    open my $file, '<', '.aegir' or return "it has no file .aegir";
    my $found = <$file> // '';
    chomp $found;
    return $found eq $mark ? '' : 'its file .aegir is not that of this service';
}

# The directory above a name is there.
sub above {
    my ($name) = @_;
    my $path = '';
    for my $each (split m{/}, $name =~ m{\A(.*)/} ? $1 : '') {
        $path .= $path eq '' ? $each : "/$each";
        mkdir $path or -d $path or return 0;
    }
    return 1;
}

# Whoever deletes may take the directory away meanwhile.
sub opened {
    my ($name) = @_;
    for (1 .. 10) {
        above($name) or return;
        my $file;
        sysopen $file, $name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600 and return $file;
        $! == ENOENT or return;
    }
    return;
}

sub to_disk { return system('sync', '-f', '--', '.') == 0 }

sub put {
    my ($name, $size) = @_;
    my $last = $name !~ m{/objects/};
    my $wrong = '';
    $wrong = 'refused sync failed' if $last && !to_disk();
    my $file = $wrong eq '' ? opened("$name.new") : undef;
    $wrong = refused() if $wrong eq '' && !$file;
    # All of it is read, whatever becomes of it.
    for (my $left = $size; $left > 0;) {
        my $count = read STDIN, my $block, $left < BLOCK ? $left : BLOCK;
        $count or exit 1;
        $left -= $count;
        for (my $at = 0; $wrong eq '' && $at < $count;) {
            my $written = syswrite $file, $block, $count - $at, $at;
            defined $written ? ($at += $written) : ($wrong = refused());
        }
    }
    $wrong = refused() if $file && !close($file) && $wrong eq '';
    $wrong = refused() if $wrong eq '' && !rename "$name.new", $name;
    $wrong = 'refused sync failed' if $wrong eq '' && $last && !to_disk();
    unlink "$name.new" if $wrong ne '' && $file;
    answer($wrong eq '' ? 'done' : $wrong);
}

sub get {
    my ($name, $most) = @_;
    sysopen my $file, $name, O_RDONLY | O_NOFOLLOW or return answer($! == ENOENT ? 'none' : refused());
    my $size = -s $file;
    $size <= $most or return answer('long');
    print STDOUT "object $size\n" or exit 1;
    for (my $left = $size; $left > 0;) {
        my $count = sysread $file, my $block, $left < BLOCK ? $left : BLOCK;
        # Too late to say anything else.
        $count or exit 1;
        print STDOUT $block or exit 1;
        $left -= $count;
    }
    STDOUT->flush() or exit 1;
}

sub list {
    my ($top) = @_;
    my $all;
    if (!opendir $all, $top) {
        return answer($! == ENOENT ? 'end' : refused());
    }
    for my $each (grep { !/\A\.\.?\z/ } readdir $all) {
        opendir my $some, "$top/$each" or next;
        for my $name (readdir $some) {
            my $path = "$top/$each/$name";
            print STDOUT "object $name ", -s _, "\n" or exit 1 if lstat $path and -f _ and index($name, $each) == 0;
        }
    }
    answer('end');
}

# And the directories that are empty then.
sub forget {
    my ($name) = @_;
    unlink $name or $! == ENOENT or return answer(refused());
    while ($name =~ s{/[^/]*\z}{}) {
        rmdir $name or last;
    }
    answer('done');
}

my $wrong = marked();
answer($wrong eq '' ? 'ready' : "away $wrong");
exit 0 if $wrong ne '';
while (defined(my $line = <STDIN>)) {
    my ($verb, $name, $number) = $line =~ m{\A([a-z]+) ([A-Za-z0-9][A-Za-z0-9/.]*)(?: ([0-9]{1,18}))?\n\z} or exit 2;
    exit 2 if $name =~ m{\.\.|//};
    $verb eq 'list' ? list($name)
        : $verb eq 'put' ? put($name, $number)
        : $verb eq 'get' ? get($name, $number)
        : $verb eq 'delete' ? forget($name)
        : exit 2;
}
