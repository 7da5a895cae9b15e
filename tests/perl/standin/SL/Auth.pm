package SL::Auth;

# Sessions, clients and users in the auth database.

use strict;
use warnings;

use DBI;

sub new { return bless {session => {}}, shift }

sub dbconnect {
    my ($self) = @_;
    my $db = $::lx_office_conf{'authentication/database'};
    return $self->{dbh} ||= DBI->connect("dbi:Pg:dbname=$db->{db};host=$db->{host};port=$db->{port}",
        @$db{qw(user password)}, {pg_enable_utf8 => 1, RaiseError => 1, PrintError => 0});
}

sub set_client {
    my ($self, $id) = @_;
    $self->{client} = $self->dbconnect->selectrow_hashref('SELECT * FROM auth.clients WHERE id = ?',
        undef, $id);
    return $self->{client};
}

sub client { return $_[0]{client} }

sub read_user {
    my ($self, %wanted) = @_;
    my $rows = $self->dbconnect->selectall_arrayref('SELECT u.login, c.cfg_key, c.cfg_value
        FROM auth."user" u JOIN auth.user_config c ON c.user_id = u.id WHERE u.id = ?', undef,
        $wanted{id});
    return map { (login => $_->[0], $_->[1] => $_->[2]) } @$rows;
}

sub restore_session { return }

sub create_or_refresh_session { return $_[0]{session_id} ||= 'standin' . $$ }

sub save_session {
    my ($self) = @_;
    $self->dbconnect->do('INSERT INTO auth.session (id, mtime) VALUES (?, now())', undef,
        $self->{session_id});
    return;
}

sub destroy_session {
    my ($self) = @_;
    $self->dbconnect->do("DELETE FROM auth.$_->[0] WHERE $_->[1] = ?", undef, $self->{session_id})
        for ['session_content', 'session_id'], ['session', 'id'];
    return;
}

sub reset { return $_[0]{client} = undef }

1;
