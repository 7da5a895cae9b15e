package SL::BackgroundJob::ChangesInMemory;

# Waits, and has other data in memory afterwards.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Waits);

sub run {
    my ($self, $job) = @_;
    $self->SUPER::run($job);
    $job->data($job->data . 'changed: 1');
    return 'changed';
}

1;
