#!/bin/sh
# Commands that ask for the client's database: they get its password in a file that is theirs alone.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
add_client acme --role kivi_pw --password "$PG_PASSWORD"
bridge=$INSTALLATION/users/task_server/bridge

cat >"$WORK/ask" <<END
printf '%s|%s|' "\$(stat -c %a "\$PGPASSFILE")" "\$(stat -c %U "\$PGPASSFILE")"
exec '$PG_BIN/psql' -X -A -t -w -c 'SELECT current_user, current_database(), count(*) FROM background_jobs'
END
cat >"$WORK/holds" <<END
stat -c %n "\$PGPASSFILE" >"\$TMPDIR/passfile"
exec sleep 60
END
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
kill_grace = 1
stop_grace = 1

[environment]
TMPDIR = $WAITING

[task_server/commands]
Ask = /bin/sh $WORK/ask
Blind = /bin/sh $WORK/ask
Slow = /bin/sh $WORK/holds
Killed = /bin/sh $WORK/holds
Stopped = /bin/sh $WORK/holds
Waits = /bin/sh $WORK/waits

[task_server/timeouts]
Slow = 1

[task_server/commands/Ask]
database = 1

[task_server/commands/Slow]
database = 1

[task_server/commands/Killed]
database = 1

[task_server/commands/Stopped]
database = 1

[task_server/commands/Waits]
database = 1
END
chmod 0644 "$WORK/ask" "$WORK/holds"

passfiles() {
    find "$bridge" -type f ! -name 'external.*' ! -name 'perl.*' | wc -l
}

has_passfile() {
    test -s "$WAITING/passfile"
}

add_job acme Ask '0 3 * * *' due
ok 'a run succeeds' run_ts run
is 'psql finds server, database, user and password, in a file for its user alone' \
    "$(client_sql acme 'SELECT status, result FROM background_job_histories')" \
    "success|600|$(as_user "$PG_USER" id -un)|kivi_pw|$(client_db acme)|1"
is 'which is gone afterwards' "$(passfiles)" 0
unlike 'the password is in no message' "$TS_ERR" 'geheim'

add_job acme Blind '0 3 * * *' due
run_ts run
is 'a command whose section does not ask for it gets none' \
    "$(client_sql acme "SELECT status FROM background_job_histories WHERE package_name = 'Blind'")" failure

add_job acme Slow '0 3 * * *' due
run_ts run
ok 'it had one' has_passfile
is 'the file is gone after a timeout too' "$(passfiles)" 0

rm "$WAITING/passfile"
add_job acme Killed '0 3 * * *' due
start_ts first run
ok 'a command with the file is under way' wait_until 20 has_passfile
pkill_child() {
    kill -s KILL "$(pgrep -f -x 'sleep 60' -u "$PG_USER" | while read -r pid; do
        [ "$(readlink "/proc/$pid/cwd")" = "$INSTALLATION" ] && echo "$pid"
    done)"
}
pkill_child
wait_ts first
is 'killed, it is a failure' "$(client_sql acme "SELECT error FROM background_job_histories
    WHERE package_name = 'Killed'")" 'killed by SIGKILL'
is 'and the file is gone' "$(passfiles)" 0

rm "$WAITING/passfile"
add_job acme Stopped '0 3 * * *' due
start_ts second run
wait_until 20 has_passfile
kill -s TERM "$TS_PID"
wait_ts second
is 'it is gone when we were told to stop' "$(passfiles)" 0

# The lane that would remove the file is killed: the next run does.
add_waiting acme Waits one
start_ts third run
has_begun one
for pid in $(process_children "$TS_PID"); do
    kill -s KILL "$pid"
done
wait_ts third
run_ts run
is 'and in the next run when the lane was killed' "$(passfiles)" 0
is 'nothing is left running' "$(jobs_running)" ''
unlike 'the password is in no message of them' "$(cat "$WORK"/*.err)" 'geheim'
done_testing
