# SPDX-License-Identifier: Apache-2.0
#
# Makes a directory equal to another one of the same server: perl - FROM-ACCOUNT FROM TO-ACCOUNT TO ("" for no account). Read
# by perl from its standard input, nothing is installed; it needs the core of perl alone (Debian's package perl).
#
# It reads as the one account and writes as the other, each with that account's groups, by its effective identity; the real one
# stays root's, so neither account can stop it or look into it. Below the two directories nothing is reached by a path: every
# directory is opened in the one above it, never through a link, and entered as what was opened. Files are written beside the
# one they replace and renamed over it; where the file system lets two files share what is in them until one is written, they do.
#
# Two processes share out the directories of the first one that has several, where there are two processors.
#
# Ends with 0; 23 when something could not be read or written, and then nothing was deleted that is too much; 28 when there is no
# room; 75 when this cannot be done so here, and rsync shall do it.

use strict;
use warnings;
no warnings 'recursion';
use Fcntl qw(:DEFAULT :mode);
use Errno qw(EXDEV);

# Whole seconds would let a file that is written twice within one keep what was in it first.
BEGIN {
    eval { require Time::HiRes; Time::HiRes->import(qw(stat lstat utime sleep time)); 1 } or do {
        print STDERR "no Time::HiRes\n";
        exit 75;
    };
}

use constant {
    FICLONE => 0x40049409,       # of all but a few old architectures, where it is refused as unknown
    PARTIAL => '.aegir-partial', # where a file is written, in its directory; rsync's too
    MANY    => 200,              # files open at once
    CHUNK   => 1 << 20,
    SHARED  => 8192,             # so many numbers fit into a pipe
    TICK    => 0.02,             # a clock of files moves at least so often, in seconds
    SAME    => 2e-6,             # times nearer than this are one: more than a number of perl's holds of them
};

my ($from, $source, $to, $target) = @ARGV;
my ($files, $bytes, $shared, $deleted, $surplus, $troubles, $vanished) = (0) x 7;
my $share = 1;

sub elsewhere { print STDERR "$_[0]\n"; exit 75 }

sub trouble {
    my ($what) = @_;
    my $why = "$!";
    if ($!{ENOSPC} || $!{EDQUOT}) {
        print STDERR "$what: $why\n";
        exit 28;
    }
    elsewhere("$what: $why") if $!{EMFILE};
    print STDERR "$what: $why\n" if ++$troubles <= 20;
    return;
}

# ---- who is at work ----------------------------------------------------------------------------------------------

elsewhere('not root') if $< || $>;

sub identity {
    my ($name) = @_;
    my $root = $name eq '';
    my $uid = $root ? 0 : getpwnam $name;
    defined $uid or do { print STDERR "there is no account $name here\n"; exit 23 };
    open my $id, '-|', 'id', '-G', '--', $root ? 'root' : $name or elsewhere("id: $!");
    my $groups = <$id>;
    close $id or elsewhere('id failed');
    chomp $groups;
    # The first is the effective one, and is said once more for the list.
    return { uid => $uid, groups => (split ' ', $groups)[0] . " $groups" };
}

my $reader = identity($from);
my $writer = identity($to);
my $now = { uid => -1 };

sub become {
    my ($who) = @_;
    return if $now == $who;
    $> = 0;
    $) = $who->{groups};
    $> = $who->{uid};
    my ($group) = split ' ', $who->{groups};
    if ($> != $who->{uid} || (split ' ', $))[0] != $group) {
        print STDERR "this process cannot become $who->{uid}\n";
        exit 75;
    }
    $now = $who;
}

# ---- directories -------------------------------------------------------------------------------------------------

# Enters a directory that is open.
sub enter {
    my ($who, $directory) = @_;
    become($who);
    return chdir $directory;
}

# Opens a directory of the one that was entered, never through a link.
sub below {
    my ($name) = @_;
    my $directory;
    return sysopen($directory, $name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK) ? $directory : undef;
}

# What is in the directory that was entered: mode, size and time of each by its name.
sub entries {
    my ($where) = @_;
    my %all;
    opendir my $names, '.' or return;
    for my $name (readdir $names) {
        next if $name eq '.' || $name eq '..';
        my @of = lstat $name;
        if (@of) {
            $all{$name} = [@of[2, 7, 9, 0]];
        } elsif (!$!{ENOENT}) {
            trouble("$where/$name");
        }
    }
    closedir $names;
    return \%all;
}

# Removes what is in the directory that was entered as this name, and comes back to that.
sub remove {
    my ($name, $mode, $directory, $where) = @_;
    if (S_ISDIR($mode)) {
        my $inner = below($name) or return trouble("$where/$name");
        my ($outer_device, $inner_device) = ((stat $directory)[0], (stat $inner)[0]);
        if ($outer_device != $inner_device) {
            $! = EXDEV;
            return trouble("$where/$name is mounted");
        }
        chdir $inner or return trouble("$where/$name");
        my $all = entries("$where/$name") or return trouble("$where/$name");
        remove($_, $all->{$_}[0], $inner, "$where/$name") for keys %$all;
        chdir $directory or do { trouble($where); exit 23 };
        rmdir $name or return trouble("$where/$name");
    } else {
        unlink $name or $!{ENOENT} or return trouble("$where/$name");
    }
    $deleted++;
    return 1;
}

# ---- files -------------------------------------------------------------------------------------------------------

# All the content of one open file becomes another's.
sub pour {
    my ($in, $out, $size, $where) = @_;
    if ($share && $size) {
        if (ioctl $out, FICLONE, fileno($in) + 0) {
            $shared++;
            return 1;
        }
        return trouble($where) if $!{ENOSPC} || $!{EDQUOT};
        # Nothing of this file system, or only not this file.
        $share = 0 if $!{ENOTTY} || $!{EOPNOTSUPP} || $!{EXDEV};
    }
    while (1) {
        my $read = sysread $in, my $buffer, CHUNK;
        return trouble($where) unless defined $read;
        return 1 unless $read;
        for (my $done = 0; $done < $read;) {
            my $written = syswrite $out, $buffer, $read - $done, $done;
            return trouble($where) unless defined $written;
            $done += $written;
        }
        $bytes += $read;
    }
}

# A file of the target directory, that was entered, gets what an open one has. A new one has its name at once: broken off, it
# has another time, and is written anew.
sub written {
    my ($in, $seen, $name, $there, $directory, $where, $kept) = @_;
    my @of = @$seen;
    if (abs(time - $of[9]) < TICK) {
        # What is written after this has another time then, and is seen to differ by the next copy.
        sleep TICK;
        @of = stat $in;
    }
    my $mode = $of[2] & 01777;
    my $as = $there ? PARTIAL : $name;
    my $out;
    for my $again (0, 1) {
        last if sysopen $out, $as, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, $mode;
        # Of a copy that broke off, this one's or rsync's.
        my $left = $there ? (lstat PARTIAL)[2] : undef;
        return trouble("$where/$name") if $again || !defined $left;
        my $count = $deleted;
        remove(PARTIAL, $left, $directory, $where) or return;
        $deleted = $count;
    }
    my $whole = pour($in, $out, $of[7], "$where/$name");
    # An access control list of the directory may have its own idea: about all files of a mode the same.
    $kept->{$mode} //= ((stat $out)[2] & 07777) == $mode;
    $whole &&= ($kept->{$mode} || chmod $mode, $out) && utime($of[9], $of[9], $out)
        || trouble("$where/$name");
    (close $out or trouble("$where/$name")) or $whole = 0;
    return unlink $as unless $whole;
    if ($there) {
        return if S_ISDIR($there->[0]) && !remove($name, $there->[0], $directory, $where);
        rename PARTIAL, $name or return trouble("$where/$name");
    }
    $files++;
}

# Files of an open directory are written into another.
sub brought {
    my ($here, $there, $names, $known, $path) = @_;
    my %kept;
    while (my @some = splice @$names, 0, MANY) {
        my (%open, %seen);
        enter($reader, $here) or return trouble("$source$path");
        for my $name (@some) {
            if (!sysopen $open{$name}, $name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) {
                delete $open{$name};
                $!{ENOENT} || $!{ELOOP} ? $vanished++ : trouble("$source$path/$name");
                next;
            }
            my @of = stat $open{$name};
            if (@of && S_ISREG($of[2])) {
                $seen{$name} = \@of;
            } else {
                delete $open{$name};
                $vanished++;
            }
        }
        enter($writer, $there) or return trouble("$target$path");
        for my $name (grep { $open{$_} } @some) {
            written($open{$name}, $seen{$name}, $name, $known->{$name}, $there, "$target$path", \%kept);
            delete $open{$name};
        }
    }
}

sub linked {
    my ($name, $to, $there, $directory, $where) = @_;
    return if $there && S_ISLNK($there->[0]) && (readlink($name) // '') eq $to;
    return if $there && S_ISDIR($there->[0]) && !remove($name, $there->[0], $directory, $where);
    my $left = (lstat PARTIAL)[2];
    return if defined $left && !remove(PARTIAL, $left, $directory, $where);
    symlink $to, PARTIAL and rename PARTIAL, $name or trouble("$where/$name");
}

# ---- two at work -------------------------------------------------------------------------------------------------

my $first = $$;
my ($second, $says, $sharing);

# Numbers of directories, one after the other.
sub alone {
    my ($count) = @_;
    my $number = 0;
    return sub { $number < $count ? $number++ : undef };
}

sub processors {
    open my $all, '<', '/proc/cpuinfo' or return 1;
    return scalar grep { /^processor/ } <$all>;
}

# The same, shared with a second process that begins here: each takes the next one when it is done with one. Says whether there is one.
sub shared_out {
    my ($count) = @_;
    return (alone($count), 0) if $sharing || $count < 2 || $count > SHARED;
    $sharing = 1;
    return (alone($count), 0) if processors() < 2;
    pipe my $queue, my $fill or elsewhere("pipe: $!");
    pipe my $hears, my $tells or elsewhere("pipe: $!");
    # All of them fit into a pipe, of which each read takes one, whoever reads.
    syswrite $fill, pack 'N*', 0 .. $count - 1;
    $second = fork // elsewhere("fork: $!");
    close $fill;
    if ($second) {
        $says = $hears;
        close $tells;
    } else {
        $says = $tells;
        close $hears;
        ($files, $bytes, $shared, $deleted, $surplus, $troubles, $vanished) = (0) x 7;
    }
    return (
        sub {
            # Alone nobody would wait for it, nor end it.
            exit 23 if $$ != $first && getppid != $first;
            my $taken = sysread $queue, my $number, 4;
            return ($taken // 0) == 4 ? unpack 'N', $number : undef;
        },
        1
    );
}

# What both have done is one: the second ends, and the first goes on.
sub joined {
    if ($$ != $first) {
        print $says join(' ', $files, $bytes, $shared, $deleted, $surplus, $troubles, $vanished), "\n";
        close $says or exit 23;
        exit 0;
    }
    my @done = split ' ', do { local $/; <$says> } // '';
    waitpid $second, 0;
    my $end = $?;
    $second = undef;
    exit $end >> 8 if $end >> 8;
    if ($end || @done != 7) {
        print STDERR "the second process ended with $end\n";
        exit 23;
    }
    $files += $done[0];
    $bytes += $done[1];
    $shared += $done[2];
    $deleted += $done[3];
    $surplus += $done[4];
    $troubles += $done[5];
    $vanished += $done[6];
}

# Whatever ends the first one ends the second.
END {
    if ($$ == $first && $second) {
        local $?;
        kill 'KILL', $second;
        waitpid $second, 0;
    }
}

# ---- trees -------------------------------------------------------------------------------------------------------

# A directory gets the mode and the time of another.
sub settled {
    my ($here, $there, $path) = @_;
    my @shall = stat $here;
    my @is = stat $there;
    become($writer);
    ($shall[2] & 07777) == ($is[2] & 07777) or chmod $shall[2] & 07777, $there or return trouble("$target$path");
    abs($shall[9] - $is[9]) < SAME or utime $shall[9], $shall[9], $there or return trouble("$target$path");
}

# One directory becomes equal to another: what is missing or different is brought, or, when all is there, what is too much goes.
sub equal {
    my ($here, $there, $path, $deleting) = @_;
    enter($reader, $here) or return trouble("$source$path");
    my $have = entries("$source$path") or return trouble("$source$path");
    delete $have->{ +PARTIAL };
    my %links = map { $_ => readlink($_) } $deleting ? () : grep { S_ISLNK($have->{$_}[0]) } keys %$have;
    my @directories = sort grep { S_ISDIR($have->{$_}[0]) } keys %$have;

    if (((stat $there)[2] & 0700) != 0700) {
        become($writer);
        chmod((stat $there)[2] & 07777 | 0700, $there) or return trouble("$target$path");
    }
    enter($writer, $there) or return trouble("$target$path");
    my $known = entries("$target$path") or return trouble("$target$path");
    my @surplus = grep { !$have->{$_} || !transferred($have->{$_}[0]) } keys %$known;
    if ($deleting) {
        remove($_, $known->{$_}[0], $there, "$target$path") for @surplus;
    } else {
        $surplus += @surplus;
        my @differ;
        for my $name (sort keys %$have) {
            my ($mode, $size, $time) = @{ $have->{$name} };
            my $is = $known->{$name};
            if (S_ISREG($mode)) {
                if (!$is || !S_ISREG($is->[0]) || $is->[1] != $size || abs($is->[2] - $time) >= SAME) {
                    push @differ, $name;
                } elsif (($is->[0] & 07777) != ($mode & 01777)) {
                    # What its account may not open is written anew.
                    moded($name, $mode & 01777) or push @differ, $name;
                }
            } elsif (S_ISLNK($mode)) {
                defined $links{$name}
                    ? linked($name, $links{$name}, $is, $there, "$target$path")
                    : $vanished++;
            } elsif (S_ISDIR($mode) && (!$is || !S_ISDIR($is->[0]))) {
                next if $is && !remove($name, $is->[0], $there, "$target$path");
                mkdir $name, 0700 or trouble("$target$path/$name");
            }
        }
        brought($here, $there, \@differ, $known, $path);
    }
    my ($next, $two) = $deleting ? (alone(scalar @directories), 0) : shared_out(scalar @directories);
    while (defined(my $number = $next->())) {
        my $name = $directories[$number];
        enter($reader, $here) or return trouble("$source$path");
        my $inner = below($name);
        if (!$inner) {
            $!{ENOENT} || $!{ELOOP} || $!{ENOTDIR} ? $vanished++ : trouble("$source$path/$name");
            next;
        }
        enter($writer, $there) or return trouble("$target$path");
        my $opened = below($name) or do { trouble("$target$path/$name"); next };
        equal($inner, $opened, "$path/$name", $deleting);
    }
    joined() if $two;
    settled($here, $there, $path);
}

sub transferred { my ($mode) = @_; return S_ISREG($mode) || S_ISLNK($mode) || S_ISDIR($mode) }

# Another mode for a file of the directory that was entered, and for nothing that a link leads to.
sub moded {
    my ($name, $mode) = @_;
    my $file;
    return sysopen($file, $name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) && chmod($mode, $file);
}

sub top {
    my ($who, $path) = @_;
    become($who);
    sysopen my $directory, $path, O_RDONLY | O_DIRECTORY or do { print STDERR "$path: $!\n"; exit 23 };
    return $directory;
}

umask 0;
my $here = top($reader, $source);
my $there = top($writer, $target);
my ($one, $other) = (join(':', (stat $here)[0, 1]), join(':', (stat $there)[0, 1]));
if ($one eq $other) {
    print STDERR "$source and $target are the same directory\n";
    exit 23;
}
equal($here, $there, '', 0);
# A source that could not be read whole is no reason to delete anything.
equal($here, $there, '', 1) if $surplus && !$troubles;
print "files $files\nbytes $bytes\nshared $shared\ndeleted $deleted\nvanished $vanished\n";
exit($troubles ? 23 : 0);
