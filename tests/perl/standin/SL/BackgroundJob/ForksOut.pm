package SL::BackgroundJob::ForksOut;

# Forks a child that comes out of run() as well.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my $pid = fork;
    if ($pid) {
        waitpid $pid, 0;
        return "parent, child ended with $?";
    }
    return 'child';
}

1;
