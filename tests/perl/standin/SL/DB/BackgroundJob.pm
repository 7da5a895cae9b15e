package SL::DB::BackgroundJob;

use strict;
use warnings;

use SL::DB;
use SL::DB::Manager::BackgroundJob;

my @columns = qw(type package_name last_run_at next_run_at data active cron_spec node_id description);

for my $column (@columns, 'id') {
    no strict 'refs';
    *$column = sub { $_[0]{$column} = $_[1] if @_ > 1; return $_[0]{$column} };
}

sub new { my ($class, %given) = @_; return bless {%given}, $class }

sub db { return SL::DB->client }

# All columns as they were loaded, whatever others did meanwhile.
sub save {
    my ($self) = @_;
    $self->db->dbh->do('UPDATE background_jobs SET ' . join(', ', map { "$_ = ?" } @columns)
        . ' WHERE id = ?', undef, @$self{@columns, 'id'});
    return $self;
}

1;
