package SL::BackgroundJob::SavesProgress;

# Saves its row with new data three times, as long imports do, and then fails if told so.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my ($self, $job) = @_;
    my $fails = ($job->data // '') =~ /fail/;
    for my $row (1 .. 3) {
        $job->data("progress: $row\n");
        $job->save;
    }
    die "row 4 is bad\n" if $fails;
    return 'imported';
}

1;
