#!/bin/sh
# slow
# The claim of a job outside the database is a lock of its lane's session: what if that is lost?
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Command = /bin/sh $WORK/waits
Edited = /bin/sh $WORK/waits
END
add_client acme
add_client beta
add_client gone

# claims CLIENT: process ids of the sessions that hold a claim there.
claims() {
    pg_admin postgres -c "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.granted AND d.datname = '$(client_db "$1")'"
}
has_claim() {
    [ -n "$(claims "$1")" ]
}
end_claims() {
    pg_admin postgres -c "SELECT pg_terminate_backend($(claims "$1"))" >/dev/null
    wait_until 5 has_no_claim "$1"
}
has_no_claim() {
    ! has_claim "$1"
}
outcomes() {
    client_sql "$1" 'SELECT package_name, status, result FROM background_job_histories ORDER BY id'
}
# The two keys of a claim's lock.
claim_keys() {
    pg_admin postgres -c "SELECT l.classid::int8, l.objid::int8 FROM pg_locks l
        JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = '$(client_db "$1")'" | tr '|' ','
}

add_waiting acme Command acme
acme_job=$JOB_ID
add_waiting beta Waits beta
beta_job=$JOB_ID
add_waiting gone Command gone
gone_job=$JOB_ID
start_ts first run
has_begun acme && has_begun beta && has_begun gone
is 'a job that runs is claimed' "$(claims acme | wc -l) $(claims beta | wc -l)" '1 1'
is 'without a transaction' "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
    WHERE pid IN ($(claims acme), $(claims beta)) AND xact_start IS NOT NULL")" 0
fails 'run-job says that it is claimed' 75 run_ts run-job "$acme_job" --client acme
like 'and by whom' "$TS_ERR" 'claimed by .*task-server'
keys=$(claim_keys beta)

# All three lose their session.  One stays free, one is taken by somebody else, one's row is deleted.
end_claims acme
end_claims beta
end_claims gone
(PGAPPNAME=rival exec "$PG_BIN/psql" -X -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db beta)" \
    -c "SELECT pg_advisory_lock($keys)" -c 'SELECT pg_sleep(3600)' >/dev/null 2>&1) &
own_pids="$own_pids $!"
wait_until 10 has_claim beta
client_sql gone "DELETE FROM background_jobs WHERE id = $gone_job"

ok 'a claim whose session was ended is taken again within 20 seconds' wait_until 25 has_claim acme
said_lost() {
    grep -q "client 'beta': job $beta_job (Waits) after [0-9]* ms: its claim is lost" "$WORK/first.err"
}
ok 'one that somebody else has got is told as lost' wait_until 10 said_lost
ok 'the jobs go on' process_runs "$(waiting_pid beta)"
fails 'the one that was taken again is claimed as before' 75 run_ts run-job "$acme_job" --client acme
for name in acme beta gone; do
    let_end $name
done
ok 'the run ends well' wait_ts first
is 'the reclaimed job is settled as usual' \
    "$(outcomes acme), $(job_field acme "$acme_job" 'next_run_at > now(), last_run_at IS NOT NULL')" \
    'Command|success|waited, t|t'
is 'the outcome of the lost one is in its history' "$(outcomes beta)" 'Waits|success|waited'
is 'its row belongs to whoever has the claim' \
    "$(job_field beta "$beta_job" 'next_run_at > now(), last_run_at IS NOT NULL')" 'f|f'
is 'where the row is gone there is the history' "$(outcomes gone)" 'Command|success|waited'
is 'no entry is left in the journal' "$(journal_entries)" ''

# ---- edits while the job runs ----
client_sql acme 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
not_begun acme
for what in next spec off; do
    add_waiting acme Edited $what
    eval "$what=\$JOB_ID"
    start_ts $what run
    has_begun $what
    case $what in
    next) edit="next_run_at = '2031-02-03 04:05:00'" ;;
    spec) edit="cron_spec = '17 4 * * *'" ;;
    off) edit="active = false, description = 'edited'" ;;
    esac
    client_sql acme "UPDATE background_jobs SET $edit WHERE id = $JOB_ID"
    let_end $what
    wait_ts $what
done
# shellcheck disable=SC2154  # set by eval
is 'a next time that somebody set meanwhile stands' "$(job_field acme "$next" next_run_at)" \
    '2031-02-03 04:05:00'
# shellcheck disable=SC2154
is 'of a new schedule the next time is taken' \
    "$(job_field acme "$spec" "to_char(next_run_at, 'HH24:MI')")" '04:17'
# shellcheck disable=SC2154
is 'a job that was switched off stays off, and has its next time' \
    "$(job_field acme "$off" 'active, description, next_run_at > now()')" 'f|edited|t'
is 'all of them are recorded' "$(outcomes acme | grep -c success)" 3
done_testing
