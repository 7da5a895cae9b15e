package SL::BackgroundJob::Sabotages;

# Leaves all of Perl in a mess.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    chdir '/';
    ($\, $,, $/) = ("!\n", '-', undef);
    ($::auth, $::form) = ();
    close STDOUT;
    alarm 1;
    return 'still fine';
}

1;
