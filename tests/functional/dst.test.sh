#!/bin/sh
# Runs in the two odd hours of Europe/Berlin: 25 October 2026, 02:00 to 03:00 comes twice; 29 March 2026
# it does not come.
TEST_TZ=Europe/Berlin
export TEST_TZ
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme

# at_instant SECONDS: the executor believes to start then; local time alone would not say which.
at_instant() {
    at_time "$(date -d "@$1" '+%F %T')" || skip_all 'no faketime here'
    sed -i "s/ -f '@[^']*'/ -f '$(printf '%+d' $(($1 - $(date +%s))))s'/" "$TASK_SERVER"
}

# instant 'YYYY-MM-DD HH:MM:SS +ZZZZ'
instant() {
    date -d "$1" +%s
}

# runs_at INSTANT: how many runs there are after a run at that time.
runs_at() {
    at_instant "$(instant "$1")"
    run_ts run
    client_sql acme 'SELECT count(*) FROM background_job_histories'
}

# stored ID: its next time.
stored() {
    job_field acme "$1" next_run_at
}

# ---- autumn ---------------------------------------------------------------------------------------

add_job acme Test '*/30 * * * *' '2026-10-25 01:30:00'
half_hourly=$JOB_ID
at_instant "$(instant '2026-10-25 01:30:20 +0200')"
run_ts -v run
like 'the executor believes it' "$TS_ERR" 'next 2026-10-25 02:00:00 \+0200'
is 'the first 02:00 is stored as it is' "$(stored "$half_hourly")" '2026-10-25 02:00:00'
is 'it is due when it comes first' "$(runs_at '2026-10-25 02:00:20 +0200') $(stored "$half_hourly")" '2 2026-10-25 02:30:00'
is 'after the first 02:30 comes the second 02:00, a microsecond marks it' \
    "$(runs_at '2026-10-25 02:30:20 +0200') $(stored "$half_hourly")" '3 2026-10-25 02:00:00.000001'
is 'which is not due at the first 02:45' "$(runs_at '2026-10-25 02:45:00 +0200')" 3
is 'but at the second 02:00' "$(runs_at '2026-10-25 02:00:20 +0100') $(stored "$half_hourly")" '4 2026-10-25 02:30:00.000001'
is 'and the second 02:30 at its own' "$(runs_at '2026-10-25 02:20:00 +0100') $(runs_at '2026-10-25 02:30:20 +0100') $(stored "$half_hourly")" \
    '4 5 2026-10-25 03:00:00'
is 'no run has the mark in its run_at' "$(client_sql acme "SELECT count(*) FROM background_job_histories
    WHERE to_char(run_at, 'US') = '000001'")" 0

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_job acme Test '30 2 * * *' '2026-10-25 02:30:00'
daily=$JOB_ID
is 'a daily job runs the first time' "$(runs_at '2026-10-25 02:30:20 +0200')" 1
is 'and goes on the next day' "$(stored "$daily")" '2026-10-26 02:30:00'
is 'not the second time' "$(runs_at '2026-10-25 02:30:20 +0100')" 1

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_job acme Test '30 2 * * *' '2026-10-25 02:30:00.000001' --data 'result: second'
add_job acme Test '30 2 * * *' '2026-10-25 02:50:00' --data 'result: first'
add_job acme Test '30 2 * * *' '2026-10-25 02:30:00.250000' --data 'result: with a fraction'
is 'jobs run in the order of instants, not of texts' \
    "$(runs_at '2026-10-25 02:40:00 +0100' >/dev/null; client_sql acme "SELECT string_agg(result, ', ' ORDER BY id) FROM background_job_histories")" \
    'with a fraction, first, second'

# ---- spring ---------------------------------------------------------------------------------------

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_job acme Test '30 2 * * *' '2026-03-28 02:30:00'
daily=$JOB_ID
add_job acme Test '*/30 * * * *' '2026-03-29 01:30:00'
half_hourly=$JOB_ID
add_job acme Test '0 5 * * *' '2026-03-29 02:15:00' --data 'result: written by somebody else'
is 'before the gap' "$(runs_at '2026-03-29 01:30:20 +0100')" 2
is 'a daily job fires at the first moment behind the gap' "$(stored "$daily")" '2026-03-29 03:00:00'
is 'what follows elapsed time misses what is missing' "$(stored "$half_hourly")" '2026-03-29 03:00:00'
is 'a minute before it nothing is due' "$(runs_at '2026-03-29 01:59:00 +0100')" 2
is 'behind it all is, also what stands in the gap' "$(runs_at '2026-03-29 03:00:10 +0200')" 5
is 'the daily job goes on at its own time' "$(stored "$daily")" '2026-03-30 02:30:00'
is 'and the other one half an hour later' "$(stored "$half_hourly")" '2026-03-29 03:30:00'
done_testing
