#!/bin/sh
# The machine has no room for another process: jobs that need one are left due, not failed.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
command -v prlimit >/dev/null || skip_all 'prlimit is not installed'
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
ts_setting 'max_parallel = 1'
add_client acme
# Takes all further processes from the lane that has started it, and from the run.
cat >"$WORK/crowd" <<'END'
run=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$PPID/status)
prlimit --pid="$PPID" --nproc=1:
prlimit --pid="$run" --nproc=1:
echo "$PPID $run"
END
chmod 0644 "$WORK/crowd"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[task_server/commands]
Crowd = /bin/sh $WORK/crowd
Mark = /bin/echo done
EOF
own_installation

crowded() {
    client_sql acme "SELECT result FROM background_job_histories WHERE package_name = 'Crowd'"
}
untouched() {
    client_sql acme "SELECT bool_and(next_run_at <= now() AND last_run_at IS NULL)
        FROM background_jobs WHERE package_name IN ('Mark', 'Nothing')"
}

add_job acme Crowd '0 3 * * *' due
add_job acme Mark '0 3 * * *' due
mark=$JOB_ID
add_job acme Nothing '0 3 * * *' due
add_held_job acme
hold_up acme
start_ts one run
ok 'those that need no process have their turn' under_way acme
for pid in $(crowded); do
    as_user "$PG_USER" prlimit --pid="$pid" --nproc="$(as_user "$PG_USER" prlimit --pid="$pid" \
        --nproc --output=HARD --noheadings --raw):"
done
let_go acme
fails 'a run without room for further processes says that it has not done all' 75 wait_ts one
is 'a command and a Perl job that could not be started are left due' "$(untouched)" t
is 'and have no history' "$(history acme | cut -d '|' -f 1,2 | sort)" 'Crowd|success
ValidityTokenCleanup|success'
like 'which is said' "$TS_ERR" \
    "client 'acme': job $mark cannot be started: cannot fork for /bin/echo: .*temporarily"
is 'nothing waits in the journal' "$(find "$INSTALLATION" -name '*.entry' | wc -l | tr -d ' ')" 0

run_ts run
is 'the next run starts them' "$TS_CODE $(history acme | cut -d '|' -f 1,2 | tail -n 2)" '0 Mark|success
Nothing|success'
like 'and the end of it is said' "$TS_ERR" "client 'acme': all its jobs run again"
done_testing
