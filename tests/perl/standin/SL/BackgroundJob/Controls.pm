package SL::BackgroundJob::Controls;

# Returns characters that parsers stumble over.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { return join ' ', map { chr } 0x96, 1, 0x7f, 0xfeff, 0xffff, 0x10fffd }

1;
