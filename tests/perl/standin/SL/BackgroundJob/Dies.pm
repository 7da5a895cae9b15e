package SL::BackgroundJob::Dies;

# The usual way to fail.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { die "Oh grausame Welt: \x{c3}\x{a4}\n" }

1;
