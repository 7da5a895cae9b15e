package SL::BackgroundJob::StoresSession;

# Stores a session in the auth database.

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run { $::auth->save_session; return $::auth->{session_id} }

1;
