package TaskServer::Job;

# Job.pm: one job's own process, from the fork to its last act.
#
#     TaskServer::Job::prepare(\%request)     surroundings; dies with a message
#     TaskServer::Job::perform(\%request)     the work and the answer; does not return
#
# The answer is one line of JSON, written to the file or fifo that the request names:
#     {"ok":true,"result":text or null,"data":text,"data_changed":true}
#     {"ok":false,"error":text,"data":text,"data_changed":false}
# data is the job's data as it is in memory after the run; data_changed says that it is neither what
# was loaded nor what is in the database.  Where the job was never loaded, data is null.
# No answer at all means that the job ended in its own way: by exit, exec or a signal.
# The file is opened only for the answer: nothing that the job does to descriptors or hands to its
# children can spoil it.

use strict;
use warnings;

use Config;
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK O_NOCTTY O_WRONLY);
use File::Temp ();
use POSIX ();
use Scalar::Util qw(blessed);

use TaskServer::Kivitendo qw(open_world roll_back close_world);
use TaskServer::Wire qw(text_of to_json);

sub prepare {
    my ($request) = @_;
    _default_signals();
    defined POSIX::setsid() or die "cannot start a session: $!\n";
    open STDIN, '<', '/dev/null' or die "cannot open /dev/null: $!\n";
    my $output = _open_for_writing($request->{output});
    open STDOUT, '>&', $output or die "cannot redirect standard output: $!\n";
    open STDERR, '>&', $output or die "cannot redirect standard error: $!\n";
    # As kivitendo's Locale has them when it is loaded.
    binmode $_, ':utf8' for *STDOUT, *STDERR;
    STDOUT->autoflush(1);
    umask oct $request->{umask} if defined $request->{umask};
    %ENV = (%ENV, %{$request->{env} || {}});
    return;
}

sub _default_signals {
    for my $name (grep { $_ ne 'ZERO' && !/^(?:KILL|STOP|NUM\d+|RT)/ } split ' ', $Config{sig_name}) {
        $SIG{$name} = 'DEFAULT';
    }
    delete @SIG{qw(__DIE__ __WARN__)};
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new);
    return;
}

# Never waits for a reader: without one there is nobody to tell.
sub _open_for_writing {
    my ($path) = @_;
    sysopen my $handle, $path, O_WRONLY | O_NONBLOCK | O_NOCTTY or die "cannot open $path: $!\n";
    my $flags = fcntl $handle, F_GETFL, 0 or die "cannot read the flags of $path: $!\n";
    fcntl $handle, F_SETFL, $flags & ~O_NONBLOCK or die "cannot set the flags of $path: $!\n";
    return $handle;
}

sub perform {
    my ($request) = @_;
    my $own_pid = $$;
    $0 = "kivitendo job $request->{package} ($request->{job_id})";
    $^T = time;
    srand;
    my (%loaded, %answer);
    my $fine = eval { $answer{result} = _run($request, \%loaded); 1 };
    my $error = _words($@);
    # A child that the job forked and that came out of run() like its parent has nothing to report.
    POSIX::_exit($fine ? 0 : 255) if $$ != $own_pid;
    alarm 0;
    delete @SIG{qw(__DIE__ __WARN__)};
    my $lost = roll_back();
    ($fine, $error) = (0, $lost) if $fine && defined $lost;
    # Data that cannot be written as YAML stays as it is stored.
    @answer{qw(data data_changed)} = eval { _data_of(\%loaded) };
    close_world();
    $answer{ok} = $fine ? JSON::PP::true() : JSON::PP::false();
    $answer{error} = $error if !$fine;
    delete $answer{result} if !$fine;
    _leave($request->{result}, \%answer);
}

# %$loaded gets the job and its data as soon as there are any.
sub _run {
    my ($request, $loaded) = @_;
    my $package = $request->{package};
    my $job = open_world(@$request{qw(client_id job_id)});
    if ($job->package_name ne $package) {
        die 'the job is now one of the package ' . $job->package_name . ", not $package\n";
    }
    %$loaded = (job => $job, data => $job->data);
    require "SL/BackgroundJob/$package.pm";
    return text_of(scalar "SL::BackgroundJob::$package"->new->run($job));
}

# What kivitendo would store: the exception as a string.  One that says no more than its address is
# asked for its message.
sub _words {
    my ($error) = @_;
    my $text = eval { text_of("$error") };
    if (blessed($error) && (!defined $text || $text =~ /^[\w:]+=[A-Z]+\(0x[0-9a-f]+\)\z/)) {
        my ($method) = grep { $error->can($_) } qw(message error as_string);
        my $said = $method && eval { text_of($error->$method) };
        $text = ref($error) . (defined $said ? ": $said" : '');
    }
    return defined $text && length $text ? $text : 'failed without a message';
}

sub _data_of {
    my ($loaded) = @_;
    my $job = $loaded->{job} or return (undef, JSON::PP::false());
    my ($memory, $before) = map { _data_text($_) } $job->data, $loaded->{data};
    my $changed = _differ($memory, $before) && _differ($memory, _stored_data($job));
    return ($memory, $changed ? JSON::PP::true() : JSON::PP::false());
}

sub _data_text {
    my ($data) = @_;
    return text_of(ref $data ? SL::YAML::Dump($data) : $data);
}

sub _differ {
    my ($one, $other) = @_;
    return defined $one && defined $other ? $one ne $other : defined $one || defined $other;
}

# If the database cannot be asked any more, the settlement will know.
sub _stored_data {
    my ($job) = @_;
    my ($data) = eval {
        $job->db->dbh->selectrow_array('SELECT data FROM background_jobs WHERE id = ?', undef, $job->id);
    };
    return text_of($data);
}

# Without global destruction, which takes longer than many a job, and without the END blocks of
# modules that were loaded in another process.
sub _leave {
    my ($path, $answer) = @_;
    eval { File::Temp::cleanup() };
    _flush_all();
    my $sent = eval { _write_all(_open_for_writing($path), to_json($answer) . "\n") };
    POSIX::_exit($sent ? 0 : 1);
}

# Perl flushes every handle before it tries to become another program; this one cannot be started.
sub _flush_all {
    no warnings 'exec';
    exec {'/dev/null'} '/dev/null';
    return;
}

sub _write_all {
    my ($handle, $bytes) = @_;
    while (length $bytes) {
        my $written = syswrite $handle, $bytes;
        next if !defined $written && $!{EINTR};
        return 0 if !defined $written;
        substr $bytes, 0, $written, '';
    }
    return 1;
}

1;
