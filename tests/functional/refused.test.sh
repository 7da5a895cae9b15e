#!/bin/sh
# slow
# A job that cannot be recorded is undone and left due, and keeps nobody behind it from running.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/waiting.sh"
ts_setting 'max_external = 1'
ts_setting 'stop_grace = 1'
ts_setting "state_dir = $WORK/state"
add_client acme
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[task_server/commands]
Waits = /bin/sh $WORK/waits
Mark = /bin/echo done
EOF
own_installation

# is_due ID: is the job still due?
is_due() {
    client_sql acme "SELECT next_run_at <= now() AND last_run_at IS NULL FROM background_jobs WHERE id = $1"
}

# A history that refuses one job's rows, whatever they say.
client_sql acme "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN RAISE 'no row of this one' USING ERRCODE = '23514'; END \$\$;
    CREATE TRIGGER refuse BEFORE INSERT ON background_job_histories
        FOR EACH ROW WHEN (NEW.data LIKE 'result: refused%') EXECUTE PROCEDURE refuse()" >/dev/null
add_job acme Test '0 3 * * *' due --data 'result: refused'
refused=$JOB_ID
add_job acme Test '0 3 * * *' due --data 'result: behind it'
run_ts run
is 'a job whose history row is refused keeps nobody from running' "$(history acme)" 'Test|success|behind it|'
is 'and is still due' "$(is_due "$refused")" t
like 'which is said' "$TS_CODE $TS_ERR" \
    "^75 client 'acme': job $refused cannot be recorded, and was undone: no row of this one"

run_ts status
like 'which is shown' "$TS_OUT" "^20.* client 'acme': job $refused cannot be recorded"
auth_sql 'UPDATE auth.clients SET dbport = 1'
run_ts run
like 'that the client is away is other news' "$TS_CODE $TS_ERR" "^75 client 'acme' is not served: cannot connect: "
auth_sql "UPDATE auth.clients SET dbport = $PG_PORT"
run_ts run
is 'and over by itself' "$TS_CODE $(printf '%s\n' "$TS_ERR" | sed 's/, after.*//')" "75 client 'acme' is served again"

# A list that is broken off ahead of it.
add_held_job acme
client_sql acme "UPDATE background_jobs SET next_run_at = '2020-01-01' WHERE id = $JOB_ID"
hold_up acme
start_ts one run
ok 'a job ahead of it is under way' under_way acme
kill "$TS_PID"
fails 'when the run is told to stop' 0 wait_ts one
unlike 'nobody says then that it is well' "$TS_ERR" 'again, after'
let_go acme
client_sql acme "DELETE FROM background_jobs WHERE id = $JOB_ID"
add_job acme Waits '0 3 * * *' null --data "$WAITING/one"
mkdir -m 0777 "$WAITING/one"
start_ts other run-job "$JOB_ID"
ok 'a command takes all the room that there is' has_begun one
add_job acme Mark '0 3 * * *' '2020-01-01'
start_ts one -v run
ok 'another one, ahead of it, waits for room' wait_until 20 grep -q 'waits: max_external' "$WORK/one.err"
let_end one
wait_ts other
wait_ts one
unlike 'nobody says then that it is well, either' "$TS_ERR" 'again, after'
like 'for it is refused still' "$TS_ERR" "job $refused cannot be recorded, .*told already"
client_sql acme "DELETE FROM background_jobs WHERE package_name <> 'Test';
    DELETE FROM background_job_histories WHERE package_name <> 'Test'"

client_sql acme 'DROP TRIGGER refuse ON background_job_histories' >/dev/null
run_ts run
like 'the end of it is said' "$TS_ERR" "client 'acme': all its jobs run again, after"
is 'until it can be recorded' "$TS_CODE $(history acme)" '0 Test|success|behind it|
Test|success|refused|'

# A row that somebody has locked, as in a forgotten transaction: seconds, not minutes.
add_job acme Test '0 3 * * *' due --data 'result: locked'
locked=$JOB_ID
add_job acme Test '0 3 * * *' due --data 'result: behind the locked one'
hold acme "SELECT id FROM background_jobs WHERE id = $locked FOR UPDATE"
start_ts one run
ok 'a locked row keeps the jobs behind it for some seconds only' comes_to acme 3 50
fails 'and ends the run' 75 wait_ts one
is 'its job is undone' "$(history acme | tail -n 1) $(runs_of acme) $(is_due "$locked")" \
    'Test|success|behind the locked one| 3 t'
like 'which is said' "$TS_ERR" "job $locked cannot be recorded, and was undone: .*lock timeout"
let_go acme
run_ts run
is 'and it runs when the row is free' "$TS_CODE $(runs_of acme "result = 'locked'") $(runs_of acme)" '0 1 4'

# Nor does everybody behind it wait as long, where a whole table is locked.
client_sql acme "
    CREATE FUNCTION tell_patience() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN RAISE 'waited %', current_setting('lock_timeout') USING ERRCODE = '55P03'; END \$\$;
    CREATE TRIGGER tell_patience BEFORE INSERT ON background_job_histories
        FOR EACH ROW EXECUTE PROCEDURE tell_patience();
    UPDATE background_jobs SET next_run_at = '2020-01-01'" >/dev/null
run_ts -v run
is 'only the first one waits for ten seconds' \
    "$(printf '%s\n' "$TS_ERR" | sed -n 's/.* ms: cannot be recorded, and was undone: waited \([0-9]*s\) .*/\1/p' | tr '\n' ' ')" '10s 1s 1s 1s '
client_sql acme 'DROP TRIGGER tell_patience ON background_job_histories' >/dev/null
run_ts run
is 'and all have their turn when it is free' "$TS_CODE $(runs_of acme)" '0 8'

# A lock that the job's own statement does not get, for a trigger that will not wait: its failure.
add_job acme ValidityTokenCleanup '0 3 * * *' due
impatient=$JOB_ID
client_sql acme "
    CREATE TABLE gate AS SELECT 1 AS id;
    CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN PERFORM FROM gate FOR UPDATE NOWAIT; RETURN NULL; END \$\$;
    CREATE TRIGGER gate AFTER DELETE ON validity_tokens EXECUTE PROCEDURE pass_gate()" >/dev/null
hold acme 'SELECT FROM gate FOR UPDATE'
run_ts run
let_go acme
is 'a lock that the work of a job does not get is a failure of the job' \
    "$TS_CODE $(history acme | tail -n 1) $(is_due "$impatient")" \
    '0 ValidityTokenCleanup|failure||could not obtain lock on row in relation "gate" (SQLSTATE 55P03) f'
done_testing
