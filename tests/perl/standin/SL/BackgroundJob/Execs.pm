package SL::BackgroundJob::Execs;

# Becomes another program.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { exec 'sh', '-c', 'echo now a shell; exit 3' or die "cannot exec: $!" }

1;
