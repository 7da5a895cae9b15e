package SL::BackgroundJob::ChangesData;

# In memory only.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { my ($self, $job) = @_; $job->data("count: 2\n"); return 'changed' }

1;
