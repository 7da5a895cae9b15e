#!/bin/sh
# Without a journal nothing outside the database is started, and the native jobs run.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
state_dir = $WORK/state

[task_server/commands]
Echo = /bin/echo done
Waits = /bin/sh $WORK/waits
END
add_client acme
add_job acme Echo '0 3 * * *' null
echo_job=$JOB_ID
add_job acme Speaks '0 3 * * *' null
perl_job=$JOB_ID
add_job acme UpdateEmployeeBaseData '0 3 * * *' null

all_due() {
    client_sql acme "DELETE FROM background_job_histories;
        UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
}
ran() {
    client_sql acme 'SELECT package_name FROM background_job_histories ORDER BY 1' | tr '\n' ' '
}

# judge WHAT PATTERN
judge() {
    all_due
    run_ts run
    is "$1: the native job runs" "$(ran)" 'UpdateEmployeeBaseData '
    is "$1: the others are left due" \
        "$(client_sql acme 'SELECT count(*) FROM background_jobs WHERE next_run_at < now()')" 2
    like "$1: with a message" "$TS_ERR" "$2"
    for judge_job in $echo_job $perl_job; do
        fails "$1: job $judge_job by hand is not run either" 75 \
            run_ts run-job "$judge_job" --client acme
        like "$1: with a message" "$TS_ERR" "$2"
    done
    is "$1: nothing was run" "$(ran)" 'UpdateEmployeeBaseData '
}

if [ "$(id -u)" -eq 0 ]; then
    mkdir -m 0700 "$WORK/state"
    all_due
    fails 'a state directory that we cannot look into: a run fails' 71 run_ts run
    is 'nothing is run, for somebody may be held there' "$(ran)" ''
    like 'which is said' "$TS_ERR" "nothing is run: whether clients are held cannot be told: .*$WORK/state.*Permission denied"
    run_ts why "$echo_job" --client acme
    like 'why says so, too' "$TS_OUT" '^✗  hold +the holds cannot be read: .*Permission denied'
    like 'and what to do' "$TS_OUT" 'ask as the user that jobs run as'
    unlike 'and nothing that it cannot know' "$TS_OUT" 'not held|nothing waits'
    run_ts status
    like 'status does not call the client well' "$TS_OUT" '^ 1  acme +3 .*  whether it is held cannot be read'
    run_ts jobs
    like 'jobs says what that means' "$TS_OUT" '^who is held cannot be read, and who cannot read it starts nothing: '
    run_ts status --json
    like 'JSON has nulls' "$TS_OUT" '"journal_waiting":null,.*"notices_waiting":null,.*"incidents":null'
    like 'and what is the matter' "$TS_OUT" '"holds_trouble":"cannot open .*Permission denied'
    chmod 0755 "$WORK/state"
    judge 'a state directory of somebody else, in which nobody is held' "$WORK/state"
    chown "$PG_USER" "$WORK/state"
    chmod 0700 "$WORK/state"
    run_ts hold --why 'the state directory moves'
    chmod 0500 "$WORK/state"
    all_due
    run_ts run
    is 'a hold counts in a directory that cannot be written' "$(ran)" ''
    chmod 0700 "$WORK/state"
    run_ts release
fi
mkdir -p "$WORK/state"
chmod 0777 "$WORK/state"
judge 'a state directory that everybody may write to' "$WORK/state"
chmod 0500 "$WORK/state"
judge 'a read-only state directory' "$WORK/state"
chmod 0700 "$WORK/state"
rmdir "$WORK/state" && : >"$WORK/state"
judge 'a file in place of the state directory' "$WORK/state"
rm "$WORK/state"

if [ "$(id -u)" -eq 0 ] && mkdir "$WORK/state" &&
    mount -t tmpfs -o size=1m,mode=0700,uid="$(id -u "$PG_USER")" tmpfs "$WORK/state" 2>/dev/null; then
    at_exit "umount '$WORK/state' 2>/dev/null"
    as_user "$PG_USER" sh -c "cat /dev/zero >'$WORK/state/ballast'" 2>/dev/null
    judge 'a full disk' 'No space left'
    rm "$WORK/state/ballast"
    all_due
    run_ts run
    # An entry secures the room that its outcome will take.
    as_user "$PG_USER" sh -c "head -c 900000 /dev/zero >'$WORK/state/ballast'"
    judge 'a disk without room for the outcome' 'No space left'
    rm "$WORK/state/ballast"
    umount "$WORK/state"
else
    skip 'a full disk' 'nothing can be mounted here'
fi
rm -rf "$WORK/state"
mkdir -m 0700 "$WORK/state"
[ "$(id -u)" -ne 0 ] || chown "$PG_USER" "$WORK/state"
all_due
ok 'with a state directory a run succeeds' run_ts run
is 'and all of them run' "$(ran)" 'Echo Speaks UpdateEmployeeBaseData '

# It is taken away in mid-job.
add_waiting acme Waits one
start_ts first run
has_begun one
mv "$WORK/state" "$WORK/state.away"
let_end one
wait_ts first
is 'a state directory that is taken away in mid-job does not keep the outcome from the database' \
    "$(client_sql acme "SELECT status, result FROM background_job_histories WHERE package_name = 'Waits'")" \
    'success|waited'
done_testing
