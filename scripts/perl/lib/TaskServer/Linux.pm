package TaskServer::Linux;

# Linux.pm: what the bridge needs of the kernel and Perl's core has no name for.
#
#     become_subreaper()             orphans among our descendants become our children; false where
#                                    this machine's system call numbers are not known
#     die_with_parent($signal)       the kernel sends us that signal when our parent process ends
#     my $fd = pidfd_open($pid)      a handle that is readable once the process has ended, or undef
#     my @pids = children()          our children, zombies included
#     my $n = end_children(spare => {$pid => 1}, grace_s => 2)
#                                    TERM, then KILL, until no other child is left; how many ran
#     my $uid = peer_uid($socket)    who connected to our Unix socket
#     close_above(4)                 every descriptor above that number, Perl's own ones included
#     my $s = now_s()                the monotonic clock
#
# Sources: prctl(2), pidfd_open(2), proc(5), unix(7); the numbers are those of the kernel's
# unistd.h of each machine.  pidfd_open has the same number everywhere.

use strict;
use warnings;

use Config;
use Exporter qw(import);
use POSIX ();
use Socket ();
use Time::HiRes ();

our @EXPORT_OK = qw(become_subreaper die_with_parent pidfd_open children end_children peer_uid
    close_above now_s);

use constant {
    PR_SET_PDEATHSIG       => 1,
    PR_SET_CHILD_SUBREAPER => 36,
    SYS_PIDFD_OPEN         => 434,
    KILL_FOR_S             => 20,
    PAUSE_S                => 0.02,
};

# How the machine is called in $Config{archname}, and prctl's number there.
my @prctl_numbers = (
    [qr/^x86_64/           => 157],
    [qr/^(?:aarch64|riscv)/ => 167],
    [qr/^(?:i[3-6]86|arm)/ => 172],
    [qr/^(?:ppc|powerpc)/  => 171],
    [qr/^s390/             => 172],
);

sub become_subreaper { return _prctl(PR_SET_CHILD_SUBREAPER, 1) }

sub die_with_parent { return _prctl(PR_SET_PDEATHSIG, $_[0]) }

sub _prctl {
    my ($option, $value) = @_;
    my ($found) = grep { $Config{archname} =~ $_->[0] } @prctl_numbers;
    return $found && syscall($found->[1], $option, $value, 0, 0, 0) == 0;
}

sub pidfd_open {
    my ($pid) = @_;
    my $fd = syscall(SYS_PIDFD_OPEN, $pid + 0, 0);
    return undef if $fd < 0;
    open my $handle, '<&=', $fd or return undef;
    return $handle;
}

sub children {
    my @files = glob "/proc/$$/task/*/children";
    return @files ? map { split ' ', _slurp($_) } @files : _children_by_search();
}

# For kernels without CONFIG_PROC_CHILDREN.
sub _children_by_search {
    return grep { _slurp("/proc/$_/stat") =~ /^.*\) \S $$ /s } map { m{(\d+)} } glob '/proc/[0-9]*';
}

sub _slurp {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    local $/;
    return scalar(<$in>) // '';
}

# One that has ended by itself may have left us children of its own, so the list is read again after
# each that was reaped.
sub end_children {
    my (%given) = @_;
    my (%told, %ended);
    my $began = now_s();
    while (my @pids = grep { !$given{spare}{$_} } children()) {
        my $passed = now_s() - $began;
        last if $passed > $given{grace_s} + KILL_FOR_S;
        my $signal = $passed < $given{grace_s} ? 'TERM' : 'KILL';
        my @left = grep { waitpid($_, POSIX::WNOHANG()) == 0 } @pids;
        for my $pid (@left) {
            $ended{$pid} = 1;
            kill $signal, $pid if !$told{$signal}{$pid}++;
        }
        Time::HiRes::sleep(PAUSE_S) if @left;
    }
    return scalar keys %ended;
}

sub peer_uid {
    my ($socket) = @_;
    my $credentials = getsockopt $socket, Socket::SOL_SOCKET(), Socket::SO_PEERCRED();
    return defined $credentials ? (unpack 'l3', $credentials)[1] : undef;
}

sub close_above {
    my ($highest) = @_;
    opendir my $dir, '/proc/self/fd' or return;
    my @open = grep { /^\d+$/ && $_ > $highest } readdir $dir;
    closedir $dir;
    POSIX::close($_) for @open;
    return;
}

sub now_s { return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) }

1;
