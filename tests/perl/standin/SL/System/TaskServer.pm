package SL::System::TaskServer;

use strict;
use warnings;

sub node_id { return $::lx_office_conf{task_server}{node_id} }

1;
