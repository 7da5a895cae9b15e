#!/bin/sh
# status: what it shows of runs, clients and jobs, in situations made for real; as text and JSON.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/held.sh"
setup
make_installation "$WORK/kivi"
add_client acme --name 'Müller GmbH'
add_client old --old
add_client off --disabled
state=$INSTALLATION/users/task_server

# says SENTENCE PATTERN
says() {
    run_ts status
    like "$1" "$TS_OUT" "$2"
}
# json EXPRESSION: of the parsed status s; acme is the first client.
json() {
    run_ts status --json
    printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
s = json.load(sys.stdin)
acme = s["clients"][0]
print(eval(sys.argv[1]))' "$1"
}

add_job acme Test '0 3 * * *' due --data 'result: yes'
says 'before the first run' '^last run +none that we know of'
says 'nothing is armed' '^schedule +not armed'
is 'which is no error' "$TS_CODE" 0
run_ts run
says 'after it' '^last run +20.*jobs: 1 succeeded, 0 failed, 0 left due; exit code 0'
says 'runs come, though task_server did not arm them' '^schedule +not armed by task_server, but runs come'
as_user "$PG_USER" sh -c "echo 'scheduler systemd' >'$(find "$state" -name '*.last-run' | sed 's/last-run$/armed/')'"
says 'armed' '^schedule +armed by systemd$'
is 'as JSON' "$(json 's["armed_by"], s["served"], s["last_run"]["succeeded"], s["at_work"], s["locked"]')" \
    "('systemd', True, 1, None, False)"
sed -i 's/^\(started\|ended\)_us .*/\1_us 1700000000000000/' "$state"/*.last-run
says 'armed, but no runs come' '^schedule +armed by systemd, but no runs come'
says 'each enabled client, and no other' '^ 2  old '
unlike 'not the others' "$TS_OUT" ' off '
says 'a client that is well' '^ 1  Müller GmbH +1 +0 +0 +0  well'

client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '2 hours'"
says 'an overdue job' "^Müller GmbH +$JOB_ID  Test +20.*\(2 h ago\)"
is 'as JSON' "$(json 'acme["overdue"][0]["package"], s["clients"][1]["overdue"]')" "('Test', [])"
client_sql acme "UPDATE background_jobs SET data = 'exception: no paper'"
run_ts run
says 'a failure' '^Müller GmbH  Test +1  20.*\)  Oh cruel world: no paper'
says 'counted' '^ 1  Müller GmbH +1 +0 +0 +1  failures'
is 'as JSON' "$(json 'acme["failures"][0]["error"], len(s["incidents"])')" "('Oh cruel world: no paper', 1)"
client_sql acme "INSERT INTO background_job_histories (package_name, run_at, status, error)
    SELECT 'Test', now() - i * interval '1 minute', 'failure', 'earlier' FROM generate_series(1, 40) AS i"
client_sql old "INSERT INTO background_job_histories (package_name, run_at, status, error)
    VALUES ('Other', now() - interval '1 minute', 'failure', repeat('no such thing ', 10))"
says 'a job that fails all the time is one line' '^Müller GmbH  Test +41  20.*\) +Oh cruel world: no paper$'
says 'and hides no other' '^old +Other +1  20.*\)  no such thing'
COLUMNS=80
export COLUMNS
run_ts status
is 'nothing is wider than a terminal of 80 columns' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin) <= 80)')" True
like 'errors are whole even so' "$TS_OUT" '^    no such thing no such thing'
unset COLUMNS
client_sql acme "UPDATE background_job_histories SET run_at = run_at - interval '25 hours'"
says 'not one of the day before' '^ 1  Müller GmbH +1 +0 +0 +0  well'

touch "$INSTALLATION/users/nologin"
says 'a locked installation' '^installation +locked since 20.*users/nologin'
rm "$INSTALLATION/users/nologin"

run_ts hold --client 'Müller GmbH' --why 'moving house'
says 'a client that is held' '^ 1  Müller GmbH .*  held by .*: moving house'
is 'as JSON' "$(json 'acme["held"], acme["held_why"]')" "(True, 'moving house')"
run_ts release --client 'Müller GmbH'
run_ts hold --client 'Müller GmbH' --until 3h --why 'moving house'
says 'for how long' '^ 1  Müller GmbH .*  held by .* until 20.*\(in (179 min|2 h|3 h)\): moving house'
is 'as JSON' "$(json 'acme["held_until"][:2]')" 20
run_ts release --client 'Müller GmbH'
printf 'nonsense\n' >"$WORK/nonsense"
holds=$(find "$state" -name '*.last-run' | sed 's/last-run$/holds/')
as_user "$PG_USER" cp "$WORK/nonsense" "$holds"
says 'that holds cannot be read' '^held +cannot be read, and who cannot read it starts nothing: '
rm "$holds"
pg_admin postgres -c "ALTER DATABASE $(client_db acme) SET default_transaction_read_only = on" >/dev/null
says 'a database that is read-only' '^ 1  Müller GmbH .*  the database is read-only$'
pg_admin postgres -c "ALTER DATABASE $(client_db acme) RESET default_transaction_read_only" >/dev/null
run_ts hold --why 'everybody out'
says 'everything is held' '^held +everything, since 20.*: everybody out'
run_ts release

# A job that is running.
client_sql acme 'UPDATE background_jobs SET active = false'
add_held_job acme
hold_up acme
start_ts first run
ok 'a job is under way' under_way acme
says 'the run at work' '^at work +a run, pid [0-9]+, since 20'
is 'its job is running, says the database' "$(json '[j["package"] for j in acme["running"]]')" "['$HELD_JOB']"
json_at_work() {
    [ "$(json '[j["package"] for j in s["at_work"]["jobs"]]')" = "['$HELD_JOB']" ]
}
busy_shown() {
    run_ts status
    printf '%s\n' "$TS_OUT" | grep -q "^Müller GmbH *$JOB_ID  $HELD_JOB *20.* ago)  'task-server "
}
ok 'and since when' wait_until 20 busy_shown
is 'as JSON' "$(json '[j["since"][:2] for j in acme["running"]]')" "['20']"
ok 'after a while the run tells itself' wait_until 20 json_at_work
let_go acme
wait_ts first
says 'and then nobody is at work' '^at work +nobody'

auth_sql "UPDATE auth.clients SET dbname = 'nowhere' WHERE id = 1"
says 'a client that is away' '^ 1  Müller GmbH +\? +\? +\? +\?  away: .*nowhere'
is 'is an exit code' "$TS_CODE" 75
like 'the others are shown' "$TS_OUT" '^ 2  old '
is 'as JSON' "$(json '"nowhere" in acme["trouble"], s["clients"][1]["trouble"]')" '(True, None)'
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)' WHERE id = 1"
ok 'one client only' run_ts status --client Müller\ GmbH
unlike 'not the others' "$TS_OUT" ' old '
fails 'no such client' 64 run_ts status --client nobody
fails 'a word too much' 64 run_ts status now
done_testing
