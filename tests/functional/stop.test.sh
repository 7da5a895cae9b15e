#!/bin/sh
# slow
# SIGTERM, SIGINT and SIGHUP: nothing new starts; what is under way gets its grace, and is then undone
# and left due.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme
add_client beta
configuration short 'stop_grace = 1' 'max_parallel = 1'
pid_file=$INSTALLATION/users/pid/$(echo "$WORK/short.conf.pid" | tr / .)
configuration long 'stop_grace = 60' 'max_parallel = 1'

# begin CONFIGURATION: a held job in acme, another one behind it, and one in beta, which has to wait
# for acme.
begin() {
    for begin_client in acme beta; do
        client_sql $begin_client 'TRUNCATE background_jobs, background_job_histories'
    done
    client_sql acme "INSERT INTO validity_tokens (scope, token, valid_until) VALUES ('s', 't', '2001-01-01')
        ON CONFLICT DO NOTHING"
    add_held_job acme
    held=$JOB_ID
    due=$(job_field acme "$held" next_run_at)
    add_job acme Test '0 3 * * *' due
    add_job beta Test '0 3 * * *' due
    hold_up acme
    start_ts one -c "$WORK/$1.conf" -v run
    under_way acme
}

# untouched: what is left of the held job.
untouched() {
    client_sql acme "SELECT last_run_at, next_run_at, (SELECT count(*) FROM background_job_histories),
        (SELECT count(*) FROM validity_tokens) FROM background_jobs WHERE id = $held"
}

# ---- the grace runs out ---------------------------------------------------------------------------

for signal in TERM INT HUP; do
    begin short
    began=$(milliseconds)
    kill -s $signal "$TS_PID"
    ok "SIG$signal: the run ends well" wait_ts one
    took=$(($(milliseconds) - began))
    ok 'as soon as the grace is over' test $took -ge 900 -a $took -lt 5000
    let_go acme
    is 'the job that was under way has no run and is still due' "$(untouched)" "|$due|0|1"
    is 'no other job was started' "$(runs_of acme) $(runs_of beta)" '0 0'
    like 'and what happened is said' "$TS_ERR" \
        "job $held \\($HELD_JOB\\) after [0-9]+ ms: stopped before it was done; undone, and left due"
    like 'also at the end' "$TS_ERR" 'run ended; jobs: 0 succeeded, 0 failed, [12] left due'
    is 'the pid file is empty' "$(find "$INSTALLATION/users/pid" -type f -name '*.pid' -size +0; cat "$pid_file")" ''
done
ok 'the next run does it' run_ts -c "$WORK/short.conf" run
is 'all of it' "$(runs_of acme) $(runs_of beta)" '2 1'

# ---- within the grace -----------------------------------------------------------------------------

begin long
kill -s TERM "$TS_PID"
wait_until 5 grep -q 'told to stop' "$WORK/one.err"
kill -s TERM "$TS_PID"
kill -s INT "$TS_PID"
kill -s HUP "$TS_PID"
kill -s ALRM "$TS_PID"
is 'more signals change nothing' "$(process_runs "$TS_PID" && runs_of acme)" 0
let_go acme
ok 'a run whose job ends within its grace ends well' wait_ts one
is 'the job is recorded' "$(history acme)" "$HELD_JOB|success|1|"
is 'its effect is there' "$(client_sql acme 'SELECT count(*) FROM validity_tokens')" 0
is 'its next time is set' "$(job_field acme "$held" 'next_run_at > localtimestamp')" t
is 'and still no other job was started' "$(runs_of beta)" 0

# ---- the parent is killed -------------------------------------------------------------------------

begin short
lanes=$(process_children "$TS_PID")
kill -s KILL "$TS_PID"
ok "when the parent is killed, its lanes end by themselves" processes_end 20 "$lanes"
wait_ts one
ok 'as do their sessions' nobody_in acme
let_go acme
is 'the job is still due' "$(untouched)" "|$due|0|1"
ok 'the lock is free' run_ts -c "$WORK/short.conf" run
is 'and the next run does it' "$(runs_of acme) $(runs_of beta)" '2 1'

# A lane that still has its grace keeps its claim, but not the lock.
begin long
kill -s KILL "$TS_PID"
wait_ts one
ok 'the lock is free at once' run_ts -c "$WORK/long.conf" -v run
like 'what an orphaned lane is still at is passed over' "$TS_ERR" "job $held .*: LOST: another session has claimed it"
is 'and the rest is done' "$(client_sql acme 'SELECT package_name FROM background_job_histories') $(runs_of beta)" 'Test 1'
let_go acme
ok 'the orphaned lane finishes its job' comes_to acme 2
is 'and no other' "$(history acme)" "Test|success|1|
$HELD_JOB|success|1|"

# ---- before it has begun --------------------------------------------------------------------------

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_job acme Test '0 3 * * *' due
hold acme 'LOCK TABLE background_jobs'
start_ts one -c "$WORK/short.conf" run
under_way acme
kill -s TERM "$TS_PID"
ok 'a run that is stopped while it reads the list ends, too' wait_ts one
let_go acme
is 'and runs nothing' "$(runs_of acme)" 0
like 'an unreachable client is not reported then' "x$TS_ERR" '^x(told to stop.*)?$'

# nohup leaves SIGHUP ignored, and so do others with other signals.
trap '' HUP INT
begin short
kill -s HUP "$TS_PID"
ok 'signals that the caller ignored are heard all the same' wait_ts one
like 'as ever' "$TS_ERR" 'told to stop'
let_go acme
done_testing
