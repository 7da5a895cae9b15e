package SL::BackgroundJob::Speaks;

# Returns and prints what is not ASCII.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

use utf8;

sub run { print "Grüße: €\n"; return "Grüße\t\"€\" \\ 😀\x{0}" }

1;
