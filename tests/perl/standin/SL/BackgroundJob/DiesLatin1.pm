package SL::BackgroundJob::DiesLatin1;

# As code older than Unicode does.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { die "Konto f\xfcr 5 \xa7 fehlt\n" }

1;
