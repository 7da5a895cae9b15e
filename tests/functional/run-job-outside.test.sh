#!/bin/sh
# Commands and Perl jobs run by hand.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Echo = /bin/echo done
False = /bin/false
Command = /bin/sh $WORK/waits
END
add_client acme
add_client beta
# The same id means the same package in both.
for client in acme beta; do
    add_job $client Echo '0 3 * * *' null --inactive
    echo_job=$JOB_ID
    add_job $client Speaks '0 3 * * *' null --inactive
    perl_job=$JOB_ID
done

last() {
    client_sql "$1" 'SELECT package_name, status, result, error FROM background_job_histories
        ORDER BY id DESC LIMIT 1'
}

ok 'a command is run by hand' run_ts run-job "$echo_job" --client acme
is 'and recorded' "$(last acme)" 'Echo|success|done|'
is 'with its times; it stays inactive' \
    "$(job_field acme "$echo_job" 'last_run_at IS NOT NULL, next_run_at > now(), active')" 't|t|f'
is 'only in that client' "$(last beta)" ''
like 'its outcome is on standard error' "$TS_ERR" "client 'acme': job $echo_job \(Echo\) after [0-9]+ ms: succeeded"
ok 'so is a Perl job' run_ts run-job "$perl_job" --client acme
like 'and recorded' "$(last acme)" '^Speaks\|success\|Grüße'
ok 'without --client it runs in every client' run_ts run-job "$perl_job"
like 'in the one' "$(last acme)" '^Speaks\|success'
like 'and in the other' "$(last beta)" '^Speaks\|success'
is 'all of them with one start of Perl' "$(printf '%s\n' "$TS_ERR" | grep -c 'cannot load the job class Broken')" 1

add_job acme False '0 3 * * *' null
ok 'a command that fails is no failure of run-job' run_ts run-job "$JOB_ID" --client acme
is 'but one of the job' "$(last acme)" 'False|failure||exit status 1'
add_job acme Dies '0 3 * * *' null
ok 'nor is a Perl job that dies' run_ts run-job "$JOB_ID" --client acme
like 'its words are on standard error' "$TS_ERR" '\(Dies\) after [0-9]+ ms: failed, .*Oh grausame Welt: ä'
add_job acme Exits '0 3 * * *' null
ok 'nor one that exits' run_ts run-job "$JOB_ID" --client acme
add_job acme NoSuchClass '0 3 * * *' null
ok 'nor one of an unknown package' run_ts run-job "$JOB_ID" --client acme
like 'which is told' "$(last acme)" '^NoSuchClass\|failure\|\|unknown package'

add_job acme Echo 'no schedule' null
ok 'one whose schedule is no good runs all the same' run_ts run-job "$JOB_ID" --client acme
is 'and is recorded' "$(last acme)" 'Echo|success|done|'

# In a run and by hand at the same time.
add_waiting acme Command one
waiting=$JOB_ID
start_ts run run
has_begun one
fails 'what a run is at is not run by hand' 75 run_ts run-job "$waiting" --client acme
like 'it says who is at it' "$TS_ERR" "job $waiting \(Command\): not run: claimed by"
let_end one
wait_ts run
not_begun one
start_ts hand run-job "$waiting" --client acme
has_begun one
make_due acme "$waiting"
ok 'a run while it is run by hand succeeds' run_ts run
is 'and has not started it' "$(starts_of one)" 2
let_end one
ok 'and by hand it ends well' wait_ts hand
is 'both are recorded' "$(client_sql acme "SELECT count(*) FROM background_job_histories
    WHERE package_name = 'Command' AND status = 'success'")" 2

# What an earlier run left.
not_begun one
make_due acme "$waiting"
start_ts killed run
has_begun one
kill -s KILL "$TS_PID"
wait_until 10 sh -c "! kill -0 $(waiting_pid one)"
wait_ts killed
let_end one
run_ts run-job "$waiting" --client acme
run_ts run
is 'a run that was killed before is recorded as interrupted, once' \
    "$(client_sql acme "SELECT count(*) FROM background_job_histories
        WHERE package_name = 'Command' AND error LIKE 'interrupted: %'")" 1
is 'nothing is left running' "$(jobs_running)" ''
is 'nor in the journal' "$(journal_entries)" ''
done_testing
