package Lane;

# Lane.pm: starts a bridge and speaks to it as task-server and its lanes do; for tests.
#
#     my $bridge = Lane->start(bridge => path, installation => dir, config => file, dir => private dir)
#     $bridge->wait_for(qr/^ready/)              what it says on its status pipe; undef when it ended
#     my $job = $bridge->begin(%request)         connects, asks and says go, unless hold => 1
#     my $end = $bridge->finish($job)            {lines, answer, output, output_bytes, how}
#     my $end = $bridge->run(%request)           both
#     my ($status, $log) = $bridge->stop         TERM, then waits
# $end->{how}: "exited 0", "killed 9", "refused …" or "gone"; $end->{clean}: how many were ended.

use strict;
use warnings;

use Fcntl qw(:DEFAULT F_SETFD F_GETFL F_SETFL O_NONBLOCK);
use IO::Socket::UNIX ();
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(time sleep);

use constant {CHUNK => 65536, KEEP => 4096, LIMIT_S => 60};

sub start {
    my ($class, %given) = @_;
    my $self = bless {%given, fifos => 0, status => '', owner => $$}, $class;
    mkdir $self->{dir}, 0700;
    $self->{listener} = IO::Socket::UNIX->new(Listen => 128, Local => "$self->{dir}/socket")
        or die "socket: $!";
    return $self->again;
}

# Another bridge on the same socket.
sub again {
    my ($self) = @_;
    pipe $self->{status_out}, my $status_in or die "pipe: $!";
    $self->{log_file} = "$self->{dir}/log" . $self->{fifos}++;
    $self->{status} = '';
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $self->{log_file} or POSIX::_exit(127);
        open STDERR, '>&', \*STDOUT;
        # Where the two are not already, but never one over the other.
        my @own = map { fcntl $_, Fcntl::F_DUPFD(), 10 } $self->{listener}, $status_in;
        POSIX::dup2($own[0], 3);
        POSIX::dup2($own[1], 4);
        POSIX::close($_) for @own;
        chdir $self->{installation};
        my @command = ($^X, $self->{bridge}, '--installation', $self->{installation});
        exec @command, '--config', $self->{config} or POSIX::_exit(127);
    }
    $self->{pid} = $pid;
    return $self;
}

sub wait_for {
    my ($self, $pattern) = @_;
    my $until = time + LIMIT_S;
    while ($self->{status} !~ $pattern) {
        my $left = $until - time;
        return undef if $left <= 0 || !_readable($left, $self->{status_out});
        sysread $self->{status_out}, $self->{status}, CHUNK, length $self->{status} or return undef;
    }
    return $self->{status};
}

sub begin {
    my ($self, %request) = @_;
    my $job = {n => $self->{fifos}++, said => '', output => '', output_bytes => 0, result => ''};
    for my $name (qw(output result)) {
        my $path = "$self->{dir}/$name$job->{n}";
        POSIX::mkfifo($path, 0600) or die "mkfifo: $!";
        sysopen $job->{"${name}_fifo"}, $path, O_RDWR | O_NONBLOCK or die "$path: $!";
        $request{$name} //= $path;
    }
    my $hold = delete $request{hold};
    my $raw = delete $request{raw};
    $job->{socket} = IO::Socket::UNIX->new(Peer => "$self->{dir}/socket") or die "connect: $!";
    local $SIG{PIPE} = 'IGNORE';    # who refuses may be gone before he is asked
    syswrite $job->{socket}, ($raw // JSON::PP->new->utf8->encode(\%request)) . "\n";
    $self->pump($job) while $job->{said} !~ /\n/ && !$job->{ended};
    ($job->{pid}) = $job->{said} =~ /^job (\d+)$/m;
    $self->tell($job, 'go') if $job->{pid} && !$hold;
    return $job;
}

sub tell { syswrite $_[1]{socket}, "$_[2]\n" }

# Reads what has come from any of the three.
sub pump {
    my ($self, $job) = @_;
    my @ready = _readable(LIMIT_S, grep { $_ } @$job{qw(socket output_fifo result_fifo)})
        or die "nothing came for " . LIMIT_S . " s; so far: $job->{said}";
    for my $handle (@ready) {
        my $got = sysread $handle, my $bytes, CHUNK;
        if ($handle == $job->{socket}) {
            $job->{ended} = 1 if !$got;
            $job->{said} .= $bytes // '';
        } elsif ($got) {
            _collect($job, $handle == $job->{output_fifo} ? 'output' : 'result', $bytes);
        }
    }
}

sub _collect {
    my ($job, $what, $bytes) = @_;
    $job->{output_bytes} += length $bytes if $what eq 'output';
    return if $what eq 'output' && length $job->{output} > KEEP;
    $job->{$what} .= $bytes;
}

sub finish {
    my ($self, $job) = @_;
    $self->pump($job) while !$job->{ended};
    # What the fifos still hold.
    for my $what (qw(output result)) {
        while (sysread $job->{"${what}_fifo"}, my $bytes, CHUNK) {
            _collect($job, $what, $bytes);
        }
    }
    my ($how)   = $job->{said} =~ /^(exited \d+|killed \d+|refused .*|later .*)$/m;
    my ($clean) = $job->{said} =~ /^clean (\d+)$/m;
    my $answer = length $job->{result} ? JSON::PP->new->utf8->decode($job->{result}) : undef;
    return {%$job, how => $how // 'gone', clean => $clean, answer => $answer};
}

sub run {
    my ($self, %request) = @_;
    return $self->finish($self->begin(%request));
}

sub stop {
    my ($self) = @_;
    kill 'TERM', $self->{pid};
    return $self->ended;
}

# Waits until it has ended; its wait status and what it wrote.
sub ended {
    my ($self) = @_;
    my $until = time + LIMIT_S;
    while (waitpid($self->{pid}, POSIX::WNOHANG()) == 0) {
        if (time > $until) {
            kill 'KILL', $self->{pid};
            $until += LIMIT_S;
        }
        sleep 0.01;
    }
    my $status = $?;
    delete $self->{pid};
    open my $in, '<', $self->{log_file} or return ($status, '');
    local $/;
    return ($status, scalar <$in>);
}

# A test that dies leaves no bridge behind.
sub DESTROY {
    my ($self) = @_;
    kill 'TERM', $self->{pid} if $self->{pid} && $self->{owner} == $$;
}

sub _readable {
    my ($wait, @handles) = @_;
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for @handles;
    return () if select($bits, undef, undef, $wait) <= 0;
    return grep { vec $bits, fileno $_, 1 } @handles;
}

1;
