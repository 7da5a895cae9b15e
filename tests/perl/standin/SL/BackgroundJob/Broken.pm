package SL::BackgroundJob::Broken;

# Does not compile.

use strict;

sub run { return $no_such_variable }

1;
