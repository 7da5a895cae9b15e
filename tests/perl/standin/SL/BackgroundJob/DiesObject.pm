package SL::BackgroundJob::DiesObject;

# An exception that says nothing as a string.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { die bless {message => 'no such account'}, 'Standin::Exception' }

sub Standin::Exception::message { return $_[0]{message} }

1;
