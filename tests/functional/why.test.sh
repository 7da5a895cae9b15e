#!/bin/sh
# slow
# why: every situation that keeps a job from being run, made for real, and what is said of it.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme --name 'Müller GmbH'
add_client off --disabled
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/waiting.sh"
. "$TEST_ROOT/tests/lib/old_server.sh"
state=$INSTALLATION/users/task_server

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
concludes '1. nothing is armed' 'It is not run, because of "runs": not armed, and no run has ended yet; arm it with: task_server start\.$'
set_job "active = false, package_name = 'NoSuch'"
concludes 'what arming does not mend comes first' 'because of "active": no;.* Also in the way: "runs"\. Even then it would fail'
set_job "active = true, package_name = 'Test'"
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
why '10. a once job that has run' type stops "once, and it has had its turn\|task-server run-job $JOB_ID --client 1"
set_job "active = false, next_run_at = now() + interval '1 hour'"
concludes 'which nothing else mends' 'because of "type": once, and it has had its turn;.* Also in the way: "active"'
set_job "active = true, next_run_at = NULL"
set_job "last_run_at = NULL"
concludes '11. a once job without a time' 'It is due'
set_job "cron_spec = '', next_run_at = now() + interval '1 hour'"
why 'with a time, but without a schedule' next_run_at fine '20.*, but without a schedule it is run at once'
concludes 'it is due at once' 'It is due, and the next run runs it'
set_job "cron_spec = '0 3 * * *'"
why 'with both' cron_spec fine 'none counts: it runs once'
concludes 'it waits for its time' 'run when its time comes'
set_job "next_run_at = '-infinity'"
why 'one that somebody wants now' next_run_at fine '-infinity\|'
set_job 'next_run_at = NULL'
set_job "type = 'interval', next_run_at = now(), node_id = 'other'"
why '12. it belongs to another node' node stops "only 'other', and this is 'test'"
set_job 'node_id = NULL'
ts_setting 'only_run_tasks_for_this_node = 1'
why '13. only jobs of this node run here' node stops 'any, and this is .*only_run_tasks_for_this_node is set'
sed -i '/^only_run_tasks/d' "$INSTALLATION/config/kivitendo.conf"

# 14 to 18: the schedule's words.
set_job "cron_spec = '61 * * * *'"
why '14. a spec that cannot be understood' cron_spec stops "cron spec '61 \* \* \* \*': minute field '61': .*\|correct it .*jobs set $JOB_ID --client 1 spec="
set_job "cron_spec = '0 0 31 2 *'"
why '15. a spec that never fires' cron_spec stops "never fires"
set_job "cron_spec = '1,foo * * * *'"
why '16. a spec with a part that picks nothing' cron_spec warning 'foo'
set_job "cron_spec = '@daily'"
why "17. a spec that only kivitendo's own parser refuses" cron_spec warning "daily at 00:00; kivitendo's own parser refuses it: .*cannot save"
concludes 'which keeps nothing from running' 'It is due, and the next run runs it\. Look at "schedule", too\.$'
set_job "cron_spec = '*/5 * * * *'"
why '18. a good one is put into words' cron_spec fine 'every 5 minutes'
set_job "cron_spec = '0 0 31 2 *', active = false"
concludes 'what else is in the way is named, too' 'because of "active": no;.* Also in the way: "schedule"\.$'
set_job "cron_spec = '*/5 * * * *', active = true"

# 19 to 24: who runs it.
why '19. a native job' handler fine natively
set_job "package_name = 'NoSuch'"
why '20. nobody knows the package' handler warning 'unknown package .NoSuch'
concludes 'which is no success to come' 'It is due, and will fail: nobody knows its package; .*task_server/commands'
set_job "next_run_at = now() + interval '3 hours'"
concludes 'nor later' 'It will fail when its time comes, 20.*: nobody knows its package'
set_job 'next_run_at = now()'
ts_setting '[task_server/commands]'
ts_setting 'NoSuch = /bin/true'
ts_setting "Waiting = /bin/sh $WORK/waits"
why '21. a command' handler fine 'as a command'
ts_setting 'Broken = /nowhere/program'
set_job "package_name = 'Broken'"
why '21a. a command that is not there' program warning 'it cannot be started: .*/nowhere/program.*task-server check'
concludes 'which is no success to come' 'It is due, and will fail: it cannot be started: .*/nowhere/program.*; task-server check'
set_job "active = false"
concludes 'nor once it is active' 'because of "active".* Even then it would fail: it cannot be started: '
set_job "active = true, package_name = 'Speaks'"
why '22. a Perl job' handler fine 'as Perl'
mv "$INSTALLATION/SL/BackgroundJob/Speaks.pm" "$WORK/"
why '23. a Perl job whose class is missing' handler warning 'unknown package .Speaks.*neither .*nor SL/BackgroundJob/Speaks.pm'
mv "$WORK/Speaks.pm" "$INSTALLATION/SL/BackgroundJob/"
mkdir -p "$INSTALLATION/sql/Pg-upgrade2"
printf -- '-- @tag: not_there\n-- @depends:\n' >"$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
own_installation
why '24. the database is behind the code' behind stops 'behind kivitendo.s code.*not_there.*when somebody logs in\|None$'
rm "$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
set_job "package_name = 'Test'"

# 25 to 28: what becomes of it.
hold acme "SELECT pg_advisory_lock($((0x6b6a6f62)), $JOB_ID)"
why '25. another session has its lock' claim stops "by 'hold-acme' from this machine \(database process [0-9]+\)"
concludes 'which is in the way' 'because of "claimed": by .hold-acme.*that session is none of ours'
let_go acme
why '26. nobody has' claim fine 'by nobody'
set_job "data = 'exception: no paper', next_run_at = now()"
run_ts run
why '27. it failed the last time' last warning 'a failure: Oh cruel world: no paper'
concludes 'which is not kept back' 'It is run when its time comes, 20.*\. Look at "last run", too\.$'
client_sql acme 'DELETE FROM background_job_histories'
why '28. it is not known how it ended' last fine 'not known any more'
set_job "last_run_at = NULL, data = NULL"

# 29 to 33: it is running, here or there, or was.
test_job=$JOB_ID
set_job 'active = false'
add_held_job acme
hold_up acme
start_ts native run
ok 'a native job is under way' under_way acme
why '29. a native job is running' claim waits '(process|task-server).*, since 20'
concludes 'which is the conclusion' 'It is running now, claimed by .*since 20'
let_go acme
wait_ts native
why '30. it was a success' last fine ', a success'
client_sql acme "UPDATE background_jobs SET active = false WHERE id = $JOB_ID"
add_waiting acme Waiting one
start_ts command run
ok 'a command is under way' has_begun one
why '31. a command is running' claim waits 'by process [0-9]+ of this machine, since 20'
its_time=$(client_sql acme "SELECT next_run_at FROM background_jobs WHERE id = $JOB_ID")
set_job "next_run_at = now() - interval '2 hours'"
why 'and so not overdue' next_run_at fine '\((119 min|2 h) ago\)'
run_ts status
like 'nor says status that it is' "$TS_OUT" '^ 1  Müller GmbH +[0-9]+ +1 +0 '
set_job "next_run_at = '$its_time'"
kill_run
wait_ts command
why 'what it started goes on' journal warning 'goes on, and nobody is seen to watch over it\|the next run ends it'
concludes 'which is the conclusion' 'It is due, but what its run of 20.* started goes on, .*; the next run ends it'
let_end one
is 'its run is killed' "$(journal_entries | wc -l)" 1
ok 'its command has ended' processes_end 10 "$(waiting_pid one)"
why '32. it was interrupted, which no run has recorded yet' journal warning 'its run of 20.* was interrupted, which .*the next run records it, and the job goes on'
concludes 'so that comes first' 'It is due, but its run of 20.*; the next run records it, and the job goes on at its next regular'
ts_setting '[task_server]'
ts_setting 'rerun_interrupted = Waiting'
why 'or the job is run again' journal warning 'the next run records it, and runs the job again'
sed -i '/^rerun_interrupted/d' "$INSTALLATION/config/kivitendo.conf"
why 'nobody has claimed it any more' claim fine nobody
why 'it is its own' journal fine 'runs of other jobs of this client wait' "$test_job"
run_ts run
why '33. it was interrupted the last time' last warning ', interrupted: [^:]*went down'
why 'nothing waits' journal fine 'nothing waits'
ts_setting '[task_server]'
ts_setting 'connect_timeout = 1'
not_begun one
make_due acme "$JOB_ID"
start_ts command run
ok 'it is under way once more' has_begun one
pg_admin postgres -q -c "ALTER DATABASE $(client_db acme) ALLOW_CONNECTIONS false" \
    -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$(client_db acme)'" >/dev/null
let_end one
wait_ts command
pg_admin postgres -q -c "ALTER DATABASE $(client_db acme) ALLOW_CONNECTIONS true"
why 'it ended while the database was away' journal warning 'its run of 20.* succeeded, which is not recorded yet.*the next run records it'
run_ts run
why 'now it is recorded' last fine ', a success'
client_sql acme "DELETE FROM background_jobs WHERE id <> $test_job"
JOB_ID=$test_job
set_job "active = true, next_run_at = now() + interval '1 hour'"

# 34 to 41: the installation and the client.
touch "$INSTALLATION/users/nologin"
concludes '34. the installation is locked' 'because of "installation": locked since 20.*users/nologin exists; kivitendo.s administration'
printf '[debug]\nkeep_installation_unlocked = 1\n' >>"$INSTALLATION/config/kivitendo.conf"
why '35. locked, but nobody looks' nologin fine 'not locked'
rm "$INSTALLATION/users/nologin"
concludes '36. the client is not enabled' "because of \"client\": 'off' is not enabled.*choose a user" 1 --client off
auth_sql "UPDATE auth.clients SET dbname = 'nowhere' WHERE name = 'Müller GmbH'"
why '37. its database is away' reachable stops 'nowhere'
is 'which is an exit code' "$TS_CODE" 75
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)', dbhost = '127.0.0.1', dbport = 1 WHERE name = 'Müller GmbH'"
why '38. its server is away' reachable stops 'refused'
auth_sql "UPDATE auth.clients SET dbhost = '$PG_HOST', dbport = $PG_PORT, dbuser = 'kivi_pw', dbpasswd = 'not the s3cret'
    WHERE name = 'Müller GmbH'"
why '39. its password is wrong' reachable stops 'password authentication failed.*what auth.clients says'
unlike 'which is not shown' "$TS_OUT$TS_ERR" 's3cret'
auth_sql "UPDATE auth.clients SET dbuser = 'kivitendo', dbpasswd = '' WHERE name = 'Müller GmbH'"
pg_admin postgres -c "ALTER DATABASE $(client_db acme) SET default_transaction_read_only = on"
why '40. its database is read-only' reachable stops 'read-only'
pg_admin postgres -c "ALTER DATABASE $(client_db acme) RESET default_transaction_read_only"
start_old_server
why "41. kivitendo's old server is running" schedule stops "old task_server.pl is running \(pid $old_server\).*stop it"
stop_old_server

# 42 to 46: somebody, or we ourselves, hold it.
run_ts hold --client 'Müller GmbH' --until 2h --why 'moving house'
why '42. its client is held for a while' hold stops 'held until 20.*\(in (119 min|1 h|2 h)\), by .*: moving house.*release --client'
set_job "next_run_at = now() + interval '3 hours'"
why 'a hold that ends before its time comes' hold fine 'held until 20.*moving house; that is over before its time'
concludes 'is not in its way' 'Nothing is wrong: it is run when its time comes'
set_job 'next_run_at = now()'
run_ts release --client 'Müller GmbH'
run_ts hold --client 'Müller GmbH' --why 'for good'
why '43. its client is held until released' hold stops 'held until released, by .*: for good.*release --client'
run_ts release --client 'Müller GmbH'
run_ts hold --why 'everybody out'
why '44. everything is held' hold stops 'held until released, by .*: everybody out.*release lets everything'
run_ts hold --client 'Müller GmbH' --until 2h --why 'the tax adviser'
why 'and its client besides' hold stops \
    'held until released, by .*: everybody out; besides held until 20.*: the tax adviser\|both must end: .*release --client 1'
run_ts release
why 'after one release the other hold is left' hold stops 'held until 20.*: the tax adviser\|.*release --client 1'
run_ts release --client 1
why '45. nobody holds it any more' hold fine 'not held'
run_ts run
auth_sql "UPDATE auth.clients SET dbname = '$(client_db copy)' WHERE name = 'Müller GmbH'"
pg_createdb "$(client_db copy)" "$(client_db acme)"
why '46. its database is another one than it was' moved stops 'held by itself: .*release --client'
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
like 'advice that the conclusion has no room for stands beside its line' "$TS_OUT" '^ +→ correct it in kivitendo.s page'
is 'advice that it gives does not' "$(printf '%s\n' "$TS_OUT" | grep -c '→ .*jobs enable')" 0
unset COLUMNS
fails 'no such job' 64 run_ts why 999
like 'where clients are not enabled that is said' "$TS_ERR" "no job '999' in any client that is enabled for the task server; not enabled: 1"
fails 'a package in small letters' 64 run_ts why test
like 'is asked back' "$TS_ERR" "no job 'test', but 'Test'"
fails 'no such client' 64 run_ts why 1 --client nobody
fails 'no JOB' 64 run_ts why
sed -i 's/^db .*/db = nowhere/' "$INSTALLATION/config/kivitendo.conf"
fails '47. the authentication database is away' 75 run_ts why Test
like 'which is said' "$TS_ERR" 'nowhere'
like 'what is known here is shown' "$TS_OUT" '^✓  hold +not all clients are held$'
like 'and leads to a conclusion' "$TS_OUT" 'because of "clients": they cannot be listed: .*nowhere.* jobs stay due'
run_ts why --json Test
like 'also as JSON' "$TS_OUT" '^\[\{"conclusion":.*"what":"clients","verdict":"stops"'
done_testing
