#!/bin/sh
# hold and release: nothing is started while somebody holds a client, or all of them.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme
add_client beta
for client in acme beta; do
    add_job $client Test '0 3 * * *' due
done
state=$INSTALLATION/users/task_server

make_due() {
    client_sql "$1" "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
}

runs() {
    client_sql "$1" 'SELECT count(*) FROM background_job_histories'
}

holds_files() {
    find "$state" -name '*.holds' | wc -l
}

# incident_is_older PATTERN SECONDS: as if it had begun, and been told, earlier.
incident_is_older() {
    incident_then=$(($(date +%s) - $2))
    sed -i "s|^\($1\) [0-9]* [0-9]*|\1 $incident_then $incident_then|" "$state"/*.incidents
}

# ---- one client -----------------------------------------------------------------------------------

ok 'one client can be held' run_ts hold --client acme --why 'the tax adviser looks'
like 'it is said since when, and why' "$TS_OUT" \
    "^client 'acme' is held by [a-z]+ since 20[-0-9]+ [0-9:]+ \+[0-9]+, until it is released: the tax adviser looks$"
like 'and for whom it counts' "$TS_OUT" 'this installation on this machine'
is 'the file is ours alone' "$(stat -c %a "$state"/*.holds)" 600
ok 'a run succeeds' run_ts run
is 'nothing is started there' "$(runs acme)" 0
is 'but in the other client' "$(runs beta)" 1
like 'the log says so, with the reason' "$TS_ERR" \
    "^client 'acme' is held by .*the tax adviser looks .told again once a day"
ok 'the next run' run_ts run
is 'has nothing more to say' "$TS_ERR" ''
incident_is_older 'hold/[0-9]*' 90000
run_ts run
like 'a day later there is a reminder' "$TS_ERR" "client 'acme' is held by .*still"

fails 'by hand nothing is started either: try again later' 75 run_ts run-job "$JOB_ID" --client acme
like 'with the reason' "$TS_ERR" 'not run: held by .*the tax adviser looks'
is 'really' "$(runs acme)" 0
ok 'unless somebody insists' run_ts run-job "$JOB_ID" --client acme --force
is 'then it has run' "$(runs acme)" 1
make_due acme

ok 'it can be released' run_ts release --client acme
like 'which is said' "$TS_OUT" "^client 'acme' is released$"
is 'the file is gone with the last hold' "$(holds_files)" 0
run_ts run
is 'what was due has run' "$(runs acme)" 2
like 'and the log says that it is over' "$TS_ERR" "client 'acme' is released: its jobs run again, after"
ok 'to release it twice is no error' run_ts release --client acme
like 'but said' "$TS_OUT" "client 'acme': no hold"

# ---- all clients ----------------------------------------------------------------------------------

ok 'all clients can be held' run_ts hold --why 'the machine moves'
ok 'and one of them besides' run_ts hold --client "$(auth_sql "SELECT id FROM auth.clients WHERE name = 'beta'")"
make_due acme
make_due beta
ok 'a run succeeds: that is no failure' run_ts run
is 'nothing has run' "$(runs acme) $(runs beta)" '2 1'
like 'the log says so once' "$TS_ERR" 'nothing is run: all clients are held by .*the machine moves'
ok 'the release of all' run_ts release
like 'tells who is held still' "$TS_OUT" 'still client [0-9]+ is held'
run_ts run
is 'and leaves that one held' "$(runs acme) $(runs beta)" '3 1'
ok 'its own release' run_ts release --client beta
run_ts run
is 'lets it run' "$(runs beta)" 2

# ---- until ----------------------------------------------------------------------------------------

ok 'a hold can end by itself' run_ts hold --until 2h
like 'which is said' "$TS_OUT" 'all clients are held by .*, until 20[-0-9]+ [0-9:]+ '
make_due acme
run_ts run
is 'before, nothing runs' "$(runs acme)" 3
sed -i "s/^\(0.[0-9]*.\)[0-9]*/\1$(($(date +%s) - 1))/" "$state"/*.holds
run_ts run
is 'afterwards it does' "$(runs acme)" 4
like 'and it is said' "$TS_ERR" 'all clients are released: jobs run again'
rm -f "$state"/*.holds
fails 'a time that is over' 64 run_ts hold --until '2020-01-01 00:00'
like 'is refused' "$TS_ERR" "'2020-01-01 00:00' is over already"
fails 'and so is none' 64 run_ts hold --until soon
fails 'a client that is not there' 64 run_ts hold --client nobody
like 'is named' "$TS_ERR" "there is no client 'nobody'"
is 'and nothing is held by all that' "$(holds_files)" 0

# ---- between two jobs -----------------------------------------------------------------------------

add_job acme Test '0 4 * * *' due
make_due acme
client_sql acme "UPDATE background_jobs SET package_name = 'BackgroundJobCleanup' WHERE id <> $JOB_ID;
    INSERT INTO background_jobs (type, active, last_run_at) VALUES ('once', true, now() - interval '9 days')"
ok 'while a job waits for a lock' hold acme "SELECT * FROM background_jobs WHERE type = 'once' FOR UPDATE"
start_ts held run
waits_for_lock() {
    pg_admin postgres -c "SELECT count(*) FROM pg_locks WHERE NOT granted" | grep -q -v '^0$'
}
ok 'a run is on it' wait_until 30 waits_for_lock
ok 'its client is held' run_ts hold --client acme
let_go acme
ok 'the run ends' wait_ts held
is 'the job that ran goes on, and the next one is not started' \
    "$(client_sql acme "SELECT status FROM background_job_histories WHERE package_name = 'BackgroundJobCleanup'") $(
        job_field acme "$JOB_ID" 'last_run_at IS NULL')" 'success t'

echo 'rubbish' >"$state/$(basename "$(find "$state" -name '*.holds')")"
fails 'a file that cannot be understood: nothing is started' 71 run_ts run
like 'and it is said' "$TS_ERR" 'whether clients are held cannot be told: .*\.holds: a line that is not ours'
# ---- names that want to be more than names ----

rm -f "$state"/*.holds
auth_sql "UPDATE auth.clients SET name = E'a\\033[31mb\\u009bc' WHERE name = 'acme'"
acme_id=$(auth_sql "SELECT min(id) FROM auth.clients WHERE name LIKE 'a%c'")
for verb in hold release; do
    run_ts $verb --client "$acme_id"
    like "$verb shows a name as text" "$TS_OUT" "client 'a.\[31mb.c' is "
    is "$verb: and drives no terminal" "$(printf %s "$TS_OUT" | LC_ALL=C tr -d '\n -~\200-\377' | wc -c)" 0
done
done_testing
