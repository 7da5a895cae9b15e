package TaskServer::Keeper;

# Keeper.pm: the process between one lane and its one job.
#
#     TaskServer::Keeper::keep($socket, $installation)     in a process of its own; does not return
#
# lane → keeper                    keeper → lane
#   one line of JSON, the request
#                                    refused TEXT      nothing was started; the end
#                                    later TEXT        neither, but only for want of room on the machine
#                                    job PID           it waits at its gate, leader of its session
#   go                               (end of file instead: it ends unstarted)
#   term, kill                       at any time later: the signal for the job's process group
#                                    exited STATUS | killed SIGNAL     the job's process has ended
#                                    clean N           N of its descendants were left and have been ended
# The request: client_id, job_id, package, output, result (absolute paths of fifos that the lane reads,
# or of files), and optionally umask (octal), env (whole values, over the bridge's own environment).
# Other keys are ignored.  If the lane goes away, the job's group gets TERM, then KILL.
# If the keeper is killed, the kernel kills the job.

use strict;
use warnings;

use POSIX ();

use TaskServer::Job ();
use TaskServer::Kivitendo qw(class_file);
use TaskServer::Linux qw(become_subreaper die_with_parent end_children now_s pidfd_open);
use TaskServer::Wire qw(from_json send_line);

use constant {
    REQUEST_CAP_BYTES => 4 << 20,
    REQUEST_WAIT_S    => 30,
    GO_WAIT_S         => 600,
    TERM_GRACE_S      => 2,
    POLL_S            => 0.05,
    REAP_S            => 1,
    SIGKILL           => 9,
};

sub keep {
    my ($socket, $installation) = @_;
    $SIG{$_} = 'IGNORE' for qw(TERM INT HUP PIPE);
    $SIG{CHLD} = 'DEFAULT';
    $0 = 'task-server bridge: keeper';
    become_subreaper()
        or print STDERR "this kernel or machine has no child subreaper; daemons of jobs may stay\n";
    my $self = bless {
        socket => $socket, installation => $installation,
        reader => TaskServer::Wire->new($socket, REQUEST_CAP_BYTES),
    };
    $self->_serve or $self->_give_up;
    POSIX::_exit(0);
}

# True if the conversation came to its regular end.
sub _serve {
    my ($self) = @_;
    my $request = eval { $self->_read_request };
    return $self->_say('refused ' . ($@ || 'there was no request')) if !$request;
    my $problem = $self->_fork_job($request);
    return $self->_say($problem) if defined $problem;
    $self->_say("job $self->{pid}") or return 0;
    my $word = $self->{reader}->line(now_s() + GO_WAIT_S) // '';
    return 0 if $word ne 'go';
    syswrite $self->{gate}, 'g';
    close $self->{gate};
    return $self->_supervise;
}

sub _say {
    my ($self, $text) = @_;
    $text =~ s/\s+\z//;
    return send_line($self->{socket}, $text);
}

sub _read_request {
    my ($self) = @_;
    my $line = $self->{reader}->line(now_s() + REQUEST_WAIT_S);
    return undef if !defined $line;
    my $request = from_json($line);
    die "the request is not an object\n" if ref $request ne 'HASH';
    for my $key (qw(client_id job_id)) {
        die "the request's $key is not a number\n" if ($request->{$key} // '') !~ /\A\d+\z/;
    }
    for my $key (qw(output result)) {
        die "the request's $key is not an absolute path\n" if ($request->{$key} // '') !~ m{\A/};
    }
    die "the request's env is not an object\n" if ref($request->{env} // {}) ne 'HASH';
    die "the request's umask is not octal\n" if ($request->{umask} // '0') !~ /\A[0-7]+\z/;
    $self->_check_package($request->{package} // '');
    return $request;
}

# The name comes from a row that anybody with a web login may write.
sub _check_package {
    my ($self, $package) = @_;
    return if class_file($self->{installation}, $package);
    die "there is no job class SL::BackgroundJob::$package in $self->{installation}\n"
        if $package =~ /\A\w+\z/;
    die "'$package' is not the name of a job class\n";
}

# undef, or what to say where there is no job.  It is ready, in its own session, when this returns.
sub _fork_job {
    my ($self, $request) = @_;
    pipe my $gate_out, my $gate_in or return "later cannot create a pipe: $!";
    pipe my $ready_out, my $ready_in or return "later cannot create a pipe: $!";
    my $keeper = $$;
    my $pid = fork;
    return "later cannot fork: $!" if !defined $pid;
    if (!$pid) {
        close $_ for $gate_in, $ready_out, $self->{socket};
        die_with_parent(SIGKILL);
        POSIX::_exit(1) if getppid != $keeper;
        _wait_at_gate($request, $ready_in, $gate_out);
        TaskServer::Job::perform($request);
    }
    $self->{pid}  = $pid;
    $self->{gate} = $gate_in;
    close $_ for $gate_out, $ready_in;
    local $/;
    my $problem = <$ready_out>;
    return undef if $problem eq 'ready';
    waitpid $pid, 0;
    return 'refused ' . ($problem || 'the job ended before it was started');
}

sub _wait_at_gate {
    my ($request, $ready, $gate) = @_;
    my $fine = eval { TaskServer::Job::prepare($request); 1 };
    syswrite $ready, $fine ? 'ready' : $@;
    close $ready;
    POSIX::_exit(1) if !$fine || !sysread $gate, my $byte, 1;
    close $gate;
    return;
}

# Until the job has ended: what the lane wants, and orphans that have ended by themselves.
sub _supervise {
    my ($self) = @_;
    my $pidfd = pidfd_open($self->{pid});
    # Words that came together with "go" have been read already.
    $self->_obey;
    while (!defined $self->{status}) {
        my $bits = '';
        vec($bits, fileno $_, 1) = 1 for $self->{socket}, $pidfd || ();
        my $ready = select $bits, undef, undef, $pidfd ? REAP_S : POLL_S;
        if ($ready > 0 && vec $bits, fileno $self->{socket}, 1) {
            $self->_hear or return 0;
        }
        $self->_reap;
    }
    return $self->_tell_end;
}

# False when the lane is gone.
sub _hear {
    my ($self) = @_;
    $self->{reader}->fill;
    $self->_obey;
    return !$self->{reader}->ended;
}

sub _obey {
    my ($self) = @_;
    while (defined(my $word = $self->{reader}->next_line)) {
        kill uc $word, -$self->{pid} if $word eq 'term' || $word eq 'kill';
    }
    return;
}

sub _reap {
    my ($self) = @_;
    while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
        $self->{status} = $? if $pid == $self->{pid};
    }
    return;
}

sub _tell_end {
    my ($self) = @_;
    my $signal = $self->{status} & 127;
    my $told = $self->_say($signal ? "killed $signal" : 'exited ' . ($self->{status} >> 8));
    my $ended = end_children(grace_s => TERM_GRACE_S);
    return $told && $self->_say("clean $ended");
}

# Nobody is left to report to.
sub _give_up {
    my ($self) = @_;
    if ($self->{pid} && !defined $self->{status}) {
        close $self->{gate};
        kill 'TERM', -$self->{pid};
        my $until_s = now_s() + TERM_GRACE_S;
        while (now_s() < $until_s && !defined $self->{status}) {
            $self->_reap;
            select undef, undef, undef, POLL_S;
        }
        kill 'KILL', -$self->{pid} if !defined $self->{status};
    }
    end_children(grace_s => TERM_GRACE_S);
    return;
}

1;
