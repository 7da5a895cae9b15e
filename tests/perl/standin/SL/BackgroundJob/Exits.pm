package SL::BackgroundJob::Exits;

# Ends its process.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { exit 7 }

1;
