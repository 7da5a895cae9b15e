#!/bin/sh
# run-job: one job now, whatever its schedule.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme --name 'Acme GmbH'
add_client beta
add_client off --disabled
acme_id=$(auth_sql "SELECT id FROM auth.clients WHERE name = 'Acme GmbH'")

# In all three clients: 1 is inactive and has no time, 2 is not due, 3 differs.
for client in acme beta off; do
    add_job $client Test '0 3 * * *' null --inactive --data "result: $client"
    add_job $client Test '0 3 * * *' '2037-01-01 03:00:00'
done
add_job acme Test '0 3 * * *' due
add_job beta ValidityTokenCleanup '0 3 * * *' due
add_job acme Test '0 3 * * *' due --data 'exception: not today'

# all_runs: of all clients.
all_runs() {
    echo "$(runs_of acme) $(runs_of beta) $(runs_of off)"
}

# job SENTENCE CODE MESSAGE ARGUMENTS…: run-job ends with that code and says that.
job() {
    job_sentence=$1
    job_code=$2
    job_message=$3
    shift 3
    run_ts run-job "$@"
    like "$job_sentence" "$TS_CODE $TS_OUT$TS_ERR" "^$job_code .*$job_message"
}

# ---- which ----------------------------------------------------------------------------------------

job 'by its id, in every enabled client' 0 "client 'Acme GmbH': job 1 \\(Test\\) after [0-9]+ ms: succeeded, .*: acme" 1
like 'each is told' "$TS_ERR" "client 'beta': job 1 \\(Test\\) after [0-9]+ ms: succeeded, .*: beta"
is 'though it is inactive and has no time' "$(all_runs)" '1 1 0'
is 'it goes on at its next time, as if it had been due, and stays inactive' \
    "$(job_field acme 1 "active, last_run_at = (SELECT max(run_at) FROM background_job_histories), to_char(next_run_at, 'HH24:MI')")" \
    'f|t|03:00'
job 'one that is not due' 0 'succeeded' 2 --client beta
is 'only in the client that is named' "$(all_runs)" '1 2 0'
is 'its next time is next, not what it was' "$(job_field beta 2 "next_run_at < '2037-01-01'")" t
job 'by the name of the client' 0 'succeeded' 2 --client 'Acme GmbH'
job 'by its id' 0 'succeeded' --client "$acme_id" 2
is 'both are the same one' "$(all_runs)" '3 2 0'
job 'what means different packages is refused' 64 \
    "job 3 is Test in one client and ValidityTokenCleanup in client 'beta': choose with --client.*--all-clients" 3
is 'everywhere' "$(all_runs)" '3 2 0'
job 'unless all are meant' 0 'succeeded' 3 --all-clients
is 'then all of them run' "$(all_runs)" '4 3 0'
job 'or one is' 0 'succeeded' 3 --client beta
job 'an id that only one client has' 0 'failed, .*: Oh cruel world: not today' 4
is 'a job that fails is recorded, and is no error of ours' "$(client_sql acme "SELECT status, error
    FROM background_job_histories ORDER BY id DESC LIMIT 1")" 'failure|Oh cruel world: not today'
before=$(all_runs)
job 'no such job' 64 'no job 99 in any enabled client' 99
job 'none in that client' 64 'no job 4 in that client' 4 --client beta
job 'no such client' 64 "no enabled client 'nobody'" 1 --client nobody
job 'one that is not enabled' 64 "no enabled client 'off'" 1 --client off
job 'no id' 64 'wanted one job ID'
job 'two' 64 'wanted one job ID' 1 2
for id in 0 -1 x 1x 2147483648 99999999999999999999 ''; do
    job "'$id' is no id" 64 '' -- "$id"
done
job 'an unknown option' 64 '' 1 --everywhere
is 'nothing of that ran anything' "$(all_runs)" "$before"
is 'with -q only errors are told' "$(run_ts -q run-job 1 --client beta; cat "$WORK/ts.err")" ''

# ---- beside others --------------------------------------------------------------------------------

for client in acme beta; do
    client_sql $client 'TRUNCATE background_jobs, background_job_histories RESTART IDENTITY'
done
add_held_job acme
add_job acme Test '0 3 * * *' due --data 'result: beside'
add_job beta Test '0 3 * * *' due
hold_up acme
start_ts one run
under_way acme
holder=$(backend_of acme)
job 'while a run holds the pid lock another job can be run' 0 'succeeded, .*: beside' 2
job 'but not the one that is under way: it is said who has it' 75 \
    "not run: claimed by database process $holder of task-server Acme GmbH.*, since [0-9-]+ [0-9:]+" 1 --client "$acme_id"
is 'that changes nothing' "$(runs_of acme "package_name = '$HELD_JOB'")" 0
let_go acme
wait_ts one
is 'and everything ran once' "$(client_sql acme "SELECT package_name, count(*) FROM background_job_histories
    GROUP BY 1 ORDER BY 1")" "Test|1
$HELD_JOB|1"

# The other way round: a run meets a job that was started by hand.
client_sql acme "UPDATE background_jobs SET next_run_at = date_trunc('second', localtimestamp); TRUNCATE background_job_histories"
hold_up acme
start_ts hand run-job 1 --client "$acme_id"
under_way acme
run_ts -v run
like 'a run passes over what somebody runs by hand' "$TS_ERR" 'job 1 .*: LOST: another session has claimed it'
is 'and does the rest' "$TS_CODE $(history acme)" '0 Test|success|beside|'
let_go acme
ok 'run-job ends well' wait_ts hand
is 'and has recorded its own' "$(runs_of acme)" 2

hold_up acme
start_ts hand run-job 1 --client "$acme_id"
under_way acme
configuration short 'stop_grace = 1'
start_ts stopped -c "$WORK/short.conf" run-job 1 --client "$acme_id"
wait_ts stopped
is 'two by hand: the second is turned away' "$TS_CODE" 75
kill -s KILL "$(cat "$WORK/hand.pid")"
wait_ts hand
let_go acme
nobody_in acme
hold_up acme
start_ts stopped -c "$WORK/short.conf" run-job 1 --client "$acme_id"
under_way acme
runs=$(runs_of acme "package_name = '$HELD_JOB'")
kill -s TERM "$TS_PID"
wait_ts stopped
like 'stopped, it leaves no trace' "$TS_CODE $(runs_of acme "package_name = '$HELD_JOB'")" "^75 $runs\$"
let_go acme

# ---- in the way -----------------------------------------------------------------------------------

touch "$INSTALLATION/users/nologin"
own_installation
job 'while the installation is locked nothing is run' 75 'nologin exists' 2
rm "$INSTALLATION/users/nologin"
client_sql beta 'TRUNCATE background_jobs, background_job_histories'
add_client gone --host "$WORK/nowhere"
job 'a client that cannot be reached: the others run' 75 "client 'gone': cannot connect" 2 --client "$acme_id" --client gone
runs=$(runs_of acme)
run_ts run-job 2
is 'and the exit code tells' "$TS_CODE $(($(runs_of acme) - runs))" '75 1'
like 'what was done and what was not' "$TS_ERR" "client 'Acme GmbH': job 2 .*succeeded"
client_sql acme "UPDATE background_jobs SET cron_spec = '0 0 31 2 *' WHERE id = 2"
job 'a schedule that never fires is mentioned' 0 "the schedule '0 0 31 2 \\*' never fires.*; the job is run all the same" 2 --client "$acme_id"
like 'but is no hindrance' "$TS_ERR" 'succeeded'
is 'there is no next time then' "$(job_field acme 2 next_run_at)" ''
done_testing
