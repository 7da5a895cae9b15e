#!/bin/sh
# The data of Perl jobs: what they save, what they change in memory only, what others edit meanwhile.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
add_client acme

# recorded PACKAGE: status and data of its last run.
recorded() {
    client_sql acme "SELECT status, data FROM background_job_histories
        WHERE package_name = '$1' ORDER BY id DESC LIMIT 1"
}

add_job acme SavesProgress '0 3 * * *' due --data 'file: x'
saves=$JOB_ID
add_job acme SavesProgress '0 4 * * *' due --data 'fail: 1'
fails=$JOB_ID
add_job acme ChangesData '0 3 * * *' due --data 'count: 1'
changes=$JOB_ID
add_job acme Speaks '0 3 * * *' due --data 'as: it was'
add_job acme Dies '0 3 * * *' due --data 'as: it was' --description 'the one that dies'
ok 'a run succeeds' run_ts run
is 'what a job saved itself stays in its row' "$(job_field acme "$saves" data)" 'progress: 3'
is 'with the next time' "$(job_field acme "$saves" 'next_run_at > now() AND active')" t
is 'also where it failed then' "$(job_field acme "$fails" data)" 'progress: 3'
is 'and is in the history as it was after the run' \
    "$(client_sql acme "SELECT status, data FROM background_job_histories
        WHERE package_name = 'SavesProgress' ORDER BY id")" 'success|progress: 3

failure|progress: 3'
is 'what it changed in memory only goes to the row' "$(job_field acme "$changes" data)" 'count: 2'
is 'and to the history' "$(recorded ChangesData)" 'success|count: 2'
is 'data that was not touched stays' "$(recorded Speaks)" 'success|as: it was'
is 'failures have data and description too' \
    "$(client_sql acme "SELECT data, description FROM background_job_histories
        WHERE package_name = 'Dies'")" 'as: it was|the one that dies'

add_waiting acme ChangesInMemory one
edited=$JOB_ID
start_ts first run
has_begun one
client_sql acme "UPDATE background_jobs SET data = 'edited: yes' WHERE id = $edited"
let_end one
wait_ts first
is 'data that somebody edited meanwhile stands' "$(job_field acme "$edited" data)" 'edited: yes'
like 'the history has what the job had in the end' "$(recorded ChangesInMemory)" 'changed: 1|success'

not_begun one
client_sql acme "UPDATE background_jobs SET data = '$WAITING/one
' WHERE id = $edited"
make_due acme "$edited"
start_ts second run
has_begun one
client_sql acme "UPDATE background_jobs SET cron_spec = '15 5 * * *', active = false,
    description = 'edited' WHERE id = $edited"
let_end one
wait_ts second
is 'where it was another column, both stand' \
    "$(job_field acme "$edited" "cron_spec, active, description, data LIKE '%changed: 1%',
        to_char(next_run_at, 'HH24:MI')")" '15 5 * * *|f|edited|t|05:15'
done_testing
