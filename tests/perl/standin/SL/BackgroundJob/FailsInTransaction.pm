package SL::BackgroundJob::FailsInTransaction;

# Overlooks an error of the database.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my $dbh = SL::DB->client->dbh;
    $dbh->begin_work;
    eval { $dbh->do('SELECT 1 / 0') };
    return 'done';
}

1;
