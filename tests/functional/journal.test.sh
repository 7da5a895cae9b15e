#!/bin/sh
# slow
# What becomes of jobs outside the database when something dies while they run: the database, the
# lane, the whole run; and entries of the journal that are strange.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
own_cluster
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
kill_grace = 1
connect_timeout = 2
rerun_interrupted = Repeats

[task_server/commands]
Regular = /bin/sh $WORK/waits
Repeats = /bin/sh $WORK/waits
END
add_client acme

ended() {
    ! process_runs "$(waiting_pid "$1")"
}
outcomes() {
    client_sql acme "SELECT package_name, status, left(error, 13), result
        FROM background_job_histories ORDER BY id"
}
clear() {
    client_sql acme 'DELETE FROM background_jobs; DELETE FROM background_job_histories'
}
# The lane among the run's children: they are forked without exec.
lane_of() {
    for lane_of_pid in $(process_children "$(cat "$WORK/$1.pid")"); do
        if grep -q -a run "/proc/$lane_of_pid/cmdline" && grep -q -a task-server "/proc/$lane_of_pid/comm"; then
            echo "$lane_of_pid"
        fi
    done
}
has_ending() {
    grep -r -q '^outcome\|^status\|^ended' "$INSTALLATION/users/task_server/journal" --include='*.entry'
}

# ---- the database is away when the job ends ----
for package in Regular Waits; do
    clear
    not_begun away
    add_waiting acme $package away
    before=$(starts_of away)
    job=$JOB_ID
    start_ts away_$package run
    has_begun away
    pg_stop immediate
    let_end away
    wait_until 20 ended away
    fails "$package: a run that cannot record how it ended says so" 75 wait_ts away_$package
    like "$package: what it knows waits in the journal" "$TS_ERR" 'waits in the journal'
    is "$package: in one entry" "$(journal_entries | wc -l)" 1
    pg_start
    ok "$package: with the database back the next run succeeds" run_ts run
    is "$package: the outcome is recorded" "$(outcomes)" "$package|success||waited"
    is "$package: at the time it began, before the database went" \
        "$(client_sql acme "SELECT count(*) FROM background_job_histories
            WHERE run_at < pg_postmaster_start_time()::timestamp")" 1
    is "$package: and the job has not been started again" "$(($(starts_of away) - before))" 1
    is "$package: it has its next time" "$(job_field acme "$job" 'next_run_at > now()')" t
    is "$package: the journal is empty" "$(journal_entries)" ''
done

# ---- the server restarts while it runs: nobody needs to know ----
clear
not_begun away
add_waiting acme Regular away
start_ts restart run
has_begun away
pg_restart immediate
let_end away
ok 'a restart of the server in mid-job is got over' wait_ts restart
is 'and the outcome is recorded over a new connection' "$(outcomes)" 'Regular|success||waited'

# ---- the lane is killed ----
for package in Regular Waits; do
    clear
    not_begun lane
    add_waiting acme $package lane
    before=$(starts_of lane)
    start_ts lane_$package run
    has_begun lane
    kill -s KILL "$(lane_of lane_$package)"
    wait_ts lane_$package
    is "$package, lane killed: the same run records one interruption" "$(outcomes)" \
        "$package|failure|interrupted: |"
    ok "$package, lane killed: the job was ended" ended lane
    run_ts run
    is "$package, lane killed: once, and nothing is repeated" \
        "$(outcomes | wc -l) $(($(starts_of lane) - before))" '1 1'
    is "$package, lane killed: the journal is empty" "$(journal_entries)" ''
done

# ---- the whole run is killed ----
for package in Regular Waits Repeats; do
    clear
    not_begun all
    add_waiting acme $package all
    before=$(starts_of all)
    start_ts all_$package run
    has_begun all
    lane=$(lane_of all_$package)
    kill -s KILL "$TS_PID" "$lane"
    wait_ts all_$package
    is "$package, run killed: nothing is recorded yet" "$(outcomes)" ''
    [ $package = Repeats ] && let_end all
    run_ts run
    is "$package, run killed: the next run records the interruption" "$(outcomes | head -n 1)" \
        "$package|failure|interrupted: |"
    like "$package, run killed: and says it, but not how long it ran, which nobody knows" "$TS_ERR" \
        "job [0-9]+ \($package\): interrupted: task-server went down"
    ok "$package, run killed: the job was ended" wait_until 5 ended all
    if [ $package = Repeats ]; then
        is 'a package in rerun_interrupted was run again at once' \
            "$(outcomes | tail -n 1) $(($(starts_of all) - before))" 'Repeats|success||waited 2'
    else
        is "$package, run killed: it is not repeated" "$(($(starts_of all) - before))" 1
    fi
    is "$package, run killed: the journal is empty" "$(journal_entries)" ''
done
is 'nothing is left running' "$(jobs_running)" ''

# ---- strange entries ----
clear
folder=$(find "$INSTALLATION/users/task_server/journal" -mindepth 1 -maxdepth 1 -type d)
# An entry of an interrupted run, to make others from.
leave_entry() {
    clear
    not_begun "$1"
    add_waiting acme Regular "$1"
    left_job=$JOB_ID
    start_ts "$1" run
    has_begun "$1"
    kill -s KILL "$TS_PID" "$(lane_of "$1")"
    wait_ts "$1"
    let_end "$1"
    wait_until 5 ended "$1"
    left=$folder/$(journal_entries)
}

leave_entry torn
size=$(wc -c <"$left")
head -c $((size / 4)) "$left" >"$WORK/torn" && cat "$WORK/torn" >"$left"
client_sql acme "UPDATE background_jobs SET next_run_at = now() + interval '1 day'"
run_ts run
is 'a torn entry goes to bad/' "$(find "$folder/bad" -name '*.entry' | wc -l) $(journal_entries)" '1 '
like 'and is reported' "$TS_ERR" "bad/|$(basename "$left")"
is 'nothing is recorded of it' "$(outcomes)" ''
run_ts run
is 'and it is not told again' "$TS_ERR" ''

leave_entry deleted
client_sql acme "DELETE FROM background_jobs WHERE id = $left_job"
ok 'a run after the job was deleted succeeds' run_ts run
is 'its interruption is in the history' "$(outcomes)" 'Regular|failure|interrupted: |'
is 'and not in the journal' "$(journal_entries)" ''

leave_entry another
client_sql acme "UPDATE background_jobs SET package_name = 'Nothing', last_run_at = NULL,
    next_run_at = now() + interval '1 day' WHERE id = $left_job"
run_ts run
is 'of a job that is another package now too' "$(outcomes)" 'Regular|failure|interrupted: |'
is 'and the row is left alone' "$(job_field acme "$left_job" 'package_name, last_run_at IS NULL')" \
    'Nothing|t'

leave_entry elsewhere
mv "$folder" "${folder%/*}/another-machine"
run_ts run
is 'what another node left is not touched' \
    "$(find "${folder%/*}/another-machine" -maxdepth 1 -name '*.entry' | wc -l)" 1
is 'nor recorded' "$(outcomes | grep -c interrupted)" 0
rm -rf "$folder"
mv "${folder%/*}/another-machine" "$folder"

# Of another installation with the same state directory.
first=$INSTALLATION
make_standin "$WORK/other"
ts_setting "state_dir = $first/users/task_server"
add_client acme
add_job acme Nothing '0 3 * * *' due
chmod 0700 "$first/users/task_server"
ok 'another installation with the same state directory runs' run_ts run
is 'its own job' "$(outcomes)" 'Nothing|success||'
is 'and leaves the entry of the first alone' "$(find "$folder" -maxdepth 1 -name '*.entry' | wc -l)" 1
done_testing
