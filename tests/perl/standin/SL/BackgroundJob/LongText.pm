package SL::BackgroundJob::LongText;

# Returns five megabytes.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { return 'y' x 5_000_000 }

1;
