package SL::BackgroundJob::Overridden;

# Exists only as an override.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { return 'from the override' }

1;
