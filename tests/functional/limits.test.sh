#!/bin/sh
# slow
# How many jobs run outside the database at once, and that nobody else waits for them.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
max_parallel = 2
max_external = 3
max_perl_jobs = 1

[task_server/commands]
Command = /bin/sh $WORK/waits
Samples = /bin/sh $WORK/samples
END
for client in a b c d e; do
    add_client $client
done

begun() {
    find "$WAITING" -name begun | wc -l
}
have_begun() {
    [ "$(begun)" -ge "$1" ]
}
outcomes() {
    client_sql "$1" 'SELECT package_name, status FROM background_job_histories ORDER BY id' | tr '\n' ' '
}

# ---- external jobs of five clients; 3 at once, 1 of them Perl ----
add_waiting a Waits a
add_waiting b Waits b
add_waiting c Command c
add_waiting d Command d
add_waiting e Command e
for client in a b c d e; do
    add_job $client UpdateEmployeeBaseData '0 3 * * *' "$(date -d '1 second ago' '+%F %T')"
done
start_ts first run
ok 'as many as may run at once begin' wait_until 20 have_begun 3
sleep 2
is 'and no more' "$(begun)" 3
is 'of which one is Perl' "$(find "$WAITING/a" "$WAITING/b" -name begun | wc -l)" 1

add_job e Nothing '0 3 * * *' null
start_ts hand run-job "$JOB_ID" --client e
sleep 2
ok 'a job by hand waits its turn too' process_runs "$TS_PID"
kill -s TERM "$TS_PID"
fails 'until it is told to stop' 75 wait_ts hand
is 'and has not run' "$(client_sql e "SELECT count(*) FROM background_job_histories
    WHERE package_name = 'Nothing'")" 0

for name in a b c d e; do
    let_end $name
done
ok 'the run succeeds' wait_ts first
is 'all clients had their turn' "$(for client in a b c d e; do outcomes $client; done)" \
    "$(for package in Waits Waits Command Command Command; do
        printf '%s success UpdateEmployeeBaseData success ' $package; done | sed 's/ success/|success/g')"

# ---- jobs that count how many of them there are, in a run and by hand at the same time ----
mkdir "$WORK/now" && chmod 0777 "$WORK/now"
cat >"$WORK/samples" <<END
: >"$WORK/now/\$\$"
ls "$WORK/now" | wc -l
sleep 0.3
rm "$WORK/now/\$\$"
END
chmod 0644 "$WORK/samples"
by_hand=
for client in a b c d e; do
    client_sql $client 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
    for _ in 1 2 3; do
        add_job $client Samples '0 3 * * *' due
    done
    add_job $client Samples '0 3 * * *' null
    by_hand="$by_hand $client:$JOB_ID"
done
start_ts second run
for pair in $by_hand; do
    start_ts "hand-${pair%:*}" run-job "${pair#*:}" --client "${pair%:*}"
done
wait_ts second
for pair in $by_hand; do
    wait_ts "hand-${pair%:*}"
done
is 'all twenty have run' "$(for client in a b c d e; do outcomes $client; done | wc -w)" 20
is 'at most three at once, and three at times' "$(for client in a b c d e; do
    client_sql $client 'SELECT max(result::int) FROM background_job_histories'
done | sort -n | tail -n 1)" 3

# ---- all there may be are run by hand: nobody tells when they end ----
sed -i 's/^max_external.*/max_external = 1/' "$INSTALLATION/config/kivitendo.conf"
add_waiting a Command hand
start_ts hand run-job "$JOB_ID" --client a
has_begun hand
client_sql b 'DELETE FROM background_job_histories' >/dev/null
add_job b Samples '0 3 * * *' due
start_ts fourth -v run
sleep 3
let_end hand
wait_ts hand
ok 'a run waits for a job by hand' wait_ts fourth
visits=$(sed -n 's/.*visits: \([0-9]*\),.*/\1/p' "$WORK/fourth.err")
ok 'without asking all the time whether it has ended' test "$visits" -ge 6 -a "$visits" -le 15
is 'then its own has its turn' "$(client_sql b "SELECT count(*) FROM background_job_histories
    WHERE result = '1'")" 1
client_sql a 'DELETE FROM background_job_histories' >/dev/null
sed -i 's/^max_external.*/max_external = 3/' "$INSTALLATION/config/kivitendo.conf"

# ---- native jobs do not wait ----
for client in a b c d e; do
    client_sql $client 'DELETE FROM background_job_histories; DELETE FROM background_jobs'
    not_begun $client
done
# Two lanes only, and more clients with waiting external jobs than both together.
for client in a b c; do
    add_waiting $client Command $client
done
add_waiting d Command d
add_job e UpdateEmployeeBaseData '*/5 * * * *' due
start_ts third run
has_native() {
    [ "$(outcomes e)" = 'UpdateEmployeeBaseData|success ' ]
}
ok 'a native job of another client runs while more external jobs wait than there are lanes' \
    wait_until 20 has_native
ok 'three external ones are under way' wait_until 20 have_begun 3

# ---- a run lasts while its jobs do, and serves the others at each full minute ----
client_sql e 'DELETE FROM background_job_histories'
make_due e "$JOB_ID"
ok 'at the next full minute it is served again' wait_until 75 has_native
ok 'by the same run' process_runs "$TS_PID"
like 'another start finds it busy' "$(run_ts run; echo "$TS_CODE")" '^0$'
for name in a b c d; do
    let_end $name
done
ok 'which ends with its last job' wait_ts third
is 'the one that had to wait has run as well' "$(outcomes d)" 'Command|success '
is 'nothing is left running' "$(jobs_running)" ''
done_testing
