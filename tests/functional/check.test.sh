#!/bin/sh
# slow
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
says 'after it' '✓' 'the last run ended [0-9]+ (s|min) ago, with exit code 0'
is 'all is well, or only warnings' "$TS_CODE" 0
like 'Perl and kivitendo can be loaded' "$TS_OUT" '✓ .*kivitendo and its Perl modules can be loaded'
like 'the state directory' "$TS_OUT" "$state can be written"
like 'room' "$TS_OUT" 'MB are free below'
like 'the server' "$TS_OUT" 'we may need 17, [0-9]+ of [0-9]+ are free'
like 'its clock' "$TS_OUT" 'its clock is within [0-9]+ ms of ours, its zone'
like 'the jobs' "$TS_OUT" 'jobs: 1 active, 0 overdue'
like 'nobody is told' "$TS_OUT" '! +mail +nobody is told of failed jobs'
like 'and what is not set' "$TS_OUT" 'lacks send_email_to, email_from, email_subject'
like 'and what to do' "$TS_OUT" '→ set what is missing'
like 'job classes that nobody needs are no trouble' "$TS_OUT" '✓ .*cannot be loaded, and that no active job needs: Broken, Lacks'
is 'all that is said stands in the table' "$TS_ERR" ''
nagios 'all is well' 0 '^TASK-SERVER OK - .*1 of 1 enabled clients can be served.* \| age=[0-9]+s;;180$'

# Clock changes: Berlin has an hour that is missing and one that comes twice.
client_sql acme "UPDATE background_jobs SET cron_spec = '30 2 * * *'"
says 'the next clock changes, with the jobs they touch' '✓' '60 minutes are missing; jobs within them run once, right after: Müller GmbH/Test '"$JOB_ID"
like 'both' "$TS_OUT" '60 minutes come twice; jobs within them run once: Müller GmbH/Test '"$JOB_ID"
client_sql acme "UPDATE background_jobs SET cron_spec = '30 12 * * *'"
says 'not those at noon' '✓' '60 minutes are missing; jobs within them run once, right after: none'

is 'where clocks change by half an hour it says so' "$(TZ=Australia/Lord_Howe run_ts check; printf '%s\n' "$TS_OUT" |
    grep -c '30 minutes \(are missing\|come twice\)')" 2

sed -i "s/^ended_us .*/ended_us $(($(date +%s) - 9000))000000/" "$state"/*.last-run
nagios 'the last run is old' 2 'CRITICAL - the last run ended 2 h ago, with exit code 0, and the limit is 3 min \|'
ok 'but not too old for whoever says so' run_ts check --nagios --max-age 10000
says 'people are told the same' '✗' 'the last run ended 2 h ago'
run_ts check --max-age 10000
like 'and may say how old, too' "$TS_OUT" '✓ .*the last run ended 2 h ago'
run_ts run

# A run that hangs.
. "$TEST_ROOT/tests/lib/held.sh"
well=$JOB_ID
pid_file=$INSTALLATION/users/pid/config.kivitendo.conf.pid
add_held_job acme
hold_up acme
start_ts one run
hanging=$TS_PID
under_way acme
nagios 'a run is at work' 0 "OK - .*a run is at work, pid $TS_PID"
kill -s STOP "$TS_PID"
touch -d '10 minutes ago' "$pid_file"
nagios 'it hangs' 2 "CRITICAL - a run is at work, pid $TS_PID, but has not looked for due jobs for 10 min"
run_ts check
like 'what to do about it' "$TS_OUT" "→ kill -KILL $hanging ends it"
run_ts status
like 'status says so, too' "$TS_OUT" "^at work +a run, pid $TS_PID, since .* has not looked for due jobs for 10 min"
run_ts why "$well" --client 1
like 'and why' "$TS_OUT" '^✗  runs +a run is at work, pid .* has not looked for due jobs for 10 min'
kill -s CONT "$TS_PID"
kill -s ALRM "$TS_PID"
touch -d '5 minutes ago' "$WORK/reference"
has_pulse() {
    [ -n "$(find "$pid_file" -newer "$WORK/reference")" ]
}
ok 'a pass is its pulse' wait_until 60 has_pulse
nagios 'so it is at work again' 0 "OK - .*a run is at work, pid $TS_PID"
let_go acme
wait_ts one
client_sql acme "DELETE FROM background_jobs WHERE id = $JOB_ID"
JOB_ID=$well
touch "$INSTALLATION/users/nologin"
nagios 'locked for a moment' 1 'WARNING - .*the installation has been locked for [0-9]+ (s|min) \(users/nologin\).* 0 of 1 enabled clients can be served: the installation is locked'
touch -d '20 minutes ago' "$INSTALLATION/users/nologin"
nagios 'locked for a quarter of an hour' 2 'CRITICAL - .*the installation has been locked for 20 min \(users/nologin\)'
rm "$INSTALLATION/users/nologin"
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 hour'"
nagios 'overdue jobs' 1 'WARNING - jobs: 1 active, 1 overdue \(Müller GmbH/Test '"$JOB_ID\) "
client_sql acme "UPDATE background_jobs SET package_name = 'NoSuch'"
run_ts run
nagios 'a job that fails' 1 "jobs that fail: 1 \(Müller GmbH/NoSuch $JOB_ID\)"
like 'whose package nobody knows' "$TS_OUT" "active jobs with a package nobody knows: 1 \(Müller GmbH/NoSuch $JOB_ID\)"
client_sql acme "UPDATE background_jobs SET package_name = 'Test'"
run_ts check
unlike 'a job that has become another fails no more' "$TS_OUT" 'jobs that fail'

# A job that never comes due fails no more, and is not overdue.
client_sql acme "UPDATE background_jobs SET cron_spec = '99 * * * *', next_run_at = now() - interval '1 minute'"
run_ts run
says 'a job that rests' '!' "active jobs that rest: 1"
like 'and who knows why' "$TS_OUT" '→ task-server why JOB says what is wrong with it'
nagios 'a job that rests, for monitoring' 1 "active jobs that rest: 1 \(Müller GmbH/Test $JOB_ID\)"
client_sql acme "UPDATE background_jobs SET cron_spec = '0 3 * * *'"

# The clock once was in the future.
client_sql acme "UPDATE background_jobs SET cron_spec = '*/5 * * * *', next_run_at = '2099-01-01 00:05'"
says 'a next time that no schedule has set' '!' \
    "active jobs whose next time lies far beyond their schedule: 1 \(Müller GmbH/Test $JOB_ID\)"
like 'and what to do' "$TS_OUT" '→ .*save the job again .*task-server jobs set JOB spec='
run_ts why "$JOB_ID"
like 'why says so, too' "$TS_OUT" "its schedule would have it earlier; .*task-server jobs set $JOB_ID --client [0-9]+ spec="
ok 'which can be done' run_ts jobs set "$JOB_ID" 'spec=*/5 * * * *'
run_ts check
unlike 'which helps' "$TS_OUT" 'far beyond their schedule'
client_sql acme "UPDATE background_jobs SET cron_spec = '0 3 * * *'"

# A job that fails in several ways is one job; those that a line does not bear are counted.
for words in 'one' 'quite another' 'still others'; do
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute', data = 'exception: $words'"
    run_ts run
done
is 'three kinds of error' "$(grep -c 'Oh cruel world' "$state"/*.incidents)" 3
nagios 'are one job that fails' 1 "jobs that fail: 1 \(Müller GmbH/Test $JOB_ID\)"
client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, next_run_at)
    SELECT 'interval', 'NoSuch' || n, '0 3 * * *', true, now() - interval '1 minute' FROM generate_series(1, 6) n"
run_ts run
nagios 'many jobs that fail' 1 \
    "jobs that fail: 7 \(Müller GmbH/Test $JOB_ID, (Müller GmbH/NoSuch[1-6] [0-9]+, ){3}Müller GmbH/NoSuch[1-6] [0-9]+ and 2 more\)"
client_sql acme "DELETE FROM background_jobs WHERE package_name <> 'Test'"
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute', data = 'result: yes'"
run_ts run

auth_sql "UPDATE auth.clients SET dbname = 'no|where'"
nagios 'a client that is away' 2 "CRITICAL - client 'Müller GmbH' cannot be served: .*no where"
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)',
    name = E'a\\033[31m|b\\n\\u009bc\\u202ed\\x7f'"
run_ts hold --client 1
nagios 'a name that wants to be more than a name is text' 1 "WARNING - .*client 'a.\[31m b .c.d.' is held by "
is 'and drives no terminal' "$(printf %s "$TS_OUT" | LC_ALL=C tr -d ' -~\200-\377' | wc -c)" 0
run_ts check --json
like 'nor does JSON' "$TS_OUT" 'a.u001b\[31m\|b.n.u009bc'
run_ts check --nagios
unlike 'in no other way either' "$TS_OUT" "$(printf '\302\233|\342\200\256')"
run_ts release --client 1
auth_sql "UPDATE auth.clients SET name = 'Müller GmbH'"

pg_admin postgres -c "ALTER DATABASE \"$(client_db acme)\" SET default_transaction_read_only = on"
nagios 'a client that nothing can be written to' 2 "CRITICAL - client 'Müller GmbH' cannot be served: .*read-only"
pg_admin postgres -c "ALTER DATABASE \"$(client_db acme)\" RESET default_transaction_read_only"
auth_sql 'UPDATE auth.clients SET task_server_user_id = NULL'
says 'no client that is enabled' '!' '0 of 0 enabled clients can be served'
like 'and what enables one' "$TS_OUT" "→ kivitendo's administration interface enables a client"
auth_sql 'UPDATE auth.clients SET task_server_user_id = (SELECT id FROM auth."user")'

# What other nodes, hands and versions leave behind.
client_sql acme "UPDATE background_jobs SET node_id = 'attic', next_run_at = now() - interval '1 hour' WHERE id = $JOB_ID"
says 'a job of a node that is gone' '!' "overdue jobs of other nodes: 1 \(Müller GmbH/[A-Za-z]+ $JOB_ID\)"
like 'and what to do' "$TS_OUT" '→ .*where that node is gone, or has got another name, change their node_id'
client_sql acme "UPDATE background_jobs SET node_id = NULL, next_run_at = '2099-01-01' WHERE id = $JOB_ID"
client_sql acme "UPDATE background_jobs SET last_run_at = now() + interval '1 hour'"
says 'a run that is yet to come' '!' "client 'Müller GmbH': job $JOB_ID last ran at 20.*yet to come"
like 'and what that means' "$TS_OUT" '→ another machine runs jobs with another clock or time zone'
client_sql acme "UPDATE background_jobs SET last_run_at = now() - interval '1 hour'"
mkdir -p "$INSTALLATION/sql/Pg-upgrade2-auth"
printf -- '-- @tag: client_task_server\n' >"$INSTALLATION/sql/Pg-upgrade2-auth/client_task_server.sql"
says 'the authentication database' '✓' "the authentication database '$AUTH_DB' can be read"
printf -- '-- @tag: not_there\n' >"$INSTALLATION/sql/Pg-upgrade2-auth/not_there.sql"
says 'it is behind' '!' "the authentication database is behind kivitendo's code: 1 upgrade is missing: not_there"
auth_sql 'ALTER TABLE auth.schema_info RENAME TO elsewhere'
says 'whether it is cannot be found out' '!' 'behind .* cannot be found out: .*schema_info'
auth_sql 'ALTER TABLE auth.elsewhere RENAME TO schema_info'
rm -r "$INSTALLATION/sql/Pg-upgrade2-auth"
run_ts hold --why 'moving house'
nagios 'everything is held' 1 "WARNING - .*client 'Müller GmbH' is held by .*: moving house"
says 'a hold is wanted, so it is a warning' '!' "client 'Müller GmbH' is held by"
is 'and no exit code' "$TS_CODE" 0
like 'nobody is served' "$TS_OUT" '! +0 of 1 enabled clients can be served'
like 'and what lets all clients run again' "$TS_OUT" '→ task-server status says until when, task-server release ends it'
run_ts hold --client 1 --why 'an import'
says 'held twice' '!' "is held by .*: moving house; besides by .*: an import|is held by .*: an import; besides by .*: moving house"
like 'and how both end' "$TS_OUT" '→ .*both must end: task-server release, and task-server release --client 1'
run_ts release
says "a client's own hold" '!' "client 'Müller GmbH' is held by .*: an import$"
like 'and how that ends' "$TS_OUT" '→ task-server status says until when, task-server release --client 1 ends it'
run_ts release --client 1
says 'released' '✓' '1 of 1 enabled clients can be served'
run_ts hold
nagios 'without a reason' 1 "WARNING - .*client 'Müller GmbH' is held by .*: no reason given"
run_ts release
add_client beta
run_ts run
auth_sql "UPDATE auth.clients SET dbname = '$(client_db copy)' WHERE name = 'beta'"
pg_createdb "$(client_db copy)" "$(client_db beta)"
nagios 'a database that is another one than it was' 2 "CRITICAL - client 'beta' is held: "
run_ts check
like 'and how that ends' "$TS_OUT" '→ if this is the right database: task-server release --client 2'
like 'one of them can be served' "$TS_OUT" '! +1 of 2 enabled clients can be served'
run_ts hold --client 2
says 'held by hand besides' '!' "client 'beta' is held by"
like 'it is told as well' "$TS_OUT" "✗ .*client 'beta' is held: "
run_ts release --client 2
auth_sql "DELETE FROM auth.clients_users WHERE client_id = 2; DELETE FROM auth.clients WHERE id = 2"
if [ "$(id -u)" -eq 0 ]; then
    chown root "$INSTALLATION"/users/pid/*.pid
    chmod 0600 "$INSTALLATION"/users/pid/*.pid
    says 'a pid file of somebody else' '✗' 'the pid file .*config.kivitendo.conf.pid belongs to somebody else'
    own_installation
    mkdir -m 0700 "$state/journal"
    nagios 'a journal of somebody else' 2 'CRITICAL - .*the journal cannot be read, so no command and no Perl job starts'
    rmdir "$state/journal"
    own_installation
    run_ts hold
    run_ts release
    holds=$(find "$state" -name '*.databases' | sed 's/databases$/holds/')
    touch "$holds"
    chmod 0600 "$holds"
    says 'holds of somebody else' '✗' 'the holds cannot be read: '
    like 'nobody is served then' "$TS_OUT" '! +0 of 1 enabled clients can be served'
    rm "$holds"
    chown root "$state"/*.databases
    says 'remembered databases of somebody else' '!' 'which databases the clients had is not known, .*databases: Permission denied'
    like 'are no matter of the authentication database' "$TS_OUT" '→ ask as the user that jobs run as'
    unlike 'which is not named' "$TS_OUT" 'authentication/database'
    own_installation
    chmod 0500 "$state"
    chown root "$state"
    nagios 'nothing is known of runs' 2 'CRITICAL - .*nothing is known of runs'
    own_installation
    chmod 0700 "$state"
else
    skip 'files of somebody else' 'only root can make them'
fi
. "$TEST_ROOT/tests/lib/old_server.sh"
start_old_server
nagios "kivitendo's old server is running" 2 "CRITICAL - .*old task_server.pl is running, pid $old_server"
stop_old_server
run_ts run

chmod 0666 "$INSTALLATION/config/kivitendo.conf"
says 'a configuration that everybody can change' '✗' 'kivitendo.conf can be changed by everybody'
chmod 0644 "$INSTALLATION/config/kivitendo.conf"
says 'passwords for everybody' '!' 'kivitendo.conf holds passwords and can be read by everybody'
chmod 0640 "$INSTALLATION/config/kivitendo.conf"
ts_setting 'max_paralel = 3'
says 'an unknown key' '!' 'max_paralel: unknown key'
mkdir -p "$INSTALLATION/modules/override/SL/System"
says 'our module is not there' '!' 'their buttons start the old server'
echo '# Belongs to task-server, as page-module puts it' >"$INSTALLATION/modules/override/SL/System/TaskServer.pm"
says 'our module is there' '✓' 'our module for them is in place'
mv "$INSTALLATION/SL/LXDebug.pm" "$WORK/"
LC_ALL=xx_YY says 'Perl that cannot be loaded, and that no job needs' '!' \
    "Perl jobs cannot run: Can't locate SL/LXDebug.pm at [^ ]*/Kivitendo.pm line [0-9]+$"
like 'whose file that is' "$TS_OUT" "→ a file of kivitendo's is missing"
is 'Perl is quoted once' "$(grep -c '@INC contains\|@INC entries' "$WORK/ts.out" "$WORK/ts.err" | tr '\n' ' ')" \
    "$WORK/ts.out:1 $WORK/ts.err:0 "
unlike "the reader's locale is none of its business" "$TS_OUT" 'locale'
client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, next_run_at)
    VALUES ('interval', 'Speaks', '0 3 * * *', true, now() + interval '1 day')"
says 'Perl that cannot be loaded, and that a job needs' '✗' "Perl jobs cannot run: .*SL/LXDebug.pm"
client_sql acme "DELETE FROM background_jobs WHERE package_name = 'Speaks'"
mv "$WORK/LXDebug.pm" "$INSTALLATION/SL/"
client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, next_run_at)
    VALUES ('interval', 'Broken', '0 3 * * *', true, now() + interval '1 day')"
says 'a class that cannot be loaded, and that a job needs' '!' 'the job class Broken cannot be loaded: Global symbol'
like 'nobody needs the other' "$TS_OUT" 'that no active job needs: Lacks$'
client_sql acme "DELETE FROM background_jobs WHERE package_name = 'Broken'"
TASK_SERVER_PERL=$WORK/nowhere says 'our own half is missing' '!' "a file of our own cannot be read: $WORK/nowhere/bridge"
like 'that is what it says' "$TS_OUT" '→ make install puts it there'
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
like 'is sent' "$TS_OUT" 'a test mail has been sent to root@example.com'
ok 'it is there' grep -q 'This is a test mail, made by: task-server check --send-test-mail' "$WORK/mail"
ok 'its subject says so too' grep -q '^Subject: test mail of task-server check --send-test-mail: failed' "$WORK/mail"
sed -i '/^email_template/d' "$INSTALLATION/config/kivitendo.conf"

# Mails speak the installation's language, whoever asks for one.
use_catalogues
sed -i 's/^language .*/language = de/' "$INSTALLATION/config/kivitendo.conf"
run_ts check --send-test-mail
like 'the one who asks reads English' "$TS_OUT" 'a test mail has been sent'
ok 'the mail is German' grep -q '^Dies ist eine Testmail, erzeugt von: task-server check --send-test-mail' "$WORK/mail"
ok 'and so is its subject' grep -q '^Subject: Testmail von task-server check --send-test-mail: failed' "$WORK/mail"
sed -i 's/^language .*/language = en/' "$INSTALLATION/config/kivitendo.conf"
LC_ALL=C.UTF-8 LANGUAGE=de run_ts check --send-test-mail
like 'one who asks in German reads German' "$TS_OUT" 'eine Testmail ist abgeschickt an'
ok 'the mail is English' grep -q '^This is a test mail' "$WORK/mail"
unset TASK_SERVER_LOCALE

# A mail that cannot be sent.
mv "$WORK/sendmail" "$WORK/sendmail.away"
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute', data = 'exception: mail'"
run_ts run
nagios 'mails that cannot be sent' 1 'WARNING - .*mails cannot be sent \(for [0-9]+ (s|min)\); notices that wait to be sent: 1; '
mv "$WORK/sendmail.away" "$WORK/sendmail"
run_ts run
run_ts check --nagios
unlike 'until they can' "$TS_OUT" 'mails|notices'
says 'the shipped template' '✓' 'the template can be used'
like 'who is told, and how' "$TS_OUT" 'failures are told to root@example.com through /bin/sh'
sed -i 's/^send_email_to .*/send_email_to = martin/' "$INSTALLATION/config/kivitendo.conf"
sed -i 's/^send_email_to .*/send_email_to = root@example.com, kaputt/' "$INSTALLATION/config/kivitendo.conf"
says 'one of several that is no address' '✗' "send_email_to cannot be used: 'kaputt' is no mail address"
is 'people would not hear of failures' "$TS_CODE" 1
nagios 'for monitoring, too' 2 "CRITICAL - .*'kaputt' is no mail address"
sed -i 's/^send_email_to .*/send_email_to = root@example.com/' "$INSTALLATION/config/kivitendo.conf"
cp "$INSTALLATION/config/kivitendo.conf" "$WORK/mail.conf"
# sends_by SENTENCE COMMANDLINE PATTERN: sendmail's command line, and what is wrong with it.
sends_by() {
    sed -i "s,^sendmail = .*,sendmail = $2," "$INSTALLATION/config/kivitendo.conf"
    says "$1" '✗' "no mail can be sent: .*$3"
}
sends_by 'a sendmail that is not there' /nowhere/sendmail "'/nowhere/sendmail' is not there"
nagios 'nor for monitoring' 2 'CRITICAL - .*no mail can be sent'
sends_by 'a path that is not absolute' bin/sendmail "'bin/sendmail' is not absolute"
sends_by 'a pipe' '/bin/true | cat' 'no shell reads it'
cp "$WORK/mail.conf" "$INSTALLATION/config/kivitendo.conf"
own_installation
sed -i 's/^send_email_to .*/send_email_to = martin/' "$INSTALLATION/config/kivitendo.conf"
says 'a login without an address' '✗' "send_email_to cannot be used: .*martin"
auth_sql "INSERT INTO auth.user_config SELECT id, 'email', 'martin@example.com' FROM auth.\"user\""
says 'a login with one' '✓' 'failures are told to martin@example.com'
armed=$(find "$state" -name '*.last-run' | sed 's/last-run$/armed/')
as_user "$PG_USER" sh -c "echo 'scheduler systemd' >'$armed'"
if [ -z "$(find /etc/systemd/system/kivitendo-jobs*.service.d -name 60-sendmail.conf 2>/dev/null)" ]; then
    says "a unit that does not let sendmail work" '!' 'unit does not let it: 60-sendmail.conf is missing'
else
    skip 'a unit that does not let sendmail work' 'one is armed here'
fi
as_user "$PG_USER" sh -c "echo 'scheduler cron.d' >'$armed'"
says 'cron does' '✓' 'armed by cron.d'
unlike 'so there is nothing to say' "$TS_OUT" '60-sendmail'

# What the configuration names.
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF
[task_server/commands]
Good = /bin/true
Bad = $WORK/nothing
[task_server]
notify_command = $WORK/nowhere
metrics_file = $WORK/nothing/metrics.prom
EOF
says 'a command that can be run' '✓' 'the command for Good can be run'
like 'one that cannot' "$TS_OUT" "! .*the command for Bad cannot be run: .*$WORK/nothing"
like 'a notify_command that cannot' "$TS_OUT" "✗ .*notify_command cannot be run: .*$WORK/nowhere"
like 'a metrics_file that cannot be written' "$TS_OUT" "! .*metrics_file cannot be written: $WORK/nothing: No such file or directory"
like 'because its directory is not there' "$TS_OUT" '→ make that directory'
nagios 'and for monitoring' 2 'CRITICAL - .*notify_command cannot be run'

sed -i "s,^notify_command .*,notify_command = /bin/true,; s,^metrics_file .*,metrics_file = $INSTALLATION/users/m.prom,;
    /^Bad = /d" "$INSTALLATION/config/kivitendo.conf"
says 'ones that can' '✓' 'notify_command is there and can be executed; it is not tried'
like 'and be written' "$TS_OUT" '✓ .*metrics_file can be written'
sed -i 's,^notify_command .*,notify_command = /bin/false,; s/^send_email_to .*/send_email_to =/
    $a heartbeat_url = http://127.0.0.1:1/ping' "$INSTALLATION/config/kivitendo.conf"
says 'nothing is known against a monitor' '✓' 'heartbeat_url is fetched after each run, which is not known to have failed'
like 'mails need not be' "$TS_OUT" '✓ .*failed jobs are told to notify_command, and to nobody by mail'
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute', data = 'exception: command'"
run_ts run
says 'a notify_command that failed' '!' 'notify_command fails \(for [0-9]+ (s|min)\)'
like 'a monitor that is away' "$TS_OUT" '! .*heartbeat_url cannot be fetched \(for [0-9]+ (s|min)\)'
unlike 'no mail could tell what is wrong' "$TS_OUT" 'send-test-mail'
sed -i '/^notify_command/d; /^heartbeat_url/d; s/^send_email_to .*/send_email_to = martin/' "$INSTALLATION/config/kivitendo.conf"

run_ts run
is 'what is well needs no advice' "$(run_ts check --json; printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
print([i["text"] for i in json.load(sys.stdin)["items"] if i["verdict"] == "well" and i["advice"]])')" '[]'
is 'JSON' "$(run_ts check --json; printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
c = json.load(sys.stdin)
print(c["verdict"], sorted({i["group"] for i in c["items"]}))')" "warning ['clients', 'clocks', 'configuration', \
'connections', 'daylight', 'directories', 'jobs', 'mail', 'old-server', 'pages', 'perl', 'schedule']"
if [ "$(id -u)" -eq 0 ]; then
    chown root "$INSTALLATION/users/pid" "$INSTALLATION"/users/pid/*.pid
    says 'somebody else asks' '✗' "users/pid/ belongs to root, and cannot be written by $PG_USER, who asks"
    like 'and is told so' "$TS_OUT" '→ ask as the user that jobs run as'
    unlike 'but not to remove anything' "$TS_OUT" 'remove the file'
    chown root "$INSTALLATION/config/kivitendo.conf"
    chmod 0600 "$INSTALLATION/config/kivitendo.conf"
    fails 'a configuration that may not be read' 77 run_ts check
    like 'is an item too' "$TS_OUT" '^✗ +configuration +cannot read the configuration file .*Permission denied'
    own_installation
    chmod 0666 "$INSTALLATION/config/kivitendo.conf"
    ts_setting "run_as = $PG_USER"
    "$TASK_SERVER" -C "$INSTALLATION" check >"$WORK/root.out" 2>&1
    is 'root, and a configuration that is not safe' "$?" 77
    like 'is told what is wrong' "$(cat "$WORK/root.out")" 'is not safe: .*chmod o-w'
    like 'and that it must be mended' "$(cat "$WORK/root.out")" '→ until that is mended nothing runs that root starts'
    sed -i '/^run_as/d' "$INSTALLATION/config/kivitendo.conf"
    chmod 0640 "$INSTALLATION/config/kivitendo.conf"
else
    skip 'somebody else asks' 'only root can be somebody else'
fi

# A configuration that is wrong: every fault, and something to read for every reader.
cp "$INSTALLATION/config/kivitendo.conf" "$WORK/right.conf"
printf '[task_server]\nmax_parallel = viele\nodd = 1\nstop_grace = x\nrubbish\n' >>"$INSTALLATION/config/kivitendo.conf"
fails 'a wrong configuration' 78 run_ts check
is 'each fault is an item' "$(printf '%s\n' "$TS_OUT" | grep -c '^✗')" 3
like 'the first' "$TS_OUT" "^✗ +configuration +.*kivitendo.conf:[0-9]+: \[task_server\] max_parallel: 'viele' is not a whole"
like 'the second' "$TS_OUT" "^✗ .*stop_grace: 'x'"
like 'a line that cannot be understood' "$TS_OUT" '^✗ .*neither a setting'
like 'what is merely odd' "$TS_OUT" '^! .*odd: unknown key'
like 'little else can be found out' "$TS_OUT" '→ until that is mended nothing runs'
fails 'as JSON' 78 run_ts check --json
is 'it is JSON' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
c = json.load(sys.stdin)
print(c["verdict"], sum(i["verdict"] == "critical" and i["group"] == "configuration" for i in c["items"]))')" 'critical 3'
nagios 'for monitoring' 3 "^TASK-SERVER UNKNOWN - .*max_parallel: 'viele'.*; .*stop_grace: 'x'"
is 'in a line' "$(wc -l <"$WORK/ts.out")" 1
cp "$WORK/right.conf" "$INSTALLATION/config/kivitendo.conf"
own_installation

sed -i 's/^db .*/db = nowhere/' "$INSTALLATION/config/kivitendo.conf"
nagios 'the authentication database is away' 2 'CRITICAL - .*no client can be looked at: .*nowhere'
rm "$INSTALLATION/config/kivitendo.conf"
nagios 'no configuration' 3 '^TASK-SERVER UNKNOWN - '
fails 'an age that is none' 64 run_ts check --max-age x
fails 'a line for monitoring is no JSON' 64 run_ts check --nagios --json
fails 'and sends no mail' 64 run_ts check --nagios --send-test-mail
done_testing
