package SL::InstanceConfiguration;

use strict;
use warnings;

sub new { return bless {}, shift }

1;
