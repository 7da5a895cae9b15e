package SL::BackgroundJob::SavesRow;

# Progress in data, saved with the whole row.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { my ($self, $job) = @_; $job->data("count: 3\n"); $job->save; return 'saved' }

1;
