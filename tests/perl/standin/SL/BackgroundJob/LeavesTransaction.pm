package SL::BackgroundJob::LeavesTransaction;

# Changes something and forgets to commit.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my $dbh = SL::DB->client->dbh;
    $dbh->begin_work;
    $dbh->do("UPDATE employee SET name = 'changed'; INSERT INTO employee (name) VALUES ('new')");
    return 'done';
}

1;
