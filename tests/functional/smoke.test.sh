#!/bin/sh
# One run over three clients: the due job of each enabled one runs, is recorded and goes on at its
# next time; the one that is not enabled is left alone; a second run finds nothing to do and says
# nothing.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme --name 'Müller & Söhne GmbH'
add_client old --old
add_client off --disabled
for client in acme old off; do
    add_job $client Test '0 3 * * *' due --data "result: $client's result"
done

ok 'a run succeeds' run_ts run
is 'the first client has its history row' "$(history acme)" "Test|success|acme's result|"
is 'so has the client with the older tables' "$(history old)" "Test|success|old's result|"
is 'the client that is not enabled has none' "$(history off)" ''

next=$(date -d 'tomorrow 03:00' '+%F %T')
if [ "$(date +%H)" -lt 3 ]; then
    next=$(date -d 'today 03:00' '+%F %T')
fi
is 'the job goes on at its next time' "$(job_field acme "$JOB_ID" next_run_at)" "$next"
is 'in the older tables too' "$(job_field old "$JOB_ID" next_run_at)" "$next"
is 'last_run_at is the run_at of the history row' \
    "$(job_field acme "$JOB_ID" 'last_run_at = (SELECT run_at FROM background_job_histories)')" t
is 'run_at is local time' \
    "$(client_sql acme "SELECT abs(extract(epoch FROM run_at - '$(date '+%F %T')')) < 60
        FROM background_job_histories")" t
pid_file=$INSTALLATION/users/pid/config.kivitendo.conf.pid
ok 'the pid file is there afterwards' test -f "$pid_file"
ok 'and empty' test ! -s "$pid_file"

ok 'a second run succeeds' run_ts run
is 'and has nothing to do' "$(history acme; history old)" "Test|success|acme's result|
Test|success|old's result|"
is 'the database server has nothing to remark on either' \
    "$(grep -a "/$AUTH_DB" "$PG_DIR/log" | grep -a -E 'WARNING|ERROR|FATAL')" ''
is 'a quiet run says nothing at all' "$(run_ts -q run; cat "$WORK/ts.out" "$WORK/ts.err")" ''
done_testing
