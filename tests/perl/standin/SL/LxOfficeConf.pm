package SL::LxOfficeConf;

use strict;
use warnings;

use SL::System::Process;

sub read {
    my ($class, $file) = @_;
    for my $path (SL::System::Process->exe_dir . '/config/kivitendo.conf.default', $file) {
        open my $in, '<:encoding(UTF-8)', $path or next;
        my $section = '';
        while (<$in>) {
            if (/^\[(.*)\]/) {
                $section = $1;
            } elsif (/^\s*([^#=\s]+)\s*=\s*(.*?)\s*$/) {
                $::lx_office_conf{$section}{$1} = $2;
            }
        }
    }
    return 1;
}

1;
