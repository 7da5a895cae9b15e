package SL::BackgroundJob::Waits;

# Until the file "go" lies in the directory that its data names; leaves a file "begun" there.  Each run
# adds a line to "runs".

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

sub run {
    my ($self, $job) = @_;
    chomp(my $dir = $job->data);
    _append("$dir/runs", "$$\n");
    _append("$dir/begun", '');
    select undef, undef, undef, 0.05 while !-e "$dir/go";
    return 'waited';
}

sub _append {
    my ($path, $text) = @_;
    open my $out, '>>', $path or die "cannot write to $path: $!\n";
    print $out $text;
    close $out or die "cannot write to $path: $!\n";
    return;
}

1;
