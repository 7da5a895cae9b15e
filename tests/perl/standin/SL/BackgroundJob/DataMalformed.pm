package SL::BackgroundJob::DataMalformed;

# Leaves bytes in its data that were only declared to be UTF-8.

use strict;
use warnings;

use Encode ();
use parent qw(SL::BackgroundJob::Base);

sub run {
    my ($self, $job) = @_;
    my $text = "x: a\xffb\n";
    Encode::_utf8_on($text);
    $job->data($text);
    return 'done';
}

1;
