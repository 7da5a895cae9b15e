package SL::BackgroundJob::LooksInTransaction;

# Reads in a transaction that stays open, as old code does.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my $dbh = SL::DB->client->connect;
    $dbh->begin_work;
    return $dbh->selectrow_array('SELECT 42');
}

1;
