package SL::BackgroundJob::DiesMalformed;

# Dies with bytes that were only declared to be UTF-8.

use strict;
use warnings;

use Encode ();
use parent qw(SL::BackgroundJob::Base);

sub run { my $text = "c\xc3\n"; Encode::_utf8_on($text); die $text }

1;
