package SL::DB;

# The client's database: SL::DB->client->dbh.

use strict;
use warnings;

use DBI;

my %clients;

sub client {
    my $client = $::auth->client;
    return $clients{$client->{id}} ||= bless {client => $client}, __PACKAGE__;
}

sub dbh {
    my ($self) = @_;
    return $self->{dbh} ||= $self->connect;
}

# One more connection of its own.
sub connect {
    my ($self) = @_;
    my $client = $self->{client};
    return DBI->connect(
        "dbi:Pg:dbname=$client->{dbname};host=$client->{dbhost};port=$client->{dbport}",
        @$client{qw(dbuser dbpasswd)}, {pg_enable_utf8 => 1, RaiseError => 1, PrintError => 0});
}

1;
