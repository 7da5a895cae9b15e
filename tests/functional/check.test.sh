#!/bin/sh
# check: what is well, what is not, and what to do, in situations made for real; for people, scripts
# and monitoring.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme --name 'Müller GmbH'
state=$INSTALLATION/users/task_server
chmod 0640 "$INSTALLATION/config/kivitendo.conf"

# says SENTENCE MARK PATTERN: a line of check with that mark.
says() {
    run_ts check
    like "$1" "$(printf '%s\n' "$TS_OUT" | grep "^$2")" "$3"
}
# nagios SENTENCE CODE PATTERN
nagios() {
    nagios_sentence=$1
    fails "$1" "$2" run_ts check --nagios
    like "$nagios_sentence: what it says" "$TS_OUT" "$3"
}

add_job acme Test '0 3 * * *' due --data 'result: yes'
says 'before the first run' '✗' 'no run has ended yet'
is 'is an exit code' "$TS_CODE" 1
nagios 'no run yet' 2 '^TASK-SERVER CRITICAL - no run has ended yet$'
run_ts run
says 'after it' '✓' 'the last run ended [0-9]+ s ago, with exit code 0'
is 'all is well, or only warnings' "$TS_CODE" 0
like 'Perl and kivitendo can be loaded' "$TS_OUT" '✓ .*kivitendo and its Perl modules can be loaded'
like 'the state directory' "$TS_OUT" "$state can be written"
like 'room' "$TS_OUT" 'MB are free below'
like 'the server' "$TS_OUT" 'we may need 17, [0-9]+ of [0-9]+ are free'
like 'its clock' "$TS_OUT" 'its clock is -?[0-9]+ ms ahead of ours, its zone'
like 'the jobs' "$TS_OUT" 'jobs: 1 active, 0 overdue'
like 'nobody is told' "$TS_OUT" '! +mail +nobody is told of failed jobs'
like 'and what to do' "$TS_OUT" '→ set send_email_to'
nagios 'all is well' 0 '^TASK-SERVER OK - .*1 of 1 enabled clients can be served.* \| age=[0-9]+s$'

# Clock changes: Berlin has an hour that is missing and one that comes twice.
client_sql acme "UPDATE background_jobs SET cron_spec = '30 2 * * *'"
says 'the next clock changes, with the jobs they touch' '✓' 'an hour is missing; jobs within it run once, right after it: Müller GmbH/Test'
like 'both' "$TS_OUT" 'an hour comes twice; jobs within it run once: Müller GmbH/Test'
client_sql acme "UPDATE background_jobs SET cron_spec = '30 12 * * *'"
says 'not those at noon' '✓' 'an hour is missing; jobs within it run once, right after it: none'

sed -i "s/^ended_us .*/ended_us $(($(date +%s) - 9000))000000/" "$state"/*.last-run
nagios 'the last run is old' 2 'CRITICAL - the last run ended 2 h ago'
ok 'but not too old for whoever says so' run_ts check --nagios --max-age 10000
run_ts run
touch "$INSTALLATION/users/nologin"
nagios 'locked for a moment' 1 'WARNING - .*the installation is locked'
touch -d '20 minutes ago' "$INSTALLATION/users/nologin"
nagios 'locked for a quarter of an hour' 2 'CRITICAL - .*the installation is locked'
rm "$INSTALLATION/users/nologin"
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 hour'"
nagios 'overdue jobs' 1 'WARNING - jobs: 1 active, 1 overdue'
client_sql acme "UPDATE background_jobs SET package_name = 'NoSuch'"
run_ts run
nagios 'a job that fails' 1 'jobs that fail: 1'
like 'whose package nobody knows' "$TS_OUT" 'active jobs with a package nobody knows: 1'
client_sql acme "UPDATE background_jobs SET package_name = 'Test'"

auth_sql "UPDATE auth.clients SET dbname = 'no|where'"
nagios 'a client that is away' 2 "CRITICAL - client 'Müller GmbH' cannot be served: .*no where"
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)'"

chmod 0644 "$INSTALLATION/config/kivitendo.conf"
says 'passwords for everybody' '!' 'kivitendo.conf holds passwords and can be read by everybody'
chmod 0640 "$INSTALLATION/config/kivitendo.conf"
ts_setting 'max_paralel = 3'
says 'an unknown key' '!' 'max_paralel: unknown key'
mkdir -p "$INSTALLATION/modules/override/SL/System"
says 'our module is not there' '!' 'their buttons start the old server'
echo '# Belongs to task-server' >"$INSTALLATION/modules/override/SL/System/TaskServer.pm"
says 'our module is there' '✓' 'our module for them is in place'
mv "$INSTALLATION/SL/LXDebug.pm" "$WORK/"
says 'Perl that cannot be loaded, and that no job needs' '!' "Perl jobs cannot run: .*SL/LXDebug.pm"
client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, next_run_at)
    VALUES ('interval', 'Speaks', '0 3 * * *', true, now() + interval '1 day')"
says 'Perl that cannot be loaded, and that a job needs' '✗' "Perl jobs cannot run: .*SL/LXDebug.pm"
client_sql acme "DELETE FROM background_jobs WHERE package_name = 'Speaks'"
mv "$WORK/LXDebug.pm" "$INSTALLATION/SL/"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF
[task_server/notify_on_failure]
send_email_to = root@example.com
email_from = root@example.com
email_subject = failed
email_template = nowhere.txt
EOF
says 'mail without a way' '✗' '\[mail_delivery\] method is empty'
like 'a template that is not there' "$TS_OUT" '! .*the template cannot be used: .*nowhere.txt'
printf '[mail_delivery]\nmethod = sendmail\nsendmail = /bin/sh %s\n' "$WORK/sendmail" \
    >>"$INSTALLATION/config/kivitendo.conf"
printf 'cat >%s/mail\n' "$WORK" >"$WORK/sendmail"
chmod 0777 "$WORK"
fails 'a test mail' 0 run_ts check --send-test-mail
like 'is sent' "$TS_OUT" 'a test mail is sent to root@example.com'
ok 'it is there' grep -q 'This is a test mail' "$WORK/mail"
sed -i '/^email_template/d' "$INSTALLATION/config/kivitendo.conf"
says 'the shipped template' '✓' 'the template can be used'

is 'JSON' "$(run_ts check --json; printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
c = json.load(sys.stdin)
print(c["verdict"], sorted({i["group"] for i in c["items"]}))')" "warning ['clients', 'clocks', 'configuration', \
'connections', 'daylight', 'directories', 'jobs', 'mail', 'old-server', 'pages', 'perl', 'schedule']"
sed -i 's/^db .*/db = nowhere/' "$INSTALLATION/config/kivitendo.conf"
nagios 'the authentication database is away' 2 'CRITICAL - .*no client can be looked at: .*nowhere'
rm "$INSTALLATION/config/kivitendo.conf"
nagios 'no configuration' 3 '^TASK-SERVER UNKNOWN - '
fails 'an age that is none' 64 run_ts check --max-age x
done_testing
