#!/bin/sh
# slow
# heartbeat_url: a monitor hears of good runs and of bad ones, and one that is away, hangs or answers
# nonsense costs a run five seconds at most, and people one message.
. "$(dirname "$0")/../lib/tap.sh"
perl -MIO::Socket::INET -e1 2>/dev/null || skip_all 'no perl here'
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme
job_fails() {
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute', data = '${1:+exception: $1}'"
}
add_job acme Test '0 3 * * *' due

# ---- a monitor ------------------------------------------------------------------------------------

# It keeps the first line of each request in $WORK/requests, and answers as $WORK/mode says: with that
# status, or "hang", or "trickle".
cat >"$WORK/monitor" <<'EOP'
use strict;
use IO::Socket::INET;
my ($dir) = @ARGV;
my $server = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1') or die "$!";
$SIG{CHLD} = 'IGNORE';
open(my $port, '>', "$dir/port.new") or die "$!";
print $port $server->sockport;
close($port);
rename("$dir/port.new", "$dir/port") or die "$!";
my @hanging;
while (my $client = $server->accept) {
    my $first = <$client>;
    while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/ }
    open(my $log, '>>', "$dir/requests") or die "$!";
    print $log $first =~ s/\r?\n//r, "\n";
    close($log);
    open(my $file, '<', "$dir/mode") or die "$!";
    chomp(my $mode = <$file>);
    if ($mode eq 'hang') {
        push @hanging, $client;
    } elsif ($mode ne 'trickle') {
        print $client "HTTP/1.1 $mode Words\r\nLocation: /elsewhere\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
    } elsif (fork == 0) {
        $client->autoflush;
        print $client "HTTP/1.1 200 OK\r\n\r\n" or exit;
        while (print $client 'x') { select(undef, undef, undef, 0.2) }
        exit;
    }
}
EOP
(exec perl "$WORK/monitor" "$WORK" 2>"$WORK/monitor.err") &
own_pids="$own_pids $!"
wait_until 20 test -s "$WORK/port" || skip_all "no monitor: $(cat "$WORK/monitor.err")"
here=http://127.0.0.1:$(cat "$WORK/port")

mode() {
    echo "$1" >"$WORK/mode"
    : >"$WORK/requests"
}
url() {
    sed -i '/^heartbeat_url/d' "$INSTALLATION/config/kivitendo.conf"
    ts_setting "heartbeat_url = $1"
}
# requests: what it was asked for, the same after itself only once: when a full minute comes, a run looks
# for due jobs once more, and tells of that too.
requests() {
    cut -d' ' -f1,2 "$WORK/requests" | uniq | tr '\n' ','
}

# ---- good runs and bad ones -----------------------------------------------------------------------

mode 200
url "$here/ping/1"
ok 'a run with a job' run_ts run
is 'is a good one' "$(requests)" 'GET /ping/1,'
mode 200
ok 'a run without one' run_ts run
is 'too' "$(requests)" 'GET /ping/1,'
is 'of which nobody says a word' "$TS_ERR" ''
mode 200
job_fails 'no paper'
ok 'a run with a failed job' run_ts run
is 'is a bad one' "$(requests)" 'GET /ping/1/fail,'
mode 200
ok 'the next one' run_ts run
is 'is good' "$(requests)" 'GET /ping/1,'
mode 200
url "$here/api/push/?status=up&ping="
pg_psql postgres -c "ALTER DATABASE \"$(client_db acme)\" RENAME TO \"$(client_db away)\""
fails 'a run with a client that cannot be reached' 75 run_ts run
is 'is a bad one, and a query stays at the end' "$(requests)" 'GET /api/push/fail?status=up&ping=,'
pg_psql postgres -c "ALTER DATABASE \"$(client_db away)\" RENAME TO \"$(client_db acme)\""
mode 200
run_ts run
is 'when it is back all is well' "$(requests)" 'GET /api/push/?status=up&ping=,'
mode 200
run_ts run-job "$JOB_ID"
is 'a job that is run by hand is no run' "$(requests)" ''

touch "$INSTALLATION/users/nologin"
run_ts run
is 'an installation that has just been locked is well' "$(requests)" 'GET /api/push/?status=up&ping=,'
awk '{ $2 -= 960; $3 -= 960; print }' "$INSTALLATION"/users/task_server/*.incidents >"$WORK/aged"
cat "$WORK/aged" >"$(echo "$INSTALLATION"/users/task_server/*.incidents)"
mode 200
run_ts run
is 'after a quarter of an hour it is not' "$(requests)" 'GET /api/push/fail?status=up&ping=,'
rm "$INSTALLATION/users/nologin"
mode 200
run_ts run
is 'unlocked, it is' "$(requests)" 'GET /api/push/?status=up&ping=,'

# ---- a monitor that does not work -----------------------------------------------------------------

# out_of_order SENTENCE PATTERN: the run is what it was, and says so once; at most five seconds, but how
# long a loaded machine takes for all the rest nobody knows.
out_of_order() {
    job_fails
    out_began=$(milliseconds)
    run_ts run
    out_took=$(($(milliseconds) - out_began))
    diag "took $out_took ms"
    is "$1: the run succeeds" "$TS_CODE" 0
    like 'and tells it' "$TS_ERR" "^heartbeat_url: $2.* \\(told again once a day while it lasts\\)\$"
    ok 'within seconds' test $out_took -lt 30000
    is 'after the work' "$(client_sql acme 'SELECT next_run_at > now() FROM background_jobs')" t
}
works_again() {
    url "$here/ping"
    mode 200
    run_ts run
    like 'that it works again is told' "$TS_ERR" 'heartbeat_url can be fetched again, after [0-9]+ (s|min)'
    is 'once it does' "$(requests)" 'GET /ping,'
}

mode 404
url "$here/ping"
out_of_order 'a wrong address' '.*404'
run_ts run
is 'the next run does not tell it again' "$TS_CODE $TS_ERR" '0 '
sed -i 's/\(.*courier[^ ]*\) \([^ ]*\) [^ ]*/\1 \2 1000000000/' "$INSTALLATION"/users/task_server/*.incidents
run_ts run
like 'a day later it is told once more' "$TS_ERR" '^heartbeat_url: .*404.* \(still; a reminder comes once a day\)$'
works_again
mode 302
out_of_order 'a redirection' 'the answer was 302, a redirection'
is 'is not followed' "$(requests)" 'GET /ping,'
works_again
mode hang
out_of_order 'a server that never answers' ''
is 'it was asked' "$(requests)" 'GET /ping,'
works_again
mode trickle
out_of_order 'one that never ends' ''
works_again
url http://no-such-host.invalid/ping
out_of_order 'a host that does not exist' ''
works_again
url "http://127.0.0.1:1/ping"
out_of_order 'a port at which nobody listens' ''
sed -i '/^heartbeat_url/d' "$INSTALLATION/config/kivitendo.conf"
run_ts run
is 'without an address nobody is told of anything' "$TS_CODE $TS_ERR" '0 '
is 'and nothing of it is remembered' "$(grep -c courier "$INSTALLATION"/users/task_server/*.incidents)" 0
url 'ftp://127.0.0.1/'
fails 'another protocol is an error' 78 run_ts run
like 'that says so' "$TS_ERR" 'heartbeat_url.*does not begin with http:// or https://'
done_testing
