#!/bin/sh
# slow
# A slow job delays no other client, also not clients whose jobs become due while it runs.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme
add_client beta

# ---- one slow job ---------------------------------------------------------------------------------

add_held_job acme
add_job acme Test '0 3 * * *' due --data 'result: second'
add_job beta Test '0 3 * * *' due
hold_up acme
start_ts one -v run
one=$TS_PID
ok 'a slow job is under way' under_way acme
ok 'another client is served at the same time' comes_to beta 1
like 'the pid file names the process that may be woken' \
    "$(cat "$INSTALLATION/users/pid/config.kivitendo.conf.pid")" "^$one\$"

add_job beta Test '0 3 * * *' due --data 'result: woken'
kill -s ALRM "$one"
ok 'SIGALRM: the idle client is looked at again at once' comes_to beta 2 5
add_job acme Test '0 3 * * *' due --data 'result: third'
kill -s ALRM "$one"
add_job beta Test '0 3 * * *' due --data 'result: woken again'
kill -s ALRM "$one"
ok 'as often as it comes' comes_to beta 3 5
is 'but jobs of the busy client do not overlap' "$(sessions acme) $(runs_of acme)" '1 0'

# The parent sleeps while the slow job ends, a job becomes due, and somebody wakes it.
kill -s STOP "$one"
let_go acme
comes_to acme 2
add_job beta Test '0 3 * * *' due --data 'result: last look'
kill -s ALRM "$one"
kill -s CONT "$one"
ok 'the run ends when nobody is busy any more' wait_ts one
is 'but not before a last look, if it was woken meanwhile' \
    "$(client_sql beta "SELECT count(*) FROM background_job_histories WHERE result = 'last look'")" 1
is 'in one client jobs ran in the order of their times' \
    "$(client_sql acme "SELECT string_agg(package_name || ':' || result, ' ' ORDER BY run_at)
        FROM background_job_histories")" "$HELD_JOB:1 Test:second Test:third"
is 'also by the times at which they began' \
    "$(client_sql acme 'SELECT array_agg(id ORDER BY id) = array_agg(id ORDER BY run_at)
        FROM background_job_histories')" t

# ---- a minute later -------------------------------------------------------------------------------

# next_minute NOW: the full minute after that local time.
next_minute() {
    date -d "@$(($(date -d "$1" +%s) / 60 * 60 + 60))" '+%F %T'
}

if at_time '2026-02-10 10:20:57'; then
    for client in acme beta; do
        client_sql $client 'TRUNCATE background_jobs, background_job_histories'
    done
    add_held_job acme '0 3 * * *' '2026-02-10 10:20:00'
    add_job beta Test '*/5 * * * *' '2026-02-10 10:20:00'
    add_job beta Test '0 3 * * *' '2026-02-10 10:21:00' --data 'result: a minute later'
    hold_up acme
    start_ts one -v run
    ok 'near the end of a minute a slow job is under way' under_way acme
    comes_to beta 1
    ok 'a job that becomes due at the next full minute runs then' comes_to beta 2
    is 'not before' "$(client_sql beta "SELECT date_trunc('minute', run_at) FROM background_job_histories
        WHERE result = 'a minute later'")" '2026-02-10 10:21:00'
    let_go acme
    ok 'and the run ends' wait_ts one
    real_time
else
    skip 'the minute is the real one here, see lanes-minute' 'no faketime'
fi

# ---- six slow jobs --------------------------------------------------------------------------------

slow_ones='s1 s2 s3 s4 s5 s6'
for client in $slow_ones; do
    add_client "$client"
    add_held_job "$client"
    hold_up "$client"
done
add_client zeta
for client in beta zeta; do
    add_job $client Test '0 3 * * *' due --data 'result: beside six'
done

runs_beside_six() {
    client_sql "$1" "SELECT count(*) FROM background_job_histories WHERE result = 'beside six'"
}

began=$(milliseconds)
start_ts one -v run
for client in $slow_ones; do
    under_way "$client" || diag "$client is not under way"
done
ok 'six slow jobs and max_parallel 4: a client behind them is served' comes_to zeta 1 30
took=$(($(milliseconds) - began))
diag "after $took ms"
ok 'within seconds' test $took -lt 15000
is 'so is one in front of them' "$(runs_beside_six beta)" 1
is 'while they go on' "$(for client in $slow_ones; do sessions "$client"; runs_of "$client"; done | tr '\n' ' ')" \
    '1 0 1 0 1 0 1 0 1 0 1 0 '
add_job zeta Test '0 3 * * *' due
began=$(milliseconds)
kill -s ALRM "$TS_PID"
ok 'a wake-up is heard at once' comes_to zeta 2
took=$(($(milliseconds) - began))
diag "after $took ms"
ok 'for slow jobs do not count any more' test $took -lt 3000
for client in $slow_ones; do
    let_go "$client"
done
ok 'the run ends' wait_ts one
is 'and all six are done' "$(for client in $slow_ones; do runs_of "$client" "status = 'success'"; done | tr '\n' ' ')" \
    '1 1 1 1 1 1 '
done_testing
