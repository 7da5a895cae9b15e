#!/usr/bin/perl
# pages.t: our module for kivitendo's pages, over a stand-in for kivitendo's directory.
# Called by tests/functional/pages.test.sh, which puts it into <installation>/t; its arguments: our
# scripts/perl/pages, and a directory to work in.
# The script task_server is a stand-in of a few lines, which writes down how it was called.
use strict;
use warnings;
use Cwd ();
use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes ();

my ($pages, $work) = @ARGV;
my $installation = Cwd::abs_path("$FindBin::Bin/..");
my $state        = "$installation/users/task_server";
my $base         = "$state/" . (substr($installation, 1) =~ tr{/}{.}r) . '.config.kivitendo.conf.pid';
my $pid_file     = "$installation/users/pid/config.kivitendo.conf.pid";
my $calls        = "$work/calls";
our %lx_office_conf;

unshift @INC, $installation;
require "$pages/TaskServer.pm";
$SL::System::TaskServer::system_state_dir = "$work/no-such-directory";
$SL::System::TaskServer::prefix           = "$work/nowhere";
my $class = 'SL::System::TaskServer';
mkdir $_ for "$installation/users/pid", $state;

sub put {
    my ($file, $text, $age_s) = @_;
    open my $out, '>', $file or die "$file: $!";
    print {$out} $text;
    close $out or die "$file: $!";
    utime time - $age_s, time - $age_s, $file if $age_s;
}

sub content {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return scalar <$in>;
}

# What was seen is remembered for the second; wait for the next one.
sub next_second { Time::HiRes::sleep(1.01 - (Time::HiRes::time() - int Time::HiRes::time())) }

sub stamp {
    my ($age_s, $exit_code) = @_;
    my $us = (time - $age_s) * 1_000_000;
    put("$base.last-run", "started_us $us\nended_us $us\nsucceeded 1\nfailed 0\nexit_code " . ($exit_code // 0) . "\n");
}

# script EXIT-CODE, SHELL: what task_server does from now on.
sub script {
    my ($code, $shell) = @_;
    put("$work/task_server", "#!/bin/sh\necho \"\$*\" >>'$calls'\n$shell\nexit $code\n");
    chmod 0755, "$work/task_server" or die;
    $SL::System::TaskServer::wrapper = "$work/task_server";
}

# A process whose command line begins with this name.
sub process_called {
    my ($name) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $SIG{ALRM} = 'DEFAULT';
        exec {'/bin/sleep'} $name, 60 or POSIX::_exit(1);
    }
    Time::HiRes::sleep(0.01) until content("/proc/$pid/cmdline") =~ /\A\Q$name\E\0/;
    return $pid;
}

sub end_process {
    my ($pid) = @_;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return $? & 127;
}

# ---- interface ------------------------------------------------------------------------------------

can_ok($class, qw(new status is_running start start_if_not_running stop wake_up node_id last_command_output));
is_deeply([$class->OK, $class->ERR_PID_FILE, $class->ERR_PROCESS, $class->PID_BASE], [0, -1, -2, 'users/pid'],
    'the constants are those of kivitendo');
%lx_office_conf = (task_server => {node_id => 'node7'});
is(SL::System::TaskServer::node_id(), 'node7', 'node_id is the configured one, as a function');
is($class->node_id, 'node7', 'and as a method');
my $server = $class->new;

# ---- what is seen ---------------------------------------------------------------------------------

# name, .armed (text, age), .last-run (age), status, what the text says
my @rows = (
    ['nothing was ever armed', undef, 0, undef, -1, qr/\Anot armed\n\z/],
    ['armed just now', 'scheduler crontab', 0, undef, 0, qr/\Aarmed: crontab\nnext run: 20..-..-.. ..:..:00\n\z/],
    ['armed for long, and runs come', 'scheduler systemd', 9000, 30, 0, qr/\Aarmed: systemd\nnext run: .*\nlast run: /],
    ['armed for long, and no run ever', 'scheduler crontab', 9000, undef, -2, qr/no run has come/],
    ['armed, but runs have ceased', 'scheduler crontab', 9000, 400, -2, qr/no run has come.*\nlast run: /],
    ['disarmed, the last run is recent', 'scheduler none', 0, 10, -1, qr/\Anot armed\nlast run: /],
    ['an entry by hand', undef, 0, 30, 0, qr/by hand/],
    ['an entry by hand that is gone', undef, 0, 400, -1, qr/\Anot armed/],
    ['garbage', "\0\xff", 0, undef, -1, qr/\Anot armed/],
);
for my $row (@rows) {
    my ($name, $armed, $armed_age, $run_age, $status, $says) = @$row;
    unlink "$base.armed", "$base.last-run";
    put("$base.armed", "$armed\n", $armed_age) if defined $armed;
    stamp($run_age) if defined $run_age;
    next_second();
    is($server->status, $status, $name);
    is(!!$server->is_running, $status == 0, "$name: is_running agrees");
    like($class->new->last_command_output, $says, "$name: the text says so");
}
stamp(20, 75);
next_second();
like($class->new->last_command_output, qr/exit code 75/, 'a run that failed shows');

put("$base.armed", "scheduler crontab\n");
next_second();
$server->is_running;
unlink "$base.armed", "$base.last-run";
my $began = Time::HiRes::time();
$server->is_running for 1 .. 1000;
my $took = Time::HiRes::time() - $began;
cmp_ok($took, '<', 0.5, 'a thousand questions cost next to nothing');
ok(!-e $calls, 'and none of all this has started the script');

# ---- a run at work --------------------------------------------------------------------------------

put("$base.armed", "scheduler crontab\n", 9000);
my $pid = process_called('task-server');
put($pid_file, "$pid\n");
next_second();
is($server->status, 0, 'a long run at work: the schedule counts as firing');
like($class->new->last_command_output, qr/at work: pid $pid$/m, 'which the text tells');
is($server->wake_up, 1, 'wake_up reaches the run');
is(end_process($pid), 14, 'with SIGALRM');
ok(-f "$state/wake", 'and touches the file wake');

$pid = process_called('something-else');
put($pid_file, "$pid\n");
next_second();
is($server->wake_up, undef, 'a pid that belongs to others by now: nothing is reached');
Time::HiRes::sleep(0.1);
ok(kill(0, $pid), 'who is not sent anything');
is(end_process($pid), 9, 'indeed');

$pid = process_called('/opt/kivitendo/scripts/task_server.pl');
put($pid_file, "$pid\n");
next_second();
is($server->status, -2, 'the old server at work does not count as our schedule');
like($class->new->last_command_output, qr/old task_server\.pl is running \(pid $pid\)/, 'but is named');
end_process($pid);

put($pid_file, '');
put("$base.armed", "scheduler crontab\n");
next_second();
utime 1, 1, "$state/wake";
is($server->wake_up, 1, 'wake_up with no run at work succeeds while armed');
cmp_ok((stat "$state/wake")[9], '>', 1000, 'because the file wake is touched');
is((stat _)[7], 0, 'and stays empty');
unlink "$state/wake";
symlink "$work/victim", "$state/wake" or die;
$server->wake_up;
ok(!-e "$work/victim", 'a link called wake is not followed');
unlink "$state/wake";

# ---- the buttons ----------------------------------------------------------------------------------

unlink "$base.armed", "$base.last-run";
is($server->start, undef, 'start fails where the script is not installed');
like($server->last_command_output, qr/not installed/, 'and says so');

$SL::System::TaskServer::retry_s = 0;    # a start that failed is remembered
script(0, "echo 'armed: the crontab'; echo 'scheduler crontab' >'$base.armed'");
is($server->start, 1, 'start calls the script');
is(content($calls), "-C $installation start\n", 'with the installation');
like($server->last_command_output, qr/\Aarmed: the crontab\n.*^next run: /ms, 'its words, then the next run');
ok($server->is_running, 'and at once the answer is yes');
$server->start_if_not_running;
is(content($calls), "-C $installation start\n", 'start_if_not_running does not start again');

unlink $calls;
stamp(5);
script(0, "echo 'disarmed'; rm '$base.armed'");
is($server->stop, 1, 'stop calls the script');
is(content($calls), "-C $installation stop --no-wait\n", 'without waiting for a run');
like($server->last_command_output, qr/\Adisarmed\nnot armed\n/, 'its words are shown');
ok(!$server->is_running, 'and at once the answer is no, although the last run is recent');

unlink $calls;
script(4, "echo 'task_server: neither root nor www-data: cannot arm' >&2");
$SL::System::TaskServer::retry_s = 10;
is($server->start, undef, 'start where the user may not');
like($server->last_command_output, qr/neither root.*may not do this.*As root:\n.*task_server -C \Q$installation\E start\n/s,
    'tells what to type instead');
$server->start for 1 .. 100;
is(content($calls), "-C $installation start\n", 'a hundred more starts at once do not start the script again');

{
    my $source = content("$pages/TaskServer.pm");
    my %german = map { $_ => 1 } $source =~ m{^  (["'].*["'])\n    => '}mg;
    is_deeply([grep { !$german{$_} } $source =~ m{_text\(('[^']*'|"[^"]*")}g], [], 'every text is there in German');
}

# ---- languages ------------------------------------------------------------------------------------

{
    local %::myconfig = (countrycode => 'de_DE');
    $SL::System::TaskServer::retry_s = 0;
    script(0, "echo \$LC_ALL \$LANGUAGE; echo 'scheduler crontab' >'$base.armed'");
    $server->start;
    like($server->last_command_output, qr/\AC\.UTF-8 de\neingerichtet: crontab\nn\x{e4}chster Lauf: /, 'German for a German user');
    %::myconfig = (countrycode => 'en');
    $server->start;
    like($server->last_command_output, qr/\AC\narmed: crontab\nnext run: /, 'English for an English one');
    %::myconfig = ();
    local $lx_office_conf{system} = {language => 'de'};
    like($class->new->last_command_output, qr/\Aeingerichtet: /, "without a user the installation's language");
}

script(0, "sleep 30 & echo 'a first run begins'");
$began = Time::HiRes::time();
$server->stop;
cmp_ok(Time::HiRes::time() - $began, '<', 5, 'a run that the script leaves behind does not hold the page up');
{
    local $SIG{CHLD} = 'IGNORE';
    script(3, '');
    is($server->stop, undef, 'an exit code is seen in processes that ignore SIGCHLD');
    like($server->last_command_output, qr/exit code 3/, 'and told');
}
script(0, "readlink /proc/self/fd/0; echo \$HTTP_COOKIE");
local $ENV{HTTP_COOKIE} = 'secret';
$server->stop;
like($server->last_command_output, qr{\A/dev/null\n\n}, "the script gets neither the request's environment nor the web server's socket");

# ---- where the state lies -------------------------------------------------------------------------

mkdir "$work/state" or die;
$lx_office_conf{task_server}{state_dir} = "$work/state";
put("$work/state/" . ($base =~ s{.*/}{}r) . '.armed', "scheduler systemd\n");
next_second();
like($class->new->last_command_output, qr/\Aarmed: systemd/, 'a configured state_dir is obeyed');
delete $lx_office_conf{task_server}{state_dir};
rename "$work/state", "$work/system" or die;
$SL::System::TaskServer::system_state_dir = "$work/system";
next_second();
like($class->new->last_command_output, qr/\Aarmed: systemd/, "the system's directory is used where it is ours");
chmod 0777, "$work/system";
next_second();
unlike($class->new->last_command_output, qr/\Aarmed: systemd/, 'and not where everybody may write');

done_testing();
