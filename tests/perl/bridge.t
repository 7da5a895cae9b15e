#!/usr/bin/perl
# bridge.t: the bridge over the stand-in for kivitendo, one sentence per behaviour.
# Called by tests/functional/bridge.test.sh, which says where things are:
# BRIDGE, INSTALLATION, WORK (ours), DB_HOST, DB_PORT, DB_USER, AUTH_DB, CLIENT_DB.
use strict;
use warnings;
use utf8;
use Cwd ();
use File::Basename ();
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(time sleep);

BEGIN { unshift @INC, File::Basename::dirname(Cwd::abs_path(__FILE__)) . '/lib' }
use Lane;

binmode $_, ':utf8'
    for Test::More->builder->output, Test::More->builder->failure_output, *STDOUT, *STDERR;
my ($installation, $work) = @ENV{qw(INSTALLATION WORK)};
my $config  = "$installation/config/kivitendo.conf";
my $bridges = 0;
require DBI;
my ($client_db, $auth_db) = map {
    DBI->connect("dbi:Pg:dbname=$_;host=$ENV{DB_HOST};port=$ENV{DB_PORT}", $ENV{DB_USER}, '',
        {RaiseError => 1, pg_enable_utf8 => 1})
} @ENV{qw(CLIENT_DB AUTH_DB)};
my ($client_id) = $auth_db->selectrow_array("SELECT id FROM auth.clients WHERE name = 'acme'");
my $lane;

ways_to_end();
words();
surroundings();
data_of_jobs();
transactions();
sessions();
left_behind();
requests();
lanes();
classes();
parents();
retirement();
failing_to_load();
nothing_left();
done_testing();

# ---- helpers -------------------------------------------------------------------------------------

sub new_bridge {
    return Lane->start(bridge => $ENV{BRIDGE}, installation => $installation, config => $config,
        dir => "$work/bridge" . ++$bridges, @_);
}

sub fresh {
    $lane->stop if $lane && $lane->{pid};
    $lane = new_bridge();
    $lane->wait_for(qr/^ready/) or BAIL_OUT('the bridge does not load: ' . ($lane->ended)[1]);
    return $lane;
}

sub request {
    my ($package, $data, @more) = @_;
    my ($id) = $client_db->selectrow_array(
        "INSERT INTO background_jobs (type, package_name, data, active, cron_spec)
        VALUES ('interval', ?, ?, true, '0 3 * * *') RETURNING id", undef, $package, $data);
    return (client_id => $client_id, job_id => $id, package => $package, umask => '022', @more);
}

sub run_job { return ($lane // fresh())->run(request(@_)) }

# The answer in one word and a text.
sub verdict {
    my ($end) = @_;
    my $answer = $end->{answer} or return "$end->{how}, no answer";
    return $answer->{ok} ? 'ok ' . ($answer->{result} // 'null') : "error $answer->{error}";
}

sub runs {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/stat" or return 0;
    return <$in> !~ /^.*\) [ZX]/;
}

sub wait_until {
    my ($test) = @_;
    my $until = time + 20;
    sleep 0.02 while !$test->() && time < $until;
    return $test->();
}

sub write_file {
    my ($path, $text) = @_;
    open my $out, '>', $path or die "$path: $!";
    print $out $text;
    close $out;
}

sub slurp {
    open my $in, '<', $_[0] or return undef;
    local $/;
    return scalar <$in>;
}

# ---- the tests -----------------------------------------------------------------------------------

sub ways_to_end {
    my $end = run_job('Nothing');
    is verdict($end), 'ok null', 'a job that returns nothing succeeds with a null result';
    is $end->{how}, 'exited 0', 'and its process ends with 0';
    like $end->{said}, qr/\Ajob \d+\nexited 0\nclean 0\n\z/, 'and nothing else is said';
    $end = run_job('Exits');
    is "$end->{how} " . verdict($end), 'exited 7 exited 7, no answer', 'exit is told as it is';
    is run_job('Killed')->{how}, 'killed 9', 'and so is a signal';
    $end = run_job('Execs');
    is $end->{how}, 'exited 3', 'of a job that becomes another program the exit status is told';
    is $end->{output}, "now a shell\n", 'and its output is the job\'s';
    is verdict(run_job('ClosesAll')), 'ok closed', 'a job that closes all descriptors is heard';
    is verdict(run_job('ForksOut')), 'ok parent, child ended with 0',
        'only the job itself answers, not a child that comes out of run() too';
    is verdict(run_job('Sabotages')), "ok still fine", 'a job may leave Perl in a mess';
}

sub words {
    is verdict(run_job('Dies')), "error Oh grausame Welt: ä\n", 'UTF-8 bytes in an exception are read as such';
    is verdict(run_job('DiesLatin1')), "error Konto für 5 § fehlt\n", 'Latin-1 bytes too';
    is verdict(run_job('DiesObject')), 'error Standin::Exception: no such account',
        'an exception that is an object gives its message';
    is verdict(run_job('DiesSilently')), 'error failed without a message', 'one without words too';
    is verdict(run_job('Malformed')), "ok a\xffb", 'bytes that only claim to be UTF-8 are Latin-1, too';
    is verdict(run_job('DiesMalformed')), "error c\xc3\n", 'in an exception as well';
    is verdict(run_job('DataMalformed')), 'ok done', 'and so are they in data';
    my $end = run_job('Speaks');
    is verdict($end), "ok Grüße\t\"€\" \\ 😀\x{fffd}", 'a result may hold any character; NUL is replaced';
    is verdict(run_job('Controls')), "ok \x{96} \x{1} \x{7f} \x{feff} \x{ffff} \x{10fffd}", 'odd characters arrive';
    my $line = run_job('Controls')->{result};
    utf8::decode($line);
    unlike $line, qr/[\x00-\x09\x0b-\x1f\x7f-\x9f\x{feff}\x{ffff}]/, 'in a line that YAML allows';
    utf8::decode($end->{output});
    is $end->{output}, "Grüße: €\n", 'what a job prints is UTF-8';
    is length run_job('LongText')->{answer}{result}, 5_000_000, 'a result of 5 MB arrives whole';
    $end = run_job('PrintsALot');
    is $end->{output_bytes}, 104_850_000, 'a job can print 100 MB';
    is verdict($end), 'ok printed', 'and still answer';
}

sub surroundings {
    my ($end) = map { $lane->run(request('LooksAround', undef, env => {WORD => 'grün', PATH => '/x'},
        umask => $_)) } '027';
    is verdict($end) =~ s{ .*}{}sr, "ok", "a job can look around" or diag explain $end;
    my $seen = JSON::PP->new->decode($end->{answer}{result});
    my %expected = (umask => '027', cwd => $installation, path => '/x', stdin => '/dev/null',
        session => 'own', group => 'own', ignored => '0' x 16, mask => '0' x 16, login => 'martin',
        locale => 'de', node => 'acme', handler => 'CODE', layout => 'SL::Layout::None',
        first => "$installation/modules/override", last => $installation,
        ref => 'SL::InstanceConfiguration', package => 'LooksAround');
    is $seen->{$_}, $expected{$_}, "a job finds its $_" for sort keys %expected;
    my @above = grep { $_ > 2 && $_ < 100 } split ' ', $seen->{open};
    cmp_ok scalar @above, '<=', 4, "no descriptors of the bridge are left open (@above)";
    my $other = JSON::PP->new->decode(run_job('LooksAround')->{answer}{result});
    isnt $other->{random}, $seen->{random}, 'two jobs draw different random numbers';
    is $other->{word}, undef, 'and one job\'s environment is not the next one\'s';
    run_job('Buffers', "$work/buffered");
    is slurp("$work/buffered"), 'all of it', 'a handle that a job leaves open is flushed';
}

sub data_of_jobs {
    my $answer = run_job('ChangesData', "count: 1\n")->{answer};
    is $answer->{data}, "count: 2\n", 'the answer carries the data as it is after the run';
    ok $answer->{data_changed}, 'and says that it was changed in memory only';
    $answer = run_job('SavesRow', "count: 1\n")->{answer};
    is $answer->{data}, "count: 3\n", 'the same for a job that saves its row';
    ok !$answer->{data_changed}, 'whose data needs no saving any more';
    $answer = run_job('Nothing', "count: 1\n")->{answer};
    ok !$answer->{data_changed}, 'data that was left alone is not changed';
    $answer = run_job('Dies', 'x: ü')->{answer};
    is $answer->{data}, 'x: ü', 'a job that fails tells its data as well';
}

sub transactions {
    $client_db->do("INSERT INTO employee (login, name) VALUES ('a', 'before')");
    like verdict(run_job('LeavesTransaction')), qr/^error a transaction with changes was left open/,
        'a job that leaves its changes in an open transaction has failed';
    is $client_db->selectrow_array("SELECT string_agg(name, ' ') FROM employee"), 'before',
        'and they are rolled back';
    is verdict(run_job('LooksInTransaction')), 'ok 42', 'one that only reads there is fine';
    like verdict(run_job('FailsInTransaction')), qr/^error a transaction that had failed/,
        'one that overlooks a failed transaction is not';
    ok wait_until(sub { $client_db->selectrow_array("SELECT count(*) = 0 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()") }),
        'no connection is left open';
}

sub sessions {
    like verdict(run_job('StoresSession')), qr/^ok standin/, 'a job may store a session';
    is $auth_db->selectrow_array('SELECT count(*) FROM auth.session'), 0,
        'but no session is left in the database by anything so far';
}

sub left_behind {
    my $end = run_job('Daemonises');
    my $daemon = $end->{answer}{result};
    is $end->{clean}, 1, 'a daemon that a job forked is counted';
    ok !runs($daemon), 'and ended';
    $end = run_job('Daemonises', 'stubborn');
    ok !runs($end->{answer}{result}), 'even one that does not want to';
}

sub requests {
    my %fine = request('Nothing');
    my @cases = (
        ['a request that is not JSON', {raw => 'hello'}, qr/^refused /],
        ['a list', {raw => '[1]'}, qr/not an object/],
        ['a package that is a path', {%fine, package => '../Nothing'}, qr/'\.\.\/Nothing' is not the name/],
        ['a package with code', {%fine, package => "Nothing;exit"}, qr/is not the name/],
        ['a package with a line feed', {%fine, package => "Nothing\n"}, qr/is not the name/],
        ['the package Base', {%fine, package => 'Base'}, qr/no job class SL::BackgroundJob::Base/],
        ['a class that is not there', {%fine, package => 'Missing'}, qr/no job class SL::BackgroundJob::Missing in/],
        ['a job id that is no number', {%fine, job_id => '1; x'}, qr/job_id is not a number/],
        ['a relative path', {%fine, output => 'x'}, qr/output is not an absolute path/],
        ['an output that cannot be opened', {%fine, output => '/no/such'}, qr/cannot open \/no\/such/],
        ['an umask that is none', {%fine, umask => '9'}, qr/not octal/],
    );
    for my $case (@cases) {
        my $end = $lane->run(%{$case->[1]});
        like $end->{how}, $case->[2], "$case->[0] is refused";
        ok !$end->{pid}, 'and nothing is started';
    }
    is verdict($lane->run(%fine, job_id => 999_999)), "error the job 999999 is gone from the database\n",
        'a job that is gone fails';
    is verdict($lane->run(%fine, package => 'Dies')),
        "error the job is now one of the package Nothing, not Dies\n", 'so does one that became another';
    is verdict($lane->run(%fine, client_id => 999)), "error there is no client with the id 999\n",
        'and one of a client that is gone';
    no_room(%fine);
}

sub no_room {
    my (%fine) = @_;
  SKIP: {
        skip 'root has no limit of processes', 2 if !$<;
        my $all = `prlimit --pid=$lane->{pid} --nproc --output=HARD --noheadings --raw`;
        chomp $all;
        system 'prlimit', "--pid=$lane->{pid}", '--nproc=1:';
        like $lane->run(%fine)->{how}, qr/^later cannot fork: /, 'without room for another process it is put off';
        system 'prlimit', "--pid=$lane->{pid}", "--nproc=$all:";
        is verdict($lane->run(%fine)), 'ok null', 'and later there is some';
    }
}

sub lanes {
    my $slow  = $lane->begin(request('Sleeps', 2));
    my $began = time;
    is verdict(run_job('Nothing')), 'ok null', 'a second job runs while the first one sleeps';
    cmp_ok time - $began, '<', 1.9, 'without waiting for it';
    is verdict($lane->finish($slow)), 'ok slept', 'which goes on';

    my $held = $lane->begin(request('Buffers', "$work/held"), hold => 1);
    ok runs($held->{pid}), 'before "go" the job waits';
    sleep 0.2;
    close delete $held->{socket};
    ok wait_until(sub { !runs($held->{pid}) }), 'and ends when the lane goes away';
    ok !-e "$work/held", 'without having done anything';

    for my $case (['Sleeps', 'a job'], ['Stubborn', 'a stubborn job']) {
        my $job = $lane->begin(request($case->[0]));
        sleep 0.5;
        close delete $job->{socket};
        ok wait_until(sub { !runs($job->{pid}) }), "$case->[1] ends with its lane";
    }

    my $job = $lane->begin(request('Sleeps'), hold => 1);
    $lane->tell($job, "go\nterm");
    is $lane->finish($job)->{how}, 'killed 15', 'a lane can have its job sent TERM';
    $job = $lane->begin(request('Stubborn'));
    $lane->pump($job) while $job->{output} !~ /asleep/;
    $lane->tell($job, 'term');
    $lane->tell($job, 'kill');
    is $lane->finish($job)->{how}, 'killed 9', 'and KILL';
}

sub classes {
    like verdict(run_job('Broken')), qr/^error Global symbol "\$no_such_variable" requires/,
        'a class with a syntax error fails with Perl\'s message';
    like verdict(run_job('Lacks')), qr/^error Can't locate Standin\/Not\/Installed\.pm in \@INC/,
        'so does one that lacks a module';
    is verdict(run_job('Overridden')), 'ok from the override', 'a class in modules/override is found';
}

sub parents {
    my $job = $lane->begin(request('Sleeps', 1));
    my ($keeper) = (slurp("/proc/$job->{pid}/stat") =~ /\) \S (\d+)/);
    kill 'KILL', $keeper;
    ok wait_until(sub { !runs($job->{pid}) }), 'when a keeper is killed its job ends';
    is $lane->finish($job)->{how}, 'gone', 'and the lane hears no verdict';
    is verdict(run_job('Nothing')), 'ok null', 'the bridge goes on';

    $job = $lane->begin(request('Sleeps', 2));
    kill 'TERM', $lane->{pid};
    is verdict($lane->finish($job)), 'ok slept', 'a bridge that is told to stop lets its jobs end';
    is(($lane->ended)[0], 0, 'and ends with 0');

    fresh();
    $job = $lane->begin(request('Sleeps', 1));
    kill 'KILL', $lane->{pid};
    is verdict($lane->finish($job)), 'ok slept', 'jobs survive the end of the bridge';
    $lane->ended;
    undef $lane;
}

sub retirement {
    fresh();
    my $class = "$installation/SL/BackgroundJob/Nothing.pm";
    my $text = slurp($class);
    run_job('Nothing');
    my $old = $lane->begin(request('Sleeps', 1));
    write_file($class, $text =~ s/undef/'new code'/r);
    # A bridge that does not take the connection leaves it to the next one.
    my %request = request('Nothing');
    my $waiting = fork // die "fork: $!";
    if (!$waiting) {
        $_->{InactiveDestroy} = 1 for $client_db, $auth_db;
        write_file("$work/waited", verdict($lane->run(%request)));
        POSIX::_exit(0);
    }
    like $lane->wait_for(qr/retire.*\n/), qr/^retire \Q$class\E has changed$/m,
        'changed code retires the bridge';
    is verdict($lane->finish($old)), 'ok slept', 'after its jobs have ended';
    is(($lane->ended)[0], 0, 'and it ends with 0');
    $lane->again;
    waitpid $waiting, 0;
    is slurp("$work/waited"), 'ok new code', 'who waits is served by the next one';
    retires('a new override', sub {
        write_file("$installation/modules/override/SL/BackgroundJob/Nothing.pm", $text) });
    retires('a removed override', sub {
        unlink "$installation/modules/override/SL/BackgroundJob/Nothing.pm" });
    retires('a repaired class', sub {
        write_file("$installation/SL/BackgroundJob/Broken.pm", $text =~ s/Nothing/Broken/r) });
    retires('another configuration', sub { write_file($config, slurp($config) . "\n# changed\n") });
    retires('a memory limit', sub {
        write_file($config, slurp($config) . "\n[system]\nmemory_limit_rss = 1MB\n");
        fresh();
        is verdict(run_job('Nothing')), 'ok new code', 'a bridge beyond its limit serves one job';
    }, 'memory_limit_rss is 1048576 bytes');
    write_file($config, slurp($config) =~ s/\[system\].*//sr);
}

sub retires {
    my ($what, $change, $words) = @_;
    fresh();
    sleep 0.02;
    $change->();
    my $lost = IO::Socket::UNIX->new(Peer => "$lane->{dir}/socket");
    like $lane->wait_for(qr/retire.*\n/) // '', $words ? qr/retire .*\Q$words\E/ : qr/retire /,
        "$what retires the bridge";
    is(($lane->ended)[0], 0, 'which ends with 0');
    undef $lane;
}

sub failing_to_load {
    my $form = "$installation/SL/Form.pm";
    rename $form, "$form.away";
    my $broken = new_bridge();
    is $broken->wait_for(qr/^ready/), undef, 'without kivitendo\'s modules there is no bridge';
    my ($status, $log) = $broken->ended;
    isnt $status, 0, 'which ends with another status than 0';
    like $log, qr{Can't locate SL/Form\.pm in \@INC}, 'and Perl\'s own words';
    rename "$form.away", $form;
    my $nowhere = Lane->start(bridge => $ENV{BRIDGE}, installation => '/no/such/directory',
        config => $config, dir => "$work/nowhere");
    is $nowhere->wait_for(qr/^ready/), undef, 'nor without a directory';
    like +($nowhere->ended)[1], qr{/no/such/directory: there is no such directory}, 'as it says';
}

sub nothing_left {
    $lane->stop if $lane;
    ok wait_until(sub { !our_processes() }), 'at the end no process is left';
    is waitpid(-1, POSIX::WNOHANG()), -1, 'and no zombie';
}

# Those that work below our directory: bridges, keepers, jobs and what jobs forked.
sub our_processes {
    return grep { $_ != $$ && runs($_) && (readlink("/proc/$_/cwd") // '') =~ /^\Q$installation\E/ }
        map { m{(\d+)} } glob '/proc/[0-9]*';
}
