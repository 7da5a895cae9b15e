package SL::BackgroundJob::ClosesAll;

# Closes every descriptor there is, and answers all the same.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

use POSIX ();

sub run { POSIX::close($_) for 0 .. 255; return 'closed' }

1;
