package Locale;

use strict;
use warnings;

sub new { return bless {countrycode => $_[1]}, $_[0] }

sub text { return $_[1] }

1;
