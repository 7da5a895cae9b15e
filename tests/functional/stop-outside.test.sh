#!/bin/sh
# slow
# Told to stop while jobs run outside the database.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
stop_grace = 2
kill_grace = 1
rerun_interrupted = Repeats Waits

[task_server/commands]
Regular = /bin/sh $WORK/waits
Repeats = /bin/sh $WORK/waits
END
add_client acme

# ended NAME: whether the job's process is gone.
ended() {
    ! process_runs "$(waiting_pid "$1")"
}
outcome() {
    client_sql acme "SELECT status, left(error, 13), result FROM background_job_histories
        WHERE package_name = '$1' ORDER BY id"
}
is_due() {
    job_field acme "$1" 'next_run_at <= now()'
}
# stop NAME: tells the run of that name to stop.
stop() {
    kill -s TERM "$(cat "$WORK/$1.pid")"
}

# ---- it ends within the grace ----
add_waiting acme Regular in_time
in_time=$JOB_ID
start_ts a run
ok 'a command is under way' has_begun in_time
stop a
sleep 0.5
let_end in_time
ok 'the run that was told to stop succeeds' wait_ts a
is 'the command that ended within stop_grace is recorded as it ended' "$(outcome Regular)" 'success||waited'
is 'with its next time' "$(is_due "$in_time")" f

# ---- it does not ----
client_sql acme 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
add_waiting acme Regular regular
regular=$JOB_ID
add_waiting acme Speaks behind
behind=$JOB_ID
start_ts b run
has_begun regular
stop b
ok 'a run with a job that does not end ends all the same' wait_ts b
ok 'the job is ended' ended regular
is 'its history says interrupted' "$(outcome Regular)" 'failure|interrupted: |'
is 'and it goes on at its next regular time' "$(is_due "$regular")" f
is 'what was behind it is left due' "$(is_due "$behind"), $(outcome Speaks)" 't, '
client_sql acme 'DELETE FROM background_jobs'

# ---- rerun_interrupted ----
add_waiting acme Repeats again
again=$JOB_ID
start_ts c run
has_begun again
stop c
wait_ts c
is 'a package in rerun_interrupted is recorded as interrupted' "$(outcome Repeats)" 'failure|interrupted: |'
is 'and is due again at once' "$(is_due "$again")" t
not_begun again
start_ts d run
ok 'the next run starts it again' has_begun again
stop d
wait_ts d
is 'interrupted a second time it has two rows' "$(outcome Repeats | wc -l)" 2
is 'and goes on at its next regular time: once only' "$(is_due "$again")" f
run_ts run
is 'so the next run leaves it alone' "$(starts_of again)" 2

add_waiting acme Repeats once --once
once=$JOB_ID
start_ts e run
has_begun once
stop e
wait_ts e
run_ts run
is 'a job that runs once is never repeated' "$(starts_of once)" 1
is 'and counts as run' "$(job_field acme "$once" 'last_run_at IS NOT NULL')" t

# ---- Perl ----
add_waiting acme Waits perl
perl=$JOB_ID
start_ts f run
ok 'a Perl job is under way' has_begun perl
stop f
wait_ts f
is 'Perl jobs are interrupted likewise' "$(outcome Waits)" 'failure|interrupted: |'
ok 'and ended' ended perl
is 'and due again where they are listed' "$(is_due "$perl")" t
client_sql acme 'DELETE FROM background_jobs'

# ---- the one whose mails cannot be taken back ----
add_waiting acme CreatePeriodicInvoices invoices
start_ts g run
has_begun invoices
stop g
sleep 4
ok 'CreatePeriodicInvoices goes on beyond stop_grace' process_runs "$(waiting_pid invoices)"
let_end invoices
ok 'and when it has ended the run ends' wait_ts g
is 'with its outcome' "$(outcome CreatePeriodicInvoices)" 'success||waited'

# ---- by hand ----
add_waiting acme Regular by_hand --inactive
start_ts h run-job "$JOB_ID" --client acme
has_begun by_hand
stop h
wait_ts h
is 'run-job stops in the same way' "$(outcome Regular | tail -n 1)" 'failure|interrupted: |'
ok 'and its job too' ended by_hand

is 'nothing is left running' "$(jobs_running)" ''
is 'nor in the journal' "$(journal_entries)" ''
done_testing
