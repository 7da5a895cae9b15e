package SL::System::TaskServer;

# Belongs to task-server, the program that runs kivitendo's background jobs: put here by page-module, which
# overwrites and removes it, also when it was changed.
#
# What kivitendo's pages use to look at, start, stop and wake its task server.  Installed as
# modules/override/SL/System/TaskServer.pm it takes the place of kivitendo's own module, whose names it
# keeps, and speaks of our schedule instead of a daemon:
#
#   my $server = SL::System::TaskServer->new;
#   $server->is_running             is the schedule armed, and does it fire?
#   $server->start; $server->stop   arm and disarm it, through the script task_server
#   $server->last_command_output    what that said; before, how things are and when the next run comes
#   $server->wake_up                a run now, or another pass of the one at work
#
# is_running starts no process and reads three small files at most once a second, because the page of
# the CSV import asks twice a second, and calls start as often as the answer is no.
# What it reads: <state>/<name>.armed, written by the script task_server: "scheduler NAME", NAME being
# none after a stop; <state>/<name>.last-run, written by each run; and the pid file.
# Not here: kivitendo's old server.  It is never started, stopped, or called running.

use strict;
use utf8;
use warnings;

use Cwd ();
use Fcntl qw(O_CREAT O_NOFOLLOW O_NONBLOCK O_WRONLY);
use File::Spec ();
use File::Temp ();
use POSIX ();
use Sys::Hostname ();
use Time::HiRes ();

use SL::System::Process;

use constant {
  OK           =>  0,    # armed, and it fires
  ERR_PID_FILE => -1,    # not armed
  ERR_PROCESS  => -2,    # armed, but nothing fires it
};

use constant PID_BASE => 'users/pid';

use constant {
  SILENCE_S  => 150,     # two minutes without a run, and some patience
  PATIENCE_S => 20,      # a page can wait so long for the script
};

our $prefix = '/usr/local';    # make install writes its own here
our $wrapper;                  # the script task_server, where it is not below the prefix
our $retry_s          = 10;     # after a start that failed
our $system_state_dir = '/var/lib/task-server';

my ($node_id, $seen, $failed_start);

# Texts are in the user's language.  Not through gettext: it asks the locale, which is all of kivitendo's.
my %german = (
  'armed: %s'
    => 'eingerichtet: %s',
  'armed, by an entry that somebody wrote by hand'
    => 'eingerichtet, durch einen Eintrag, den jemand von Hand geschrieben hat',
  'next run: %s'
    => 'nächster Lauf: %s',
  'armed: %s, but no run has come for more than two minutes'
    => 'eingerichtet: %s, aber seit mehr als zwei Minuten ist kein Lauf gekommen',
  'not armed'
    => 'nicht eingerichtet',
  'last run: %s'
    => 'letzter Lauf: %s',
  'last run: %s (exit code %s)'
    => 'letzter Lauf: %s (Exit-Code %s)',
  'a run is at work: pid %s'
    => 'ein Lauf arbeitet gerade: PID %s',
  "kivitendo's old task_server.pl is running (pid %s) and keeps ours from running"
    => 'der alte task_server.pl von kivitendo läuft (PID %s) und hindert unseren am Laufen',
  'but the state directory %s belongs to another user, so this is a guess'
    => 'aber das Zustandsverzeichnis %s gehört einem anderen Benutzer, daher ist das eine Vermutung',
  'The script task_server is not installed below %s: nothing was changed.'
    => 'Das Skript task_server ist unter %s nicht installiert: Es wurde nichts geändert.',
  'No answer within %s seconds; the script was ended.'
    => 'Keine Antwort innerhalb von %s Sekunden; das Skript wurde beendet.',
  "The web server's user, %s, may not do this.  As root:"
    => 'Der Benutzer des Webservers, %s, darf das nicht.  Als root:',
  'The script ended with exit code %s.'
    => 'Das Skript endete mit Exit-Code %s.',
  'cannot start %s: %s'
    => 'kann %s nicht starten: %s',
);

sub new {
  my ($class, %params) = @_;

  return bless { %params }, $class;
}

sub last_command_output {
  my ($self, @output) = @_;

  $self->{last_command_output} = $output[0] if @output;

  return $self->{last_command_output} // _describe(_look());
}

sub status {
  return _look()->{status};
}

sub is_running {
  my ($self) = @_;

  return $self->status == OK;
}

sub start {
  my ($self) = @_;

  # The page of the CSV import would start the script twice a second.
  if ($failed_start && abs(time - $failed_start->{at}) < $retry_s) {
    $self->last_command_output($failed_start->{output});
    return undef;
  }

  my $done      = $self->_command('start');
  $failed_start = $done ? undef : { at => time, output => $self->last_command_output };

  return $done;
}

sub start_if_not_running {
  my ($self) = @_;

  return $self->is_running || $self->start;
}

sub stop {
  my ($self) = @_;

  return $self->_command('stop', '--no-wait');
}

sub wake_up {
  my $touched = _touch(_state_dir() . '/wake');
  my $work    = _at_work();
  my $sent    = $work && kill('ALRM', $work->{pid});

  return $sent || ($touched && _look()->{status} == OK) ? 1 : undef;
}

sub node_id {
  $node_id ||= (($::lx_office_conf{task_server} // {})->{node_id} || Sys::Hostname::hostname());

  return $node_id;
}

#
# how things are
#

sub _look {
  my $now = time;

  $seen = _look_now($now) if !$seen || $seen->{second} != $now;

  return $seen;
}

sub _look_now {
  my ($now)   = @_;
  my $base    = _state_base();
  my $armed   = _first_lines("$base.armed");
  my $stamp   = _first_lines("$base.last-run");
  my $last_s  = int(($stamp->{ended_us} // 0) / 1_000_000);
  my $since_s = $armed ? (stat "$base.armed")[9] // 0 : 0;
  my $by      = !$armed ? undef : ($armed->{scheduler} // 'none');
  my $work    = _at_work();
  my $fires   = _is_recent($last_s, $now) || _is_recent($since_s, $now) || ($work && $work->{kind} eq 'ours');

  # Where the script was never used, somebody may have written an entry for cron by hand.
  my $status  = defined $by && $by eq 'none'      ? ERR_PID_FILE
              : $fires && ($armed || $last_s)     ? OK
              : defined $by                       ? ERR_PROCESS
              :                                     ERR_PID_FILE;

  return {
    second => $now,    status    => $status, by   => $by,
    last_s => $last_s, exit_code => $stamp->{exit_code}, work => $work,
  };
}

sub _is_recent {
  my ($time_s, $now) = @_;

  return $time_s && abs($now - $time_s) < SILENCE_S;
}

sub _describe {
  my ($look) = @_;
  my @lines;

  if ($look->{status} == OK) {
    push @lines, defined $look->{by} ? _text('armed: %s', $look->{by}) : _text('armed, by an entry that somebody wrote by hand');
    push @lines, _text('next run: %s', _show((int($look->{second} / 60) + 1) * 60));
  } elsif ($look->{status} == ERR_PROCESS) {
    push @lines, _text('armed: %s, but no run has come for more than two minutes', $look->{by});
  } else {
    push @lines, _text('not armed');
  }

  if ($look->{last_s}) {
    my $last = _show($look->{last_s});
    push @lines, $look->{exit_code} ? _text('last run: %s (exit code %s)', $last, $look->{exit_code}) : _text('last run: %s', $last);
  }

  my $work = $look->{work} // { kind => '' };
  push @lines, _text('a run is at work: pid %s', $work->{pid}) if $work->{kind} eq 'ours';
  push @lines, _text("kivitendo's old task_server.pl is running (pid %s) and keeps ours from running", $work->{pid})
    if $work->{kind} eq 'old';
  push @lines, _text('but the state directory %s belongs to another user, so this is a guess', _state_dir())
    if -d _state_dir() && !-x _;

  return join '', map { "$_\n" } @lines;
}

sub _speaks_german {
  my $language = $::myconfig{countrycode} || ($::lx_office_conf{system} // {})->{language} || '';

  return $language =~ m{\Ade}i;
}

sub _text {
  my ($format, @values) = @_;

  return sprintf _speaks_german() ? $german{$format} // $format : $format, @values;
}

sub _show {
  return POSIX::strftime('%Y-%m-%d %H:%M:%S', localtime $_[0]);
}

# The process in the pid file and what it is, if it is one of the two programs that write there: after
# a crash the number may belong to anybody, and SIGALRM ends whoever doesn't expect it.
sub _at_work {
  my ($pid)  = _slurp(_installation() . '/' . PID_BASE() . '/' . _pid_name()) =~ m{\A\s*([1-9]\d*)\s*\z} or return;
  my $words  = _slurp("/proc/$pid/cmdline");
  my $kind   = $words =~ m{\A(?:[^\0]*/)?task-server\0}              ? 'ours'
             : $words =~ m{task_server\.pl|\Akivitendo-background-jobs} ? 'old'
             :                                                         undef;

  return $kind ? { pid => $pid * 1, kind => $kind } : undef;
}

#
# files
#

sub _installation {
  my $dir = SL::System::Process->exe_dir;

  return Cwd::abs_path($dir) // $dir;
}

# Named after the configuration that the pages use, as both servers do.
sub _pid_name {
  my $installation = _installation();
  my ($file)       = grep { -f } map { "$installation/config/$_" } qw(kivitendo.conf lx_office.conf kivitendo.conf.default);
  my $name         = File::Spec->abs2rel(Cwd::abs_path($file // "$installation/config/kivitendo.conf"), $installation);

  return ($name =~ tr{/}{.}r) . '.pid';
}

sub _state_base {
  my $name = substr(_installation(), 1) . '.' . _pid_name();

  return _state_dir() . '/' . ($name =~ tr{/}{.}r);
}

# As the program chooses it: task-server(1), "FILES".
sub _state_dir {
  my $configured = ($::lx_office_conf{task_server} // {})->{state_dir};

  return File::Spec->rel2abs($configured, _installation())             if defined $configured && $configured ne '';
  return $system_state_dir                                            if _is_our_dir($system_state_dir);
  return _installation() . '/users/task_server';
}

sub _is_our_dir {
  my ($dir)      = @_;
  my ($mode, $uid) = (stat $dir)[2, 4];

  return 0 if !-d _ || ($uid != $> && $uid != 0) || $mode & 002 || ($uid == $> && $mode & 020);
  return -r $dir && -w _ && -x _;
}

# "key value" lines, or undef where there is no such file.
sub _first_lines {
  my ($file) = @_;

  return -f $file ? { map { m{\A(\S+) (.*)\z} ? ($1, $2) : () } split m{\n}, _slurp($file) } : undef;
}

sub _slurp {
  my ($file) = @_;

  open my $in, '<', $file or return '';
  read $in, my $text, 4096;
  close $in;

  return $text // '';
}

# Touched: systemd's .path unit starts a run then.
sub _touch {
  my ($file) = @_;

  sysopen my $out, $file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600 or return 0;
  my $done = utime undef, undef, $out;

  return close($out) && $done;
}

# Without a file that says so the last run would count for two minutes more.
sub _note_disarmed {
  my $file = _state_base() . '.armed';

  return if -e $file || !sysopen my $out, $file, O_WRONLY | O_CREAT | O_NOFOLLOW, 0644;
  print {$out} "scheduler none\n";
  close $out;
}

#
# the script
#

sub _wrapper {
  return (grep { -x && -f _ } $wrapper // (), map { "$_/task_server" } "$prefix/sbin", "$prefix/bin")[0];
}

sub _command {
  my ($self, @command) = @_;
  my $script           = _wrapper();

  undef $seen;

  if (!$script) {
    $self->last_command_output(_text('The script task_server is not installed below %s: nothing was changed.', $prefix) . "\n");
    return undef;
  }

  my ($code, $output) = _run($script, '-C', _installation(), @command);
  _note_disarmed() if $code == 0 && $command[0] eq 'stop';
  undef $seen;
  $output .= _explain($script, $code, @command);
  $output .= _describe(_look()) if $code == 0;
  $self->last_command_output($output);

  return $code == 0 ? 1 : undef;
}

sub _explain {
  my ($script, $code, @command) = @_;
  my $user = getpwuid($>) // $>;

  return ''                                                                                if $code == 0;
  return _text('No answer within %s seconds; the script was ended.', PATIENCE_S) . "\n"     if $code == -1;
  return _text("The web server's user, %s, may not do this.  As root:", $user)
    . "\n    $script -C ${\ _installation()} $command[0]\n"                                 if $code == 4;
  return _text('The script ended with exit code %s.', $code) . "\n";
}

# Its output goes into a file: a run that it begins may hold a pipe open for hours.
sub _run {
  my @command = @_;
  my $out     = File::Temp->new;

  # Whoever ignores SIGCHLD would not get the exit code.
  local $SIG{CHLD} = 'DEFAULT';
  my $pid = fork;
  return (1, _text('cannot start %s: %s', $command[0], $!) . "\n") if !defined $pid;
  _become($out, @command)                                          if !$pid;

  my $code = _await($pid);
  seek $out, 0, 0;
  read $out, my $output, 65536;

  utf8::decode($output //= '');

  return ($code, $output);
}

# In the child.  The handles of a FastCGI process are tied and its descriptor 0 is the web server's
# socket, so this works on descriptors only, and nothing of Perl's may run at the end.
sub _become {
  my ($out, @command) = @_;
  my $null = POSIX::open('/dev/null', POSIX::O_RDWR());

  POSIX::dup2($null, 0);
  POSIX::dup2(fileno($out), $_) for 1, 2;
  POSIX::close($null) if $null > 2;
  POSIX::setpgid(0, 0);
  my %kept = map { ($_ => $ENV{$_}) } grep { defined $ENV{$_} } qw(TZ HOME USER LOGNAME);
  my %words = _speaks_german() ? (LC_ALL => 'C.UTF-8', LANGUAGE => 'de') : (LC_ALL => 'C');
  %ENV      = (%kept, %words, PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  { no warnings 'exec'; exec { $command[0] } @command; }
  POSIX::_exit(5);
}

# The exit code, or -1: it took too long, and was ended.
sub _await {
  my ($pid)    = @_;
  my $deadline = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) + PATIENCE_S;

  while (waitpid($pid, POSIX::WNOHANG()) == 0) {
    if (Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) > $deadline) {
      kill 'TERM', -$pid;
      kill 'KILL', -$pid if waitpid($pid, POSIX::WNOHANG()) == 0 && !select undef, undef, undef, 0.5;
      waitpid $pid, 0;
      return -1;
    }
    Time::HiRes::sleep(0.05);
  }

  return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

1;
