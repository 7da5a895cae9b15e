#!/bin/sh
# why: every situation that keeps a job from being run, made for real, and what is said of it.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme --name 'Müller GmbH'
add_client off --disabled
state=$INSTALLATION/users/task_server
pid_file=$INSTALLATION/users/pid/config.kivitendo.conf.pid

# why SENTENCE CONDITION VERDICT PATTERN [ARGUMENTS…]: that condition's verdict and value (or advice) of
# the first job shown; "" asks nothing of the pattern.
why() {
    why_sentence=$1
    why_what=$2
    why_verdict=$3
    why_pattern=$4
    shift 4
    [ $# -gt 0 ] || set -- "$JOB_ID"
    run_ts why --json "$@"
    like "$why_sentence" "$(printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
for a in json.load(sys.stdin)[:1]:
    for c in a["conditions"]:
        if c["what"] == sys.argv[1]:
            print(c["verdict"], c["value"], c["advice"], sep="|")' "$why_what")" "^$why_verdict\|.*$why_pattern"
}
# concludes SENTENCE PATTERN [ARGUMENTS…]
concludes() {
    concludes_sentence=$1
    concludes_pattern=$2
    shift 2
    [ $# -gt 0 ] || set -- "$JOB_ID"
    run_ts why "$@"
    like "$concludes_sentence" "$(printf '%s\n' "$TS_OUT" | tail -n 1)" "$concludes_pattern"
}
set_job() {
    client_sql acme "UPDATE background_jobs SET $1 WHERE id = $JOB_ID"
}

add_job acme Test '0 3 * * *' "$(date -d '+2 hours' '+%F %T')" --data 'result: yes' --description 'a test'

# 1 to 4: the schedule.
concludes '1. nothing is armed' 'It is not run, because of "runs": not armed; no run has ended yet; task_server start\.$'
run_ts run
armed=$(find "$state" -name "*.last-run" | sed "s/last-run$/armed/")
as_user "$PG_USER" sh -c "echo 'scheduler cron.d' >'$armed'"
why '2. armed, and runs come' schedule fine 'armed by cron.d; the last run ended 20'
mv "$armed" "$WORK/armed"
why 'not armed, but a run by hand just ended' schedule warning 'not armed by task_server; a run ended 20.*task_server start'
mv "$WORK/armed" "$armed"
concludes '3. everything is fine, and its time has not come' 'Nothing is wrong: it is run when its time comes, 20.*\(in (119 min|2 h|1 h)'
cp "$(echo "$state"/*.last-run)" "$WORK/stamp"
sed -i 's/^\(started\|ended\)_us .*/\1_us 1700000000000000/' "$state"/*.last-run
why '4. armed, but nothing runs' schedule stops 'armed by cron.d, but the last run ended 2023.*cron daemon or the timer'
cp "$WORK/stamp" "$(echo "$state"/*.last-run)"

# 5 to 13: the row.
set_job "next_run_at = now() - interval '1 minute'"
concludes '5. it is due' 'It is due, and the next run runs it'
set_job "next_run_at = now() - interval '3 hours'"
why '6. it is long overdue' next_run_at warning '\(3 h ago\)'
set_job 'active = false'
concludes '7. it is not active' 'because of "active": no; task-server jobs enable'
set_job "active = true, type = 'weekly'"
why '8. its type is unknown' type stops 'weekly'
set_job "type = 'interval', next_run_at = NULL"
why '9. it has no next_run_at' next_run_at stops 'none\|it rests'
set_job "type = 'once', last_run_at = now()"
why '10. a once job that has run' next_run_at stops 'has run once already'
set_job "last_run_at = NULL"
concludes '11. a once job without a time' 'It is due'
set_job "type = 'interval', next_run_at = now(), node_id = 'other'"
why '12. it belongs to another node' node stops "only 'other'; this is 'test'"
set_job 'node_id = NULL'
ts_setting 'only_run_tasks_for_this_node = 1'
why '13. only jobs of this node run here' node stops 'any; this is .*only_run_tasks_for_this_node is set'
sed -i '/^only_run_tasks/d' "$INSTALLATION/config/kivitendo.conf"

# 14 to 17: the schedule's words.
set_job "cron_spec = '61 * * * *'"
why '14. a spec that cannot be understood' cron_spec stops "'61 \* \* \* \*' cannot be understood: .*minute"
set_job "cron_spec = '0 0 31 2 *'"
why '15. a spec that never fires' cron_spec stops "never fires"
set_job "cron_spec = '1,foo * * * *'"
why '16. a spec with a part that picks nothing' cron_spec warning 'foo'
set_job "cron_spec = '*/5 * * * *'"
why '17. a good one is put into words' cron_spec fine 'every 5 minutes'

set_job "cron_spec = '0 0 31 2 *', active = false"
concludes 'what else is in the way is named, too' 'because of "active": no;.* Also in the way: "schedule"\.$'
set_job "cron_spec = '*/5 * * * *', active = true"

# 18 to 22: who runs it.
why '18. a native job' handler fine natively
set_job "package_name = 'NoSuch'"
why '19. nobody knows the package' handler warning 'NoSuch'
concludes 'which is no success to come' 'It is due, and will fail: nobody knows its package; .*task_server/commands'
set_job "next_run_at = now() + interval '3 hours'"
concludes 'nor later' 'It will fail when its time comes, 20.*: nobody knows its package'
set_job 'next_run_at = now()'
ts_setting '[task_server/commands]'
ts_setting 'NoSuch = /bin/true'
why '20. a command' handler fine 'as a command'
set_job "package_name = 'Speaks'"
why '21. a Perl job' handler fine 'as Perl'
mkdir -p "$INSTALLATION/sql/Pg-upgrade2"
printf -- '-- @tag: not_there\n-- @depends:\n' >"$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
own_installation
why '22. the database is behind the code' behind stops 'behind kivitendo.s code.*not_there'
rm "$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
set_job "package_name = 'Test'"

# 23 to 26: what happens to it.
hold acme "SELECT pg_advisory_lock($((0x6b6a6f62)), $JOB_ID)"
why '23. another session has claimed it' claim stops "by 'hold-acme' from this machine \(database process [0-9]+\)"
concludes 'which is in the way' 'because of "claimed": by .hold-acme.*that session is none of ours'
let_go acme
PGAPPNAME='task-server acme' "$PG_BIN/psql" -X -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db acme)" \
    -c "SELECT pg_advisory_lock($((0x6b6a6f62)), $JOB_ID), pg_sleep(3600)" >/dev/null 2>&1 &
own_pids="$own_pids $!"
claimed() {
    run_ts why "$JOB_ID"
    printf '%s\n' "$TS_OUT" | grep -q ' claimed  *by .task-server'
}
ok 'a session of ours runs it' wait_until 10 claimed
why 'so it is not stopped' claim waits "by 'task-server acme' from this machine"
concludes 'which is nothing bad' "It is running now, claimed by 'task-server acme' from this machine"
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'task-server acme'" >/dev/null
free() {
    ! claimed
}
ok 'until it ends' wait_until 10 free
why '24. nobody has' claim fine 'by nobody'
set_job "data = 'exception: no paper', next_run_at = now()"
run_ts run
why '25. it failed the last time' last warning 'a failure: Oh cruel world: no paper'
set_job "next_run_at = now() + interval '3 hours'"
concludes 'that is not kept back' 'It is run when its time comes, 20.*\. Look at "last run", too\.$'
client_sql acme "UPDATE background_job_histories SET error = 'interrupted: it went down'"
why '26. it was interrupted' last warning 'interrupted: it went down'

# 27 to 34: the installation and the client.
touch "$INSTALLATION/users/nologin"
concludes '27. the installation is locked' 'because of "installation": locked since 20.*users/nologin exists; kivitendo.s administration'
printf '[debug]\nkeep_installation_unlocked = 1\n' >>"$INSTALLATION/config/kivitendo.conf"
why '28. locked, but nobody looks' nologin fine 'not locked'
rm "$INSTALLATION/users/nologin"
concludes '29. the client is not enabled' "because of \"client\": 'off' is not enabled.*choose a user" 1 --client off
auth_sql "UPDATE auth.clients SET dbname = 'nowhere' WHERE name = 'Müller GmbH'"
why '30. its database is away' reachable stops 'nowhere'
is 'which is an exit code' "$TS_CODE" 75
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)', dbhost = '127.0.0.1', dbport = 1 WHERE name = 'Müller GmbH'"
why '31. its server is away' reachable stops 'refused'
auth_sql "UPDATE auth.clients SET dbhost = '$PG_HOST', dbport = $PG_PORT WHERE name = 'Müller GmbH'"
pg_admin postgres -c "ALTER DATABASE $(client_db acme) SET default_transaction_read_only = on"
why '32. its database is read-only' reachable stops 'read-only'
pg_admin postgres -c "ALTER DATABASE $(client_db acme) RESET default_transaction_read_only"
printf '#!/bin/sh\n' >"$WORK/task_server.pl"
perl -e 'use Fcntl ":flock"; open my $f, ">>", shift or die; flock $f, LOCK_EX; $0 = "task_server.pl";
    open my $r, ">", shift; close $r; sleep 600' "$pid_file" "$WORK/old.ready" &
own_pids="$own_pids $!"
wait_until 10 test -e "$WORK/old.ready"
why '33. somebody else holds the lock' schedule '(stops|fine)' '(old task_server.pl is running|a run is at work)'
kill $!
wait $! 2>/dev/null

# 34 to 37: somebody, or we ourselves, hold it.
run_ts hold --client 'Müller GmbH' --until 2h --why 'moving house'
why '34. its client is held for a while' hold stops 'held until 20.*\(in (119 min|1 h|2 h)\), by .*: moving house.*release --client'
run_ts release --client 'Müller GmbH'
run_ts hold --why 'everybody out'
why '35. everything is held' hold stops 'held until released, by .*: everybody out.*release lets everything'
run_ts release
why '36. nobody holds it any more' hold fine 'not held'
run_ts run
auth_sql "UPDATE auth.clients SET dbname = '$(client_db copy)' WHERE name = 'Müller GmbH'"
pg_createdb "$(client_db copy)" "$(client_db acme)"
why '37. its database is another one than it was' moved stops 'held by itself: .*release --client'
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)' WHERE name = 'Müller GmbH'"

# The text.
run_ts why Test
like 'the package is as good as the id' "$(printf '%s\n' "$TS_OUT" | head -n 1)" "client 'Müller GmbH', job $JOB_ID \(Test\)"
is 'a line per condition' "$(printf '%s\n' "$TS_OUT" | grep -c -E '^(✓|✗|…|!) ')" 14
COLUMNS=80
export COLUMNS
set_job "active = false, cron_spec = '61 * * * *'"
run_ts why Test
is 'nothing is wider than the terminal' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin) <= 80)')" True
like 'advice that the conclusion has no room for stands beside its line' "$TS_OUT" '^ +→ the job rests until'
is 'advice that it gives does not' "$(printf '%s\n' "$TS_OUT" | grep -c '→ .*jobs enable')" 0
unset COLUMNS
fails 'no such job' 64 run_ts why 999
fails 'no such client' 64 run_ts why 1 --client nobody
fails 'no JOB' 64 run_ts why
done_testing
