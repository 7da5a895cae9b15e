#!/bin/sh
# slow
# status: situations made for real, one after the other, and what is said of each, as text and JSON.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme --name 'Müller GmbH'
add_client empty
. "$TEST_ROOT/tests/lib/held.sh"
. "$TEST_ROOT/tests/lib/waiting.sh"
. "$TEST_ROOT/tests/lib/old_server.sh"
state=$INSTALLATION/users/task_server
conf=$INSTALLATION/config/kivitendo.conf
db=$(client_db acme)
ts_setting 'connect_timeout = 2'
cat >>"$conf" <<END
[task_server/commands]
Waiting = /bin/sh $WORK/waits
[task_server]
END

# says SENTENCE PATTERN: of the text.
says() {
    run_ts status
    like "$1" "$TS_OUT" "$2"
}
silent() {
    run_ts status
    unlike "$1" "$TS_OUT" "$2"
}
# json SENTENCE EXPRESSION EXPECTED: of the parsed status s; acme is the first client.
json() {
    run_ts status --json
    is "$1: as JSON" "$(printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
s = json.load(sys.stdin)
acme, empty = (s["clients"] + [None])[:2]
print(eval(sys.argv[1]))' "$2" 2>&1)" "$3"
}
set_client() {
    auth_sql "UPDATE auth.clients SET $1 WHERE id = 1"
}
set_job() {
    client_sql acme "UPDATE background_jobs SET $1 WHERE id = $JOB_ID"
}

# away SENTENCE CLIENT-COLUMNS PATTERN: the client has these, and no numbers; the other one is fine.
away() {
    set_client "$2"
    says "$1" "^ 1  Müller GmbH +\? +\? +\? +\?  away: .*$3"
    like "$1: the other client is shown" "$TS_OUT" '^ 2  empty +0 +0 +0 +0  well$'
    unlike "$1: no password" "$TS_OUT$TS_ERR" 's3cret'
    is "$1: the exit code" "$TS_CODE" 75
    json "$1" '"'"$3"'" in acme["trouble"], empty["trouble"]' '(True, None)'
    set_client "dbhost = '$PG_HOST', dbport = $PG_PORT, dbname = '$db', dbuser = 'kivitendo', dbpasswd = ''"
}

run_ts run
add_job acme Test '0 3 * * *' "$(date -d '2 hours' '+%F %T')" --data 'result: yes'
test_job=$JOB_ID

# ---- the client's database ------------------------------------------------------------------------

away '1. a wrong password' "dbuser = 'kivi_pw', dbpasswd = 'not the s3cret'" 'password authentication failed'
away '2. a server that is away' "dbhost = '127.0.0.1', dbport = 1" 'Connection refused'
away '3. a database that is not there' "dbname = 'nowhere'" 'does not exist'
away "4. a database that is not kivitendo's" "dbname = 'postgres'" "no tables of kivitendo"
pg_admin postgres -c "ALTER DATABASE $db SET default_transaction_read_only = on"
says '5. a read-only database' '^ 1  Müller GmbH +1 +0 +0 +0  the database is read-only$'
json '5' 'acme["read_only"], empty["read_only"]' '(True, False)'
mkdir "$WORK/www"
chmod 0777 "$WORK/www"
run_ts status --html "$WORK/www/status.html"
like 'the page: a pill' "$(cat "$WORK/www/status.html")" '<span class="pill bad">read-only</span>'
pg_admin postgres -c "ALTER DATABASE $db RESET default_transaction_read_only"

add_job acme Speaks '0 3 * * *' "$(date -d '2 hours' '+%F %T')"
mkdir -p "$INSTALLATION/sql/Pg-upgrade2"
printf -- '-- @tag: not_there\n-- @depends:\n' >"$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
own_installation
says '6. a database behind the code' \
    "^ 1  Müller GmbH +2 +0 +0 +0  Perl jobs held: its database is behind kivitendo's code .*not_there"
json '6' '"not_there" in acme["perl_held_why"], empty["perl_held_why"]' '(True, None)'
rm "$INSTALLATION/sql/Pg-upgrade2/not_there.sql"
client_sql acme "DELETE FROM background_jobs WHERE id = $JOB_ID"
JOB_ID=$test_job

run_ts run
pg_createdb "$(client_db copy)" "$db"
set_client "dbname = '$(client_db copy)'"
says '7. a restored copy' '^ 1  Müller GmbH +1 .*  held: its database is not the one it was'
json '7' 'acme["held"], "not the one it was" in acme["held_why"], empty["held"]' '(True, True, False)'
run_ts run
silent 'what lasts is not said twice' '^lasting since'
set_client "dbname = '$db'"
run_ts run

# ---- holds ----------------------------------------------------------------------------------------

run_ts hold --client 1
says '8. a client that is held, nobody knows why' '^ 1  Müller GmbH +1 .*  held by [a-z]+: no reason given$'
json '8' 'acme["held"], acme["held_by"] != "", acme["held_until"], empty["held"]' '(True, True, None, False)'
run_ts run
silent 'what lasts is not said twice' '^lasting since'
run_ts release --client 1
run_ts hold --client 1 --until 2h --why 'moving house'
says '9. for a while' '^ 1  Müller GmbH .*  held by [a-z]+ until 20.*\(in (1[12][0-9] min|1 h|2 h)\): moving house$'
json '9' 'acme["held_until"][:2], acme["held_why"]' "('20', 'moving house')"
sed -i "s/^\(1.[0-9]*.\)[0-9]*/\1$(($(date +%s) - 1))/" "$state"/*.holds
says '10. a hold that is over' '^ 1  Müller GmbH .*  well$'
json '10' 'acme["held"], acme["held_why"]' '(False, None)'
run_ts hold --until 2h --why 'everybody out'
says '11. everything is held' '^held +everything, since 20.* until 20.*\(in .*\), by [a-z]+: everybody out$'
like 'so is each client' "$TS_OUT" '^ 2  empty .*  held by [a-z]+ until .*: everybody out$'
json '11' 'acme["held"], empty["held"]' '(True, True)'
run_ts release
rm -f "$state"/*.holds

run_ts hold --client 1 --until 2h --why 'the tax adviser'
run_ts hold --why 'for good'
says '11a. both at once: what lasts longer, and the other one' \
    '^ 1  Müller GmbH .*  held by [a-z]+: for good; besides held by [a-z]+ until 20.*: the tax adviser$'
json '11a' 'acme["held_why"], acme["held_until"], acme["also_held"]["why"]' "('for good', None, 'the tax adviser')"
run_ts release
says 'then that is left' '^ 1  Müller GmbH .*  held by [a-z]+ until 20.*: the tax adviser$'
rm -f "$state"/*.holds

long=$(printf '%3000s' '' | tr ' ' 'ä')
run_ts hold --client 1 --why "$long"
run_ts hold --why "$long"
pg_admin postgres -c "ALTER DATABASE $db SET default_transaction_read_only = on"
ok '11c. more than there is room for' run_ts status
like 'is cut' "$TS_OUT" '^ 1  Müller GmbH .*  held by [a-z]+: '
pg_admin postgres -c "ALTER DATABASE $db RESET default_transaction_read_only"
rm -f "$state"/*.holds

# ---- clients that are not enabled -----------------------------------------------------------------

auth_sql "UPDATE auth.clients SET task_server_user_id = NULL WHERE name = 'empty'"
says '11b. a client that is not enabled' '^not enabled +1 client, whose jobs are not run$'
unlike 'is not among those that are served' "$TS_OUT" '^ 2  empty'
json '11b' 's["clients_not_enabled"], len(s["clients"])' '(1, 1)'
run_ts status --client empty
like 'asked for, it is not called well' "$TS_OUT" '^ 2  empty +\? +\? +\? +\?  not enabled for the task server$'
unlike 'nor told once more' "$TS_OUT" '^not enabled'
run_ts status --client empty --html "$WORK/www/status.html"
like 'nor on the page' "$(cat "$WORK/www/status.html")" '<span class="pill bad">not enabled</span>'
run_ts status --client empty --json
like 'nor in JSON' "$TS_OUT" '"client":"empty",.*"enabled":false'
auth_sql "UPDATE auth.clients SET task_server_user_id = (SELECT task_server_user_id FROM auth.clients WHERE id = 1) WHERE name = 'empty'"

# ---- jobs -----------------------------------------------------------------------------------------

set_job "next_run_at = now() - interval '2 hours'"
says '12. an overdue job' "^Müller GmbH +$JOB_ID  Test +20.*\((1[12][0-9] min|2 h) ago\)$"
like 'is counted' "$TS_OUT" '^ 1  Müller GmbH +1 +0 +1 +0  overdue$'
json '12' '[j["job"] for j in acme["overdue"]], acme["jobs"], acme["active"]' "([$JOB_ID], 1, 1)"
set_job 'active = false'
says '13. one that is not active is not' '^ 1  Müller GmbH +0 +0 +0 +0  well$'
unlike 'nor listed' "$TS_OUT" '^overdue'
json '13' 'acme["overdue"], acme["jobs"], acme["active"]' '([], 1, 0)'
set_job "active = true, node_id = 'other'"
says "14. nor is another node's" '^ 1  Müller GmbH +1 +0 +0 +0  well$'
json '14' 'acme["overdue"], acme["resting"]' '([], [])'
set_job "node_id = NULL, cron_spec = '61 * * * *'"
run_ts run
client_sql acme 'DELETE FROM background_job_histories'
says '15. a job that rests, for its schedule cannot be understood' \
    "^Müller GmbH +$JOB_ID  Test +cron spec '61 \* \* \* \*': minute field '61'"
unlike 'is not overdue' "$TS_OUT" '^overdue'
unlike 'nor said twice' "$TS_OUT" '^lasting since'
json '15' '[(j["job"], j["cron_spec"], j["why"]) for j in acme["resting"]]' \
    "[($JOB_ID, '61 * * * *', 'no next_run_at')]"
run_ts status --html "$WORK/www/status.html"
like 'on the page too' "$(cat "$WORK/www/status.html")" '<td class="warn"><bdi>cron spec &#39;61 \* \* \* \*&#39;: minute'
set_job "cron_spec = '0 0 31 2 *'"
says '16. or never fires' "^Müller GmbH +$JOB_ID  Test +'0 0 31 2 \*' never fires$"
set_job "cron_spec = '0 3 * * *'"
says '17. or has no time' "^Müller GmbH +$JOB_ID  Test +has no next_run_at$"
set_job "type = 'weekly', next_run_at = now() - interval '1 hour'"
says '18. or a type that nobody knows' "^Müller GmbH +$JOB_ID  Test +has a type that is neither"
json '18' 'acme["resting"][0]["why"], acme["overdue"]' "('unknown type', [])"
set_job "type = 'interval', data = 'exception: no paper', next_run_at = now()"
run_ts run
says '19. a job that failed' '^Müller GmbH  Test +1  20.*\)  Oh cruel world: no paper$'
unlike 'is not said twice' "$TS_OUT" '^lasting since'
json '19' '[f["error"] for f in acme["failures"]], [i["text"][-8:] for i in s["incidents"]][-1:]' \
    "(['Oh cruel world: no paper'], ['no paper'])"
client_sql acme "UPDATE background_job_histories SET run_at = run_at - interval '25 hours'"
says '20. one that failed the day before, and has not succeeded since' \
    "^20.* ago\)  client 'Müller GmbH': job $JOB_ID \(Test\): Oh cruel world: no paper$"
like 'lasts' "$TS_OUT" '^lasting since'
json '20' 'acme["failures"], [i["text"][-8:] for i in s["incidents"]][-1:]' "([], ['no paper'])"
run_ts status --client empty
unlike "and is not another client's" "$TS_OUT" '^lasting since'
run_ts status --html "$WORK/www/status.html"
like 'on the page too' "$(cat "$WORK/www/status.html")" '<td class="what bad"><bdi>client &#39;Müller GmbH&#39;: job'
first=$JOB_ID
add_job acme Test '0 3 * * *' '2099-01-01' --data 'exception: no ink'
run_ts run-job "$JOB_ID" --client 'Müller GmbH'
second=$JOB_ID
JOB_ID=$first
says "and another job of its package that fails today does not hide it" \
    "client 'Müller GmbH': job $JOB_ID \(Test\): Oh cruel world: no paper$"
client_sql acme "UPDATE background_jobs SET data = NULL WHERE id = $second"
run_ts run-job "$second" --client 'Müller GmbH'
client_sql acme "DELETE FROM background_jobs WHERE id = $second"
client_sql acme "UPDATE background_job_histories SET run_at = run_at - interval '25 hours'"
set_job 'active = false'
silent '21. but not when it has been switched off' '^lasting since'
set_job "active = true, data = NULL, next_run_at = now()"
run_ts run
silent 'nor when it has succeeded' '^lasting since'
json '21' 's["incidents"]' '[]'

# ---- at work --------------------------------------------------------------------------------------

set_job 'active = false'
job_shown() {
    run_ts status
    printf '%s\n' "$TS_OUT" | grep -q -E "^Müller GmbH +$JOB_ID  $1 +20.*\([0-9]+ (s|min) ago\)  $2"
}
at_work() {
    run_ts status --json
    printf '%s\n' "$TS_OUT" | grep -q "\"kind\":\"$1\""
}
add_held_job acme
hold_up acme
start_ts native run
ok '22. a native job is under way' under_way acme
ok 'for how long' wait_until 20 job_shown "$HELD_JOB" "'task-server client 1'"
like 'the run' "$TS_OUT" "^at work +a run, pid $TS_PID, since 20.* ago\)$"
like 'is counted' "$TS_OUT" '^ 1  Müller GmbH +1 +1 +0 +0  well$'
ok 'the run tells its kind' wait_until 20 at_work native
json '22' 's["at_work"]["pid"], [j["job"] for j in acme["running"]], [j["kind"] for j in s["at_work"]["jobs"]]' \
    "($TS_PID, [$JOB_ID], ['native'])"
let_go acme
wait_ts native
client_sql acme "DELETE FROM background_jobs WHERE id = $JOB_ID"

add_waiting acme Waiting one
start_ts command run
ok '23. a command is under way' has_begun one
ok 'for how long' wait_until 20 job_shown Waiting "'task-server client 1'"
ok 'the run tells its kind' wait_until 20 at_work command
json '23' '[j["package"] for j in acme["running"]], [j["kind"] for j in s["at_work"]["jobs"]]' "(['Waiting'], ['command'])"
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'task-server%' AND datname = '$db'" >/dev/null
says '23a. its claim is gone, and it runs all the same' '^ 1  Müller GmbH +1 +1 +0 +0  well$'
like 'so it is listed' "$TS_OUT" "^Müller GmbH +$JOB_ID  Waiting +20.* process [0-9]+ of this machine$"
json '23a' '[(j["package"], j["by"], j["pid"] > 1) for j in acme["running"]]' "[('Waiting', None, True)]"
set_client "dbname = 'nowhere'"
ok '24. though its database is away' job_shown Waiting 'process [0-9]+ of this machine$'
json '24' 'acme["trouble"] is not None, [j["package"] for j in s["at_work"]["jobs"]]' "(True, ['Waiting'])"
set_client "dbname = '$db'"

# ---- the journal ----------------------------------------------------------------------------------

kill_run
wait_ts command
let_end one
says '25. a run was killed' '^journal +runs that wait to be recorded: 1$'
like 'so nobody is at work' "$TS_OUT" '^at work +nobody$'
json '25' 's["journal_waiting"], s["journal_bad"], s["at_work"]' '(1, 0, None)'
run_ts run
silent 'until the next run records it' '^journal'
folder=$(find "$state/journal" -mindepth 1 -maxdepth 1 -type d)
refuse() {
    client_sql acme "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            \$\$ BEGIN RAISE 'no room for it' USING ERRCODE = '$1'; END \$\$;
        CREATE TRIGGER refuse BEFORE INSERT ON background_job_histories FOR EACH ROW EXECUTE PROCEDURE refuse()"
}
accept() {
    client_sql acme 'DROP TRIGGER refuse ON background_job_histories; DROP FUNCTION refuse()'
}
refuse 53100
make_due acme "$JOB_ID"
run_ts run
says '26. an outcome that the database has no room for' '^journal +runs that wait to be recorded: 1$'
json '26' 's["journal_waiting"], s["journal_bad"]' '(1, 0)'
accept
refuse P0001
run_ts run
run_ts run
says '27. one that it will never take' "^journal +runs that cannot be recorded: 1 \(in $state/journal, in bad/\)$"
json '27' 's["journal_waiting"], s["journal_bad"]' '(0, 1)'
accept
rm -f "$folder"/bad/*
chmod 0 "$folder"
says '28. a journal that cannot be read' '^journal +it cannot be read, so no command and no Perl job starts: .*Permission denied'
json '28' '"Permission denied" in s["journal_trouble"]' True
chmod 0700 "$folder"
silent 'readable again' '^journal'
client_sql acme 'DELETE FROM background_job_histories'
client_sql acme "DELETE FROM background_jobs WHERE id <> $test_job"
JOB_ID=$test_job

# ---- the installation -----------------------------------------------------------------------------

touch "$INSTALLATION/users/nologin"
says '29. a locked installation' '^installation +locked since 20.*: users/nologin exists$'
json '29' 's["locked"], s["locked_since"][:2]' "(True, '20')"
run_ts run
silent 'what lasts is not said twice' '^lasting since'
cp "$conf" "$WORK/good.conf"
printf '[debug]\nkeep_installation_unlocked = 1\n' >>"$conf"
silent '30. that nobody is to look at' 'nologin'
json '30' 's["locked"], "locked_since" in s' '(False, False)'
rm "$INSTALLATION/users/nologin"
cp "$WORK/good.conf" "$conf"
mkdir "$INSTALLATION/closed"
own_installation
chmod 0 "$INSTALLATION/closed"
printf '[paths]\nuserspath = closed\n' >>"$conf"
says '31. of which nobody can tell' '^installation +whether closed/nologin exists cannot be found out$'
json '31' 's["locked"], "locked_since" in s' '(True, False)'
cp "$WORK/good.conf" "$conf"
run_ts run

start_old_server
says "32. kivitendo's old server is running" "^at work +kivitendo's old task_server.pl, pid $old_server, since 20"
json '32' 's["at_work"]["old_server"], s["at_work"]["pid"], s["served"]' "(True, $old_server, False)"
run_ts run
silent 'what lasts is not said twice' '^lasting since'
stop_old_server
run_ts run

pg_admin postgres -c "ALTER DATABASE $db ALLOW_CONNECTIONS false"
run_ts run
says '33. a run that could not serve everybody' \
    '^last run +20.*; jobs: 0 succeeded, 0 failed, 0 left due; not every client was served; exit code 75$'
unlike 'what lasts is not said twice' "$TS_OUT" '^lasting since'
json '33' 's["last_run"]["exit_code"], s["last_run"]["unreachable"] > 0, "client/1" in [i["key"] for i in s["incidents"]]' '(75, True, True)'
pg_admin postgres -c "ALTER DATABASE $db ALLOW_CONNECTIONS true"
says '34. what runs could not do, though we can' "^20.*  client 'Müller GmbH' is not served: .*not currently accepting connections"
run_ts run
silent 'until the next run can' '^lasting since'

ts_setting "state_dir = $WORK/none/state"
says '35. a state directory that is not there' '^schedule +not known: the state directory cannot be read$'
like 'so the last run is not known' "$TS_OUT" '^last run +not known$'
like 'which is said' "$TS_ERR" "no state directory.*$WORK/none/state"
like 'the clients are shown' "$TS_OUT" '^ 1  Müller GmbH +0 +0 +0 +0  well$'
json '35' 's["state_dir"], s["served"], s["last_run"]' '(None, None, None)'
cp "$WORK/good.conf" "$conf"
chmod 0 "$state"
says '36. one that cannot be read' '^schedule +not known: the state directory cannot be read$'
chmod 0700 "$state"
json '36. readable again' "s['state_dir'] == '$state', s['served']" '(True, True)'

# ---- what lasts -----------------------------------------------------------------------------------

cat >>"$conf" <<END
metrics_file = $WORK/none/metrics.prom
[mail_delivery]
method = sendmail
sendmail = /bin/false
[task_server/notify_on_failure]
send_email_to = root@example.com
email_from = root@example.com
email_subject = failed
END
set_job "active = true, data = 'exception: no paper', next_run_at = now() - interval '1 minute'"
run_ts run
run_ts run
says '37. notices that cannot be sent' '^notices +1 wait to be sent$'
like 'for how long' "$TS_OUT" '^20.*\([0-9]+ (s|min) ago\)  mails cannot be sent$'
json '37' 's["notices_waiting"], sorted(i["key"] for i in s["incidents"] if i["key"][:4] != "job/")' \
    "(1, ['courier/mail', 'metrics'])"
says '38. metrics that cannot be written' "^20.*  .*$WORK/none/metrics.prom"
run_ts status --html "$WORK/www/status.html"
like 'on the page too' "$(cat "$WORK/www/status.html")" '<td class="what bad"><bdi>mails cannot be sent</bdi>'
cp "$WORK/good.conf" "$conf"
set_job 'data = NULL, next_run_at = now()'
run_ts run
mkdir -p "$INSTALLATION/modules/override/SL/System"
echo '# Belongs to task-server, really' >"$INSTALLATION/modules/override/SL/System/TaskServer.pm"
own_installation
run_ts run
rm "$INSTALLATION/modules/override/SL/System/TaskServer.pm"
run_ts run
says "39. kivitendo's pages have lost our module" "^20.*  our module for kivitendo's pages is gone"

# ---- names, and others ----------------------------------------------------------------------------

client_sql acme 'DELETE FROM background_job_histories'
set_client "name = repeat('Ü€', 100)"
COLUMNS=80
export COLUMNS
says '40. a name of 200 letters' '^ 1  Ü€Ü€.*… +1 +0 +0 +0  well$'
is 'fits the terminal' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin) <= 80)')" True
unset COLUMNS
json '40' 'acme["client"] == "Ü€" * 100' True
set_client "name = E'a\\x1b[31m\\nb\\t\\u202ec'"
says '41. a name that wants to be more' '^ 1  a\?\[31m\?b\?\?c +1 +0 +0 +0  well$'
json '41' 'ascii(acme["client"])' "'a\\x1b[31m\\nb\\t\\u202ec'"
set_client "name = 'Müller GmbH'"
says '42. a client without jobs' '^ 2  empty +0 +0 +0 +0  well$'
json '42' 'empty["jobs"], empty["active"], empty["running"], empty["failures"]' '(0, 0, [], [])'

set_job 'active = false'
add_held_job acme
hold_up acme
here=$INSTALLATION
cp -R "$INSTALLATION" "$WORK/there"
INSTALLATION=$WORK/there
rm -rf "$INSTALLATION/users"
mkdir -p "$INSTALLATION/users/pid"
sed -i 's/^node_id = .*/node_id = there/' "$INSTALLATION/config/kivitendo.conf"
own_installation
start_ts there run
ok '43. another node is at work' under_way acme
INSTALLATION=$here
says 'so is the job' "^Müller GmbH +$JOB_ID  $HELD_JOB +20.* ago\)  'task-server client 1'"
like 'but not we' "$TS_OUT" '^at work +nobody$'
json '43' '[j["job"] for j in acme["running"]], s["at_work"]' "([$JOB_ID], None)"
let_go acme
wait_ts there

run_ts hold --why 'moving'
sed -i 's/^db .*/db = nowhere/' "$conf"
run_ts run
fails '44. the authentication database is away' 75 run_ts status
like 'which is said' "$TS_ERR" 'authentication database .*nowhere'
like 'and that nobody is served' "$TS_OUT" '^clients +they cannot be listed, and none is served: .*nowhere'
like 'what is known here is shown' "$TS_OUT" '^last run +20.* succeeded'
like 'what holds everything, too' "$TS_OUT" '^held +everything, since 20.*: moving$'
unlike 'no table is empty' "$TS_OUT" '^id +client'
unlike 'nor is it told once more' "$TS_OUT" '^20.* ago)  .*nowhere'
run_ts status --json
is '44: as JSON' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
s = json.load(sys.stdin)
keys = [i["key"] for i in s["incidents"]]
print("nowhere" in s["auth_trouble"], s["clients"], s["clients_not_enabled"], [k for k in keys if "notice" in k])')" 'True [] None []'
fails 'as a page' 75 run_ts status --html "$WORK/www/status.html"
like 'which says so' "$(cat "$WORK/www/status.html")" '<dt>clients</dt><dd class="bad">they cannot be listed'
done_testing
