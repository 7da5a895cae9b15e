package SL::DB::Manager::BackgroundJob;

use strict;
use warnings;

sub find_by {
    my ($class, %wanted) = @_;
    my $row = SL::DB->client->dbh->selectrow_hashref('SELECT * FROM background_jobs WHERE id = ?',
        undef, $wanted{id});
    return $row && SL::DB::BackgroundJob->new(%$row);
}

1;
