#!/bin/sh
# A database that refuses for good to record how a job outside ended: the client goes on, nothing is
# lost in silence, and the job does not run again and again.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Command = /bin/sh $WORK/waits
END
add_client acme
# on TABLE EVENT: refuses what concerns the package Command, as an installation's own trigger may.
client_sql acme "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    \$\$ BEGIN IF new.package_name = 'Command' THEN RAISE EXCEPTION 'no room for this'; END IF;
    RETURN new; END \$\$"
refuse_on() {
    client_sql acme "CREATE TRIGGER refuse BEFORE $2 ON $1 FOR EACH ROW EXECUTE FUNCTION refuse()"
}
native_due() {
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'
        WHERE package_name = 'UpdateEmployeeBaseData'"
}
natives() {
    client_sql acme "SELECT count(*) FROM background_job_histories
        WHERE package_name = 'UpdateEmployeeBaseData'"
}
bad_entries() {
    find "$INSTALLATION/users/task_server/journal" -path '*/bad/*.entry' | wc -l
}

refuse_on background_job_histories INSERT
add_waiting acme Command one
job=$JOB_ID
let_end one
add_job acme UpdateEmployeeBaseData '*/5 * * * *' due
run_ts -v run
like 'a refused outcome is told as what it was' "$TS_ERR" \
    "job $job \(Command\) after [0-9]+ ms: it has ended \(success\), but .* waits in the journal: no room for this"
is 'and waits' "$(journal_entries | wc -l)" 1
is 'the native job ran' "$(natives)" 1
native_due
run_ts run
is 'refused again it goes to bad/' "$(bad_entries) $(journal_entries | wc -l)" '1 0'
like 'which is told' "$TS_ERR" 'refuses to record how it ended: no room for this'
like 'and written beside it' "$(cat "$INSTALLATION"/users/task_server/journal/*/bad/*.why)" 'no room for this'
is 'the job has its next time' "$(job_field acme "$job" 'next_run_at > now(), last_run_at IS NOT NULL')" 't|t'
native_due
run_ts run
is 'the native job ran each time' "$(natives)" 3
is 'and the job once' "$(starts_of one)" 1

# Neither the history nor the row.
refuse_on background_jobs UPDATE
not_begun one
let_end one
add_waiting acme Command one
both=$JOB_ID
for _ in 1 2 3 4; do
    run_ts run
done
is 'where the row is refused too the job is not repeated either' "$(starts_of one)" 2
is 'what is known of it waits in the journal' "$(journal_entries | wc -l)" 1
client_sql acme 'DROP TRIGGER refuse ON background_jobs; DROP TRIGGER refuse ON background_job_histories'
run_ts run
is 'until the database takes it' "$(client_sql acme "SELECT status, result FROM background_job_histories
    WHERE package_name = 'Command'")" 'success|waited'
is 'with its next time' "$(job_field acme "$both" 'next_run_at > now()')" t
is 'and the journal is empty' "$(journal_entries)" ''

# A journal that cannot be read.
not_begun one
let_end one
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'
    WHERE package_name = 'Command'"
native_due
before=$(natives)
folder=$(dirname "$(find "$INSTALLATION/users/task_server/journal" -type d -name bad)")
chmod 0 "$folder"
run_ts run
chmod 0700 "$folder"
is 'an unreadable journal keeps no native job from running' "$(($(natives) - before))" 1
is 'but commands' "$(starts_of one)" 2
like 'which is told' "$TS_ERR" 'cannot open the journal.s directory .*Permission denied'
run_ts run
is 'readable again, both of them run' "$(starts_of one)" 4
done_testing
