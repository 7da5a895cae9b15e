#!/bin/sh
# Clients whose database is reached through pgbouncer, which shares sessions out between transactions.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
. "$TEST_ROOT/tests/lib/pooler.sh"
setup
start_pooler transaction || skip_all 'pgbouncer is not installed'
make_standin "$WORK/kivi"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Echo = /bin/echo done
Test = /bin/echo the command, not the native job
END
add_client acme --host "$POOLER" --port 6432

add_job acme UpdateEmployeeBaseData '*/5 * * * *' due
add_job acme Echo '0 3 * * *' due
echo_job=$JOB_ID
add_job acme Speaks '0 3 * * *' due
ok 'a run through the pooler succeeds' run_ts run
is 'the native job runs' \
    "$(client_sql acme "SELECT status, result FROM background_job_histories
        WHERE package_name = 'UpdateEmployeeBaseData'")" 'success|1'
is 'the command and the Perl job are failures, both with their reason' \
    "$(client_sql acme "SELECT package_name, status FROM background_job_histories
        WHERE error LIKE '%needs a session of its own%transaction pooler%' ORDER BY package_name")" \
    'Echo|failure
Speaks|failure'
like 'the reason says what to do' "$(history acme)" "server's own address.*pooler = session"
is 'and they go on at their next regular time' \
    "$(job_field acme "$echo_job" 'next_run_at > now()')" t
unlike 'Perl was not even started' "$TS_ERR" 'Perl bridge'

add_job acme Test '0 3 * * *' due --data 'result: native'
run_ts run
like 'a command in place of a native job does not become native because of the pooler' \
    "$(history acme | tail -n 1)" '^Test\|failure\|\|Test needs a session of its own'

add_job acme Echo '0 3 * * *' null --inactive
ok 'by hand it is recorded too' run_ts run-job "$JOB_ID" --client acme
like 'as the same failure' "$TS_ERR" 'needs a session of its own'

ts_pooler_setting() {
    sed -i '/^\[task_server\]/a pooler = session' "$INSTALLATION/config/kivitendo.conf"
}
ts_pooler_setting
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'
    WHERE package_name IN ('Echo', 'Speaks') AND active"
ok 'with "pooler = session" a run succeeds' run_ts run
is 'and both of them run' \
    "$(client_sql acme "SELECT package_name, status FROM background_job_histories
        ORDER BY id DESC LIMIT 2" | sort)" 'Echo|success
Speaks|success'
done_testing
