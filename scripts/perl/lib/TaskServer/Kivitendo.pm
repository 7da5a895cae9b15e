package TaskServer::Kivitendo;

# Kivitendo.pm: kivitendo's code and the world that its jobs expect around them.
#
#     load_base($installation, $config)      what any job needs; dies with Perl's own words
#     load_rest($installation)               what some job may need, before the first fork
#     my $files = config_files($installation, $config)   what to watch besides %INC: files,
#     my $trees = class_trees($installation)              and directories
#     my $file = class_file($installation, $package)     undef: no such job class
#     my $job = open_world($client_id, $job_id)          in the job's process, per job
#     my $lost = roll_back()                 undef, or what the job left undone
#     close_world()
#
# What the world is made of, and in which order: the same as kivitendo's own task server does it,
# save that no session is stored.  Nothing here opens a database before open_world.

use strict;
use warnings;

use Exporter qw(import);
use FindBin ();
use POSIX ();

our @EXPORT_OK = qw(load_base load_rest config_files class_trees class_file open_world roll_back
    close_world);

# In the order in which kivitendo's server loads them: its modules use each other in circles.
# Those with a question mark are not in every release; jobs that need them load them again and say
# what is wrong.
my @modules = qw(CGI DateTime? SL::Auth SL::DBUpgrade2? SL::DB SL::DB::AuthClient? SL::DB::BackgroundJob
    SL::System::Process SL::Form SL::Helper::DateTime? SL::InstanceConfiguration SL::LXDebug
    SL::LxOfficeConf SL::Locale SL::Mailer? SL::System::TaskServer? SL::Request SL::Layout::None
    Template? SL::DB::BackgroundJobHistory?);

my $class_name = qr/\A(?!Base\z)[A-Z][A-Za-z0-9]+\z/;

sub load_base {
    my ($installation, $config) = @_;
    chdir $installation or die "cannot change to $installation: $!\n";
    _search_path($installation);
    _require_module($_) for @modules;
    for my $locale (qw(de_DE.UTF-8 en_US.UTF-8)) {
        last if POSIX::setlocale(POSIX::LC_CTYPE(), $locale);
    }
    SL::LxOfficeConf->read($config);
    return;
}

sub load_rest {
    my ($installation) = @_;
    _minimal_world();
    _require_module('SL::DB::Helper::ALL?');
    _load_locales();
    _load_classes($installation);
    _disconnect();
    return;
}

# SL::System::Process finds the directory through FindBin, as if a script of kivitendo's were running.
sub _search_path {
    my ($installation) = @_;
    $FindBin::Bin = $FindBin::RealBin = "$installation/scripts";
    unshift @INC, "$installation/modules/override";
    push @INC, $installation, grep { -d } "$installation/modules/fallback";
    return;
}

sub _require_module {
    my ($name) = @_;
    my $optional = $name =~ s/\?\z//;
    my $error = _try_file(_file_of($name));
    return if !defined $error;
    die $error if !$optional;
    my $missing = quotemeta _file_of($name);
    print STDERR "cannot load $name: $error" if $error !~ /^Can't locate $missing /;
    return;
}

sub _file_of { return join('/', split /::/, $_[0]) . '.pm' }

# undef, or Perl's complaint.  What failed is forgotten, so that the job which needs it tries for
# itself and hears the same words instead of "Attempt to reload".
sub _try_file {
    my ($file) = @_;
    return undef if eval { require $file; 1 };
    my $error = $@;
    delete @INC{grep { !defined $INC{$_} } keys %INC};
    return $error;
}

# Some classes ask for a text or write to the log while they are loaded.
sub _minimal_world {
    $::lxdebug = LXDebug->new;
    $::locale  = Locale->new($::lx_office_conf{system}{language});
    $::form    = Form->new;
    return;
}

# Locale keeps what it has read.
sub _load_locales {
    Locale->new($_) for map { m{^locale/([^/.]+)/all\z} } glob 'locale/*/all';
    return;
}

sub _load_classes {
    my ($installation) = @_;
    my %names = map { m{/([^/]+)\.pm\z} ? ($1 => 1) : () }
        map { glob "\Q$_\E/*.pm" } @{class_trees($installation)};
    for my $name (grep { /$class_name/ } sort keys %names) {
        my $error = _try_file("SL/BackgroundJob/$name.pm");
        print STDERR "cannot load the job class $name: $error" if defined $error;
    }
    return;
}

# A handle that is open when a process forks belongs to both, and its server sees nonsense.
sub _disconnect {
    for my $handle (_handles()) {
        $handle->{AutoCommit} or eval { $handle->rollback };
        eval { $handle->disconnect };
    }
    SL::DBConnect::Cache->clear if SL::DBConnect::Cache->can('clear');
    return;
}

sub _handles {
    return () if !DBI->can('installed_drivers');
    my %drivers = DBI->installed_drivers;
    return grep { $_ && $_->{Active} } map { @{$_->{ChildHandles} || []} } values %drivers;
}

sub config_files {
    my ($installation, $config) = @_;
    return [
        "$installation/config/kivitendo.conf.default", "$installation/config/lx_office.conf.default",
        $config, glob "\Q$installation\E/locale/*/all"
    ];
}

sub class_trees {
    my ($installation) = @_;
    return ["$installation/SL/BackgroundJob", "$installation/modules/override/SL/BackgroundJob"];
}

sub class_file {
    my ($installation, $package) = @_;
    return undef if ($package // '') !~ $class_name;
    my ($found) = grep { -f } map { "$_/$package.pm" } reverse @{class_trees($installation)};
    return $found;
}

sub open_world {
    my ($client_id, $job_id) = @_;
    _minimal_world();
    $::auth = SL::Auth->new;
    my $client = $::auth->set_client($client_id) or die "there is no client with the id $client_id\n";
    $::form->{__ERROR_HANDLER} = sub { die @_ };
    $::instance_conf = SL::InstanceConfiguration->new;
    $::request = SL::Request->new(cgi => CGI->new({}), layout => SL::Layout::None->new);
    $::auth->restore_session;
    # An id only, which session files need; a row would come with save_session.
    $::auth->create_or_refresh_session;
    _become_user($client);
    my $job = SL::DB::Manager::BackgroundJob->find_by(id => $job_id);
    return $job || die "the job $job_id is gone from the database\n";
}

sub _become_user {
    my ($client) = @_;
    my $user_id = $client->{task_server_user_id}
        or die "the client has no user for the task server\n";
    %::myconfig = $::auth->read_user(id => $user_id);
    defined $::myconfig{login}
        or die "there is no user with the id $user_id, or it has no settings\n";
    $::locale = Locale->new($::myconfig{countrycode} || $::lx_office_conf{system}{language});
    return;
}

# The handles that the job made itself included.
sub roll_back {
    my $lost;
    for my $handle (grep { !$_->{AutoCommit} } _handles()) {
        $lost ||= _unfinished($handle);
        eval { $handle->rollback };
    }
    return $lost;
}

# A session has a row to delete only if the job itself stored one; its files go with it.
sub close_world {
    eval { $::auth->destroy_session };
    eval { $::auth->reset };
    _disconnect();
    ($::form, $::request, $::auth, %::myconfig) = ();
    return;
}

# Looking at something in a transaction that then is left alone is common and harmless.
# DBD::Pg's ping tells an aborted transaction as 4.
sub _unfinished {
    my ($handle) = @_;
    return undef if $handle->{Driver}{Name} ne 'Pg';
    local $handle->{PrintError} = 0;
    my $state = $handle->ping;
    return 'a transaction that had failed was left open' if $state == 4;
    return undef if $state != 3;
    my ($written) = eval { $handle->selectrow_array('SELECT txid_current_if_assigned()') };
    return defined $written ? 'a transaction with changes was left open; they were rolled back' : undef;
}

1;
