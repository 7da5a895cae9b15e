#!/bin/sh
# Several executors with the same client: each due job runs once, whatever happens to one of them.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/quotations.sh"
add_client acme
configuration one 'node_id = one'
configuration two 'node_id = two'

# start_both: both nodes, at the same moment: they wait for a lock on the list, which then goes.
start_both() {
    hold acme 'LOCK TABLE background_jobs'
    start_ts one -c "$WORK/one.conf" -v run
    one=$TS_PID
    start_ts two -c "$WORK/two.conf" -v run
    under_way acme 2
    let_go acme
}

# ran NAME: how many jobs that executor says it has run.
ran() {
    grep -c ': succeeded, ' "$WORK/$1.err"
}

# ---- 1,000 jobs -----------------------------------------------------------------------------------

# A machine that is busy may keep one of them waiting until the other has run all: then once more.
tries=0
until [ $tries -ge 5 ] || { [ $tries -gt 0 ] && [ "$(ran one)" -gt 0 ] && [ "$(ran two)" -gt 0 ]; }; do
    tries=$((tries + 1))
    client_sql acme 'TRUNCATE background_jobs, background_job_histories'
    client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data)
        SELECT 'interval', 'Test', '0 3 * * *', date_trunc('second', localtimestamp) - interval '1 hour', true,
            'result: job ' || n FROM generate_series(1, 1000) AS n"
    start_both
    ok 'the first of two executors succeeds' wait_ts one
    ok 'so does the second' wait_ts two
done
is '1,000 due jobs have 1,000 history rows' "$(runs_of acme "status = 'success'") $(runs_of acme)" '1000 1000'
is 'none twice, none missing' \
    "$(client_sql acme "SELECT count(DISTINCT result) FROM background_job_histories
        WHERE result ~ '^job [0-9]+$'")" 1000
is 'every run has a run_at of its own' \
    "$(client_sql acme 'SELECT count(DISTINCT run_at) FROM background_job_histories')" 1000
is 'and is the last run of its job' \
    "$(client_sql acme "SELECT count(*) FROM background_jobs AS b JOIN background_job_histories AS h
        ON h.run_at = b.last_run_at AND h.data = b.data AND b.next_run_at > localtimestamp")" 1000
is 'together they say so' "$(($(ran one) + $(ran two)))" 1000
ok 'and both had a share' test "$(ran one)" -gt 0 -a "$(ran two)" -gt 0
like 'a job that the other one has is passed over, with a word' "$(cat "$WORK/one.err" "$WORK/two.err")" \
    'LOST: another session has claimed it|another session was faster'

# ---- killed ---------------------------------------------------------------------------------------

# victims KIND PID: whom to kill: the parent, one of its lanes, or everything.
victims() {
    case $1 in
    0) echo "$2" ;;
    1) process_children "$2" | head -n 1 ;;
    *) echo "$2 $(process_children "$2")" ;;
    esac
}

# add_round N: a round's work in three clients, so that there are lanes with work of their own.
add_round() {
    for round_client in acme beta gamma; do
        add_quotations $round_client "r$1" 40
    done
}

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_client beta
add_client gamma
add_round calm
began=$(milliseconds)
run_ts -c "$WORK/one.conf" run
calm_ms=$(($(milliseconds) - began))
is 'without a killer every job runs once and its effect is what its row says' \
    "$(judge_quotations acme; judge_quotations beta; judge_quotations gamma)" ''

rounds=${TEST_LONG:+100}
rounds=${rounds:-15}
seed=${TEST_SEED:-$$}
diag "seed $seed, $rounds rounds, a calm one takes $calm_ms ms"
random "$seed" "$rounds" $((calm_ms * 3 / 2)) >"$WORK/delays"
random $((seed + 1)) "$rounds" 3 >"$WORK/kinds"

round=0
killed=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    delay=$(sed -n ${round}p "$WORK/delays")
    kind=$(sed -n ${round}p "$WORK/kinds")
    add_round $round
    start_ts one -c "$WORK/one.conf" run
    one=$TS_PID
    start_ts two -c "$WORK/two.conf" run
    pause "$delay"
    # shellcheck disable=SC2046  # pids
    kill -s KILL $(victims "$kind" "$one") 2>/dev/null && killed=$((killed + 1))
    wait_ts one
    wait_ts two
    nobody_in acme && nobody_in beta && nobody_in gamma
    run_ts -c "$WORK/one.conf" run
    is "killed after $delay ms ($(echo 'the parent,a lane,everything' | cut -d, -f$((kind + 1)))): nothing is lost, twice or without its row" \
        "exit $TS_CODE$(judge_quotations acme; judge_quotations beta; judge_quotations gamma)" 'exit 0'
done
ok 'some were hit' test $killed -gt 0
failed=$(client_sql acme "SELECT count(*) FROM background_job_histories WHERE status = 'failure'")
diag "$killed times somebody was there to be killed; $failed jobs of the first client are recorded as killed"
is 'what failed was killed' \
    "$(client_sql acme "SELECT DISTINCT error FROM background_job_histories WHERE status = 'failure'
        AND error NOT LIKE 'its process %'")" ''
done_testing
