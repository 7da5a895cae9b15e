package Form;

use strict;
use warnings;

sub new { return bless {}, shift }

sub error {
    my ($self, $text) = @_;
    return $self->{__ERROR_HANDLER}->($text) if $self->{__ERROR_HANDLER};
    print STDERR "$text\n";
    exit 1;
}

1;
