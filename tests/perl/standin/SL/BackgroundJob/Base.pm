package SL::BackgroundJob::Base;

use strict;
use warnings;

sub new { return bless {}, shift }

1;
