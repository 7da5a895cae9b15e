package SL::Request;

use strict;
use warnings;

sub new { my ($class, %given) = @_; return bless {%given}, $class }

1;
