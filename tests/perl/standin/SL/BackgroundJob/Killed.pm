package SL::BackgroundJob::Killed;

# Dies by a signal.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { kill 'KILL', $$; sleep 10 }

1;
