package SL::BackgroundJob::Malformed;

# Returns bytes that were only declared to be UTF-8, as careless code does.

use strict;
use warnings;

use Encode ();
use parent qw(SL::BackgroundJob::Base);

sub run { my $text = "a\xffb"; Encode::_utf8_on($text); return $text }

1;
