#!/bin/sh
# The Perl half loses one of its processes while a job runs, or kivitendo's code changes under it.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
ts_setting 'kill_grace = 1'
ts_setting 'max_perl_jobs = 2'
add_client acme
add_client beta

outcomes() {
    client_sql "$1" 'SELECT package_name, status, left(error, 13), result
        FROM background_job_histories ORDER BY id'
}
parent_of() {
    sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$1/stat"
}
ended() {
    ! process_runs "$(waiting_pid "$1")"
}

# ---- the keeper, which stands between lane and job ----
add_waiting acme Waits one
add_waiting beta Waits two
add_job acme Speaks '0 3 * * *' due
start_ts first run
has_begun one && has_begun two
keeper=$(parent_of "$(waiting_pid one)")
kill -s KILL "$keeper"
ok 'a job whose keeper is killed ends with it' wait_until 5 ended one
let_end two
wait_ts first
is 'it counts as interrupted, and the next job runs' \
    "$(client_sql acme "SELECT package_name, status, left(error, 13) FROM background_job_histories
        ORDER BY id" | tr '\n' ' ')" 'Waits|failure|interrupted:  Speaks|success| '
is 'the other job is not concerned' "$(outcomes beta)" 'Waits|success||waited'
is 'nothing is left running' "$(jobs_running)" ''

# ---- the bridge, while a job runs and another client waits ----
for client in acme beta; do
    client_sql $client 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
done
not_begun one
add_waiting acme Waits one
add_job acme Speaks '0 3 * * *' due
start_ts second run
has_begun one
bridge=$(parent_of "$(parent_of "$(waiting_pid one)")")
kill -s KILL "$bridge"
sleep 0.5
let_end one
ok 'a run whose bridge is killed ends well' wait_ts second
like 'it says so' "$TS_ERR" 'the Perl bridge has died'
is 'the job under way has one outcome' "$(outcomes acme | grep -c '^Waits')" 1
like 'and the next one has a new bridge' "$(outcomes acme | tail -n 1)" '^Speaks\|success'
is 'nothing is left running' "$(jobs_running)" ''

# ---- kivitendo's code is replaced under the bridge ----
for client in acme beta; do
    client_sql $client 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
done
not_begun one
add_waiting acme Waits one
add_job acme Nothing '0 3 * * *' due
start_ts third run
has_begun one
sed -i "s/return undef/return 'new code'/" "$INSTALLATION/SL/BackgroundJob/Nothing.pm"
let_end one
ok 'a run under which the code changes ends well' wait_ts third
is 'the job under way was finished by the old code, the next is run by the new one' \
    "$(client_sql acme "SELECT package_name, status, result FROM background_job_histories ORDER BY id" |
        tr '\n' ' ')" 'Waits|success|waited Nothing|success|new code '
is 'nothing is left running' "$(jobs_running)" ''
is 'nor in the journal' "$(journal_entries)" ''
is 'no sessions are left in the auth database' "$(auth_sql 'SELECT count(*) FROM auth.session')" 0
done_testing
