package SL::BackgroundJob::CreatePeriodicInvoices;

# Has the name of a job that may take as long as it needs, and needs long.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Waits);

1;
