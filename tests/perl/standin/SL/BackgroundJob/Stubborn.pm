package SL::BackgroundJob::Stubborn;

# Sleeps, and does not end when asked to.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { $SIG{TERM} = 'IGNORE'; print "asleep\n"; sleep 1 for 1 .. 60; return }

1;
