package SL::Layout::None;

use strict;
use warnings;

sub new { return bless {}, shift }

1;
