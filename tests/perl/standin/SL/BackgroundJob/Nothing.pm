package SL::BackgroundJob::Nothing;

# Returns nothing.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { return undef }

1;
