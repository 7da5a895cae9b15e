#!/bin/sh
# slow
# A slow job in each of six clients, and the real minute: jobs that become due meanwhile run on time.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
slow_ones='s1 s2 s3 s4 s5 s6'
for client in $slow_ones; do
    add_client "$client"
    add_held_job "$client"
    hold_up "$client"
done
add_client zeta

# Six slow ones need a few seconds to make room; then the minute comes.
second=$(date +%-S)
if [ "$second" -gt 45 ]; then
    sleep $((61 - second))
fi
minute=$(($(date +%s) / 60 * 60 + 60))
add_job zeta Test '0 3 * * *' "$(date -d "@$minute" '+%F %T')"
start_ts one -v run
for client in $slow_ones; do
    ok "the slow job in $client is under way" under_way "$client"
done
is 'a job that is due at the next full minute is not run before' "$(runs_of zeta)" 0
ok 'but then, by the run that is still at work' comes_to zeta 1 75
late=$(client_sql zeta "SELECT extract(epoch FROM run_at - next.at)::integer FROM background_job_histories,
    (SELECT '$(date -d "@$minute" '+%F %T')'::timestamp AS at) AS next")
ok 'within two seconds' test "$late" -ge 0 -a "$late" -le 2
ok 'the run is still at work' process_runs "$TS_PID"
run_ts -v run
like 'another one is turned away, and hears by whom and since when' "$TS_CODE $TS_ERR" \
    "^0 another run is at work: pid $TS_PID, since [0-9-]+ [0-9:]+ \\+0[12]00"
for client in $slow_ones; do
    let_go "$client"
done
ok 'the run ends' wait_ts one
like 'having looked again' "$TS_ERR" 'a pass begins'
is 'once at the start, and at each full minute' "$(printf '%s\n' "$TS_ERR" | grep -c 'a pass begins')" \
    "$(($(date +%s) / 60 - minute / 60 + 2))"
done_testing
