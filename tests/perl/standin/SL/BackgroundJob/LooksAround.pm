package SL::BackgroundJob::LooksAround;

# Tells about the world it finds.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

use Cwd ();
use JSON::PP ();

sub run {
    my ($self, $job) = @_;
    my %blocked = map { /^(Sig\w+):\s*(\w+)/ ? ($1 => $2) : () } _lines('/proc/self/status');
    return JSON::PP->new->canonical->encode({
        umask => sprintf('%03o', umask), cwd => Cwd::getcwd(), word => $ENV{WORD}, path => $ENV{PATH},
        stdin => readlink('/proc/self/fd/0'), session => (_lines('/proc/self/stat'))[0] =~ /\) \S \d+ \d+ $$ / ? 'own' : 'other',
        group => getpgrp == $$ ? 'own' : 'other', ignored => ignored($blocked{SigIgn}), mask => $blocked{SigBlk},
        open => join(' ', map { m{/(\d+)$} } grep { readlink } glob '/proc/self/fd/*'),
        login => $::myconfig{login}, locale => $::locale->{countrycode}, node => $::auth->client->{name},
        handler => ref $::form->{__ERROR_HANDLER}, layout => ref $::request->{layout},
        random => rand, first => $INC[0], last => $INC[-1],
        ref => ref $::instance_conf, package => $job->package_name, description => $job->description,
    });
}

sub _lines { open my $in, '<', $_[0] or return; return <$in> }

# Without the two realtime signals that belong to the C library: nobody can set those back.
sub ignored {
    my ($hex) = @_;
    return sprintf '%016x', hex($hex) & ~0x180000000;
}

1;
