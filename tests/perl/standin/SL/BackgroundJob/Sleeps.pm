package SL::BackgroundJob::Sleeps;

# As many seconds as its data says.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { my ($self, $job) = @_; sleep($job->data || 60); return 'slept' }

1;
