package SL::BackgroundJob::Lacks;

# Needs a module that is not installed.

use strict;
use warnings;

use Standin::Not::Installed;

1;
