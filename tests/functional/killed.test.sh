#!/bin/sh
# slow
# A lane, its connection or the whole server goes down while a job is under way.
. "$(dirname "$0")/../lib/tap.sh"
TEST_PG_DIR= # a cluster of our own, to be restarted
export TEST_PG_DIR
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/quotations.sh"
add_client acme

# outcome KEY ID: how the job's last run ended, and whether the job goes on in the future.
outcome() {
    client_sql "$1" "SELECT h.status, h.error, b.next_run_at > localtimestamp, b.last_run_at = h.run_at
        FROM background_jobs AS b, background_job_histories AS h
        WHERE b.id = $2 AND h.package_name = b.package_name"
}

# tidy: no jobs, no history.
tidy() {
    for tidy_client in acme beta; do
        client_sql $tidy_client 'TRUNCATE background_jobs, background_job_histories, oe'
    done
}

# ---- a lane ---------------------------------------------------------------------------------------

add_held_job acme
held=$JOB_ID
hold_up acme
start_ts one -v run
ok 'a job is under way' under_way acme
lane=$(process_children "$TS_PID")
add_client beta
add_job beta Test '0 3 * * *' due
kill -s ALRM "$TS_PID"
ok 'another client is served meanwhile' comes_to beta 1
backend=$(backend_of acme)
kill -s KILL "$lane"
ok 'a job whose lane is killed is recorded, though the lock is still held' comes_to acme 1
is 'as failed, and it goes on at its next time' "$(outcome acme "$held")" \
    'failure|its process died while it ran|t|t'
is 'the session that the dead lane left is ended' \
    "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity WHERE pid = $backend")" 0
ok 'and the run ends well' wait_ts one
like 'it says how the lane ended' "$TS_ERR" \
    "client 'acme': job $held \\($HELD_JOB\\) after [0-9]+ ms: its process was ended by signal 9 while it ran"
let_go acme
run_ts run
is 'nothing is done again' "$(runs_of acme) $(runs_of beta)" '1 1'

# A lane that is killed between a claim and a settle of a job that did not wait: the commit arrived.
tidy
add_held_job acme
held=$JOB_ID
add_job acme Test '0 3 * * *' due
hold_up acme
start_ts one -v run
under_way acme
lanes=$(process_children "$TS_PID")
# shellcheck disable=SC2086  # pids
kill -s STOP $lanes
let_go acme
# The server does what was sent, COMMIT and all; the lane is not there to hear of it.
ok 'a commit whose answer nobody hears arrives' comes_to acme 1
# shellcheck disable=SC2086
kill -s KILL $lanes
wait_ts one
is 'and is not recorded a second time' "$(history acme)" "$HELD_JOB|success|1|"
like 'and that is said' "$TS_ERR" 'its outcome had arrived|is not due any more'
run_ts run
is 'what was left runs in the next run' "$(history acme)" "$HELD_JOB|success|1|
Test|success|1|"

# ---- a connection ---------------------------------------------------------------------------------

tidy
add_held_job acme
held=$JOB_ID
add_job acme Test '0 3 * * *' due
hold_up acme
start_ts one -v run
under_way acme
pg_admin postgres -c "SELECT pg_terminate_backend($(backend_of acme))" >/dev/null
ok 'a run whose connection is ended goes on over a new one' wait_ts one
is 'the job is recorded as failed, and goes on at its next time' "$(outcome acme "$held")" \
    'failure|its connection was lost while it ran|t|t'
is 'and the next job runs in the same run' "$(runs_of acme "package_name = 'Test'")" 1
let_go acme

tidy
add_held_job acme
held=$JOB_ID
add_job acme Test '0 3 * * *' due
add_job beta Test '0 3 * * *' due
hold_up acme
start_ts one -v run
under_way acme
comes_to beta 1
kill -s KILL "$(backend_of acme)"
ok "a run that loses its server's process, and with it all connections, goes on" wait_ts one
is 'the job is recorded once, and goes on at its next time' \
    "$(runs_of acme "package_name = '$HELD_JOB'") $(outcome acme "$held" | cut -d'|' -f1,3)" '1 failure|t'
is 'so are the others' "$(runs_of acme "package_name = 'Test'") $(runs_of beta)" '1 1'

# ---- the server -----------------------------------------------------------------------------------

# restart_in_mid_job MODE
restart_in_mid_job() {
    tidy
    add_held_job acme
    held=$JOB_ID
    due=$(job_field acme "$held" next_run_at)
    add_job acme Test '0 3 * * *' due
    add_job beta Test '0 3 * * *' due
    hold_up acme
    start_ts one -v run
    under_way acme
    comes_to beta 1
    pg_restart "$1"
    wait_ts one
}

for mode in fast immediate; do
    restart_in_mid_job $mode
    is "the server is restarted ($mode): the job that was under way has no run, and is still due" \
        "$(runs_of acme "package_name = '$HELD_JOB'") $(job_field acme "$held" next_run_at)" "0 $due"
    is 'the others ran' "$(runs_of acme "package_name = 'Test'") $(runs_of beta)" '1 1'
    ok 'the next run succeeds' run_ts run
    is 'and does what was left, once' "$(client_sql acme "SELECT package_name, status
        FROM background_job_histories ORDER BY package_name") $(runs_of beta)" "Test|success
$HELD_JOB|success 1"
done

rounds=${TEST_LONG:+20}
rounds=${rounds:-3}
seed=${TEST_SEED:-$$}
diag "seed $seed"
random "$seed" "$rounds" 120 >"$WORK/delays"
random $((seed + 1)) "$rounds" 3 >"$WORK/modes"
tidy
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    delay=$(sed -n ${round}p "$WORK/delays")
    mode=$(echo 'fast,immediate,kill' | cut -d, -f$(($(sed -n ${round}p "$WORK/modes") + 1)))
    add_quotations acme "r$round" 150
    add_quotations beta "r$round" 150
    start_ts one run
    pause "$delay"
    pg_restart "$mode"
    wait_ts one
    run_ts run
    is "restarted after $delay ms ($mode): nothing is lost, twice or without its row" \
        "exit $TS_CODE$(judge_quotations acme; judge_quotations beta)" 'exit 0'
done
done_testing
