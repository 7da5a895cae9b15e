package SL::System::Process;

use strict;
use warnings;

use FindBin;

# The directory above the one of the script that runs.
sub exe_dir { return $FindBin::Bin =~ m{^(.*)/} ? $1 : '.' }

1;
