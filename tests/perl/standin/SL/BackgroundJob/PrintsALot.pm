package SL::BackgroundJob::PrintsALot;

# A hundred megabytes, unless its data names another number.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my ($self, $job) = @_;
    my $line = ('x' x 99) . "\n";
    print $line x 10485 for 1 .. ($job->data || 100);
    return 'printed';
}

1;
