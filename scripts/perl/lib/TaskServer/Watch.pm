package TaskServer::Watch;

# Watch.pm: is a loaded bridge still good for another job?
#
#     my $watch = TaskServer::Watch->new(began_s => time before loading, files => [...], trees => [...])
#     my $reason = $watch->stale              undef, or why the code in memory is out of date
#     my $reason = beyond_memory(\%system)    undef, or which limit of [system] we are beyond
#
# Watched are all files in %INC at the time of new(), the given files, and all *.pm files below the
# given directories, so that a file which comes or goes there counts as well.  A file is what its
# inode, size and modification time say.
# Not here: what a job loads by itself, which ends with the job.

use strict;
use warnings;

use Exporter qw(import);
use File::Find ();
use Time::HiRes ();

our @EXPORT_OK = qw(beyond_memory);

sub new {
    my ($class, %given) = @_;
    my $self = bless {trees => $given{trees}}, $class;
    my @files = (grep({ defined && m{^/} } values %INC), @{$given{files}}, $self->_tree_files);
    $self->{seen} = {map { $_ => _mark($_) } @files};
    $self->{changed_early} = _newest_since($given{began_s}, @files);
    return $self;
}

sub stale {
    my ($self) = @_;
    return "$self->{changed_early} changed while it was loaded" if $self->{changed_early};
    for my $file (sort keys %{$self->{seen}}) {
        return "$file has changed" if _mark($file) ne $self->{seen}{$file};
    }
    my ($new) = grep { !exists $self->{seen}{$_} } $self->_tree_files;
    return defined $new ? "$new is new" : undef;
}

sub _tree_files {
    my ($self) = @_;
    my @files;
    File::Find::find({no_chdir => 1, wanted => sub { push @files, $_ if /\.pm\z/ }},
        grep { -d } @{$self->{trees}});
    return @files;
}

sub _mark {
    my ($file) = @_;
    my @stat = Time::HiRes::stat($file);
    return @stat ? "$stat[1] $stat[7] $stat[9]" : 'none';
}

# A file that changed between being loaded and being marked would otherwise be taken for current.
# One from the future says nothing: clocks of file servers differ.
sub _newest_since {
    my ($began_s, @files) = @_;
    my $now_s = Time::HiRes::time();
    for my $file (@files) {
        my $changed_s = (Time::HiRes::stat($file))[9] // 0;
        return $file if $changed_s > $began_s && $changed_s <= $now_s;
    }
    return undef;
}

sub beyond_memory {
    my ($system) = @_;
    open my $in, '<', "/proc/$$/status" or return undef;
    my %used_kb = map { /^(VmRSS|VmSize):\s*(\d+) kB/ ? ($1 => $2) : () } <$in>;
    for my $limit (['memory_limit_rss', 'VmRSS'], ['memory_limit_vsz', 'VmSize']) {
        my $bytes = _bytes($system->{$limit->[0]});
        my $used  = ($used_kb{$limit->[1]} // 0) * 1024;
        return "$limit->[0] is $bytes bytes and $used are in use" if $bytes && $used > $bytes;
    }
    return undef;
}

sub _bytes {
    my ($text) = @_;
    my %factor = (k => 1 << 10, m => 1 << 20, g => 1 << 30);
    return 0 if ($text // '') !~ /^\s*(\d+)\s*(?:([kmg])b)?\s*\z/i;
    return $1 * ($2 ? $factor{lc $2} : 1);
}

1;
