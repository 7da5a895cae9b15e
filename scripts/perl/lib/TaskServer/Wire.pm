package TaskServer::Wire;

# Wire.pm: lines and texts between the bridge and the lanes.
#
#     my $text = text_of($value)     any value of Perl's as valid Unicode characters, undef as undef
#     my $json = to_json(\%hash)     one line, UTF-8, without the line feed
#     my $hash = from_json($line)    dies with JSON::PP's words
#     send_line($socket, $text)      false when nobody reads any more
#     my $reader = TaskServer::Wire->new($socket, $cap_bytes)
#     my $line = $reader->line($deadline_s)     undef: end of file, too long, or the deadline passed
#
# The JSON written here is YAML 1.1 as well: what that does not allow as it is, such as the control
# characters that a text from Windows has in place of dashes, is escaped.

use strict;
use warnings;

use Encode ();
use Exporter qw(import);
use JSON::PP ();

use TaskServer::Linux qw(now_s);

our @EXPORT_OK = qw(text_of to_json from_json send_line);

use constant CHUNK_BYTES => 65536;

# Bytes that are UTF-8 are taken as such, others as Latin-1: old code still dies with those.  What no
# database stores becomes U+FFFD.
sub text_of {
    my ($value) = @_;
    return undef if !defined $value;
    my $text = "$value";
    # Old code sets the flag by hand, and any match against such a string dies.
    Encode::_utf8_off($text) if !utf8::valid($text);
    utf8::decode($text) if !utf8::is_utf8($text);
    no warnings qw(utf8 surrogate non_unicode);
    $text =~ s/[^\x{1}-\x{d7ff}\x{e000}-\x{10ffff}]/\x{fffd}/g;
    return $text;
}

sub to_json {
    my ($value) = @_;
    my $json = JSON::PP->new->canonical->encode($value);
    $json =~ s/([\x7f-\x9f\x{feff}\x{fffe}\x{ffff}])/sprintf '\\u%04x', ord $1/ge;
    utf8::encode($json);
    return $json;
}

sub from_json { return JSON::PP->new->utf8->decode($_[0]) }

sub send_line {
    my ($socket, $text) = ($_[0], text_of($_[1]));
    $text =~ s/\s*\n\s*/ /g;
    utf8::encode($text);
    my $rest = "$text\n";
    local $SIG{PIPE} = 'IGNORE';
    while (length $rest) {
        my $written = syswrite $socket, $rest;
        next if !defined $written && $!{EINTR};
        return 0 if !defined $written;
        substr $rest, 0, $written, '';
    }
    return 1;
}

sub new {
    my ($class, $socket, $cap_bytes) = @_;
    return bless {socket => $socket, cap_bytes => $cap_bytes, unread => '', ended => 0}, $class;
}

sub ended { return $_[0]{ended} }

# Takes what has come, without waiting beyond the first byte.
sub fill {
    my ($self) = @_;
    my $got = sysread $self->{socket}, $self->{unread}, CHUNK_BYTES, length $self->{unread};
    $self->{ended} = 1 if defined $got ? $got == 0 : !$!{EINTR};
    $self->{ended} = 1 if length $self->{unread} > $self->{cap_bytes};
    return;
}

# The next whole line that has been read already, without its line feed.
sub next_line {
    my ($self) = @_;
    return $self->{unread} =~ s/\A([^\n]*)\n// ? $1 : undef;
}

sub line {
    my ($self, $deadline_s) = @_;
    my $line;
    while (!defined($line = $self->next_line)) {
        my $left_s = $deadline_s - now_s();
        return undef if $self->{ended} || $left_s <= 0;
        my $bits = '';
        vec($bits, fileno $self->{socket}, 1) = 1;
        $self->fill if select($bits, undef, undef, $left_s) > 0;
    }
    return $line;
}

1;
