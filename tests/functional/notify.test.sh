#!/bin/sh
# slow
# Who is told of failures: one mail per incident, a daily reminder, recovery; lasting conditions; a
# mail system that is down; notify_command.  sendmail is a script here that keeps what it gets:
# tests/functional/mail*.test.sh have real servers.
. "$(dirname "$0")/../lib/tap.sh"
setup
use_catalogues
make_installation "$WORK/kivi"
sed -i 's/^language = en/language = de/' "$INSTALLATION/config/kivitendo.conf"
add_client acme --name 'Müller GmbH'
mkdir "$WORK/mails"
chmod 0777 "$WORK/mails"
cat >"$WORK/sendmail" <<EOF
#!/bin/sh
[ ! -e "$WORK/down" ] || { echo 'no queue space'; exit 75; }
n=\$(ls "$WORK/mails" | wc -l)
{ echo "ARGS \$*"; cat; } >"$WORK/mail"
if [ -e "$WORK/picky" ] && grep -q 'no salt' "$WORK/mail"; then
    echo 'we take no salt'
    exit 69
fi
mv "$WORK/mail" "$WORK/mails/\$n"
EOF
cat >"$WORK/command" <<EOF
#!/bin/sh
cat >>"$WORK/mails/events"
EOF
chmod 0755 "$WORK/sendmail" "$WORK/command"
mkdir -p "$INSTALLATION/templates"
printf '[%% IF history -%%]\n[%% client.name %%]|[%% history.package_name %%]|[%% history.error_col %%]\n[%% END -%%]\n' \
    >"$INSTALLATION/templates/mail.txt"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[mail_delivery]
method = sendmail
sendmail = $WORK/sendmail -t<%if myconfig_email%> -f <%myconfig_email%><%end%>

[task_server/notify_on_failure]
send_email_to = martin
email_from = kivitendo Dämon <root@localhost>
email_subject = Hintergrund-Job fehlgeschlagen
email_template = templates/mail.txt
EOF
auth_sql "INSERT INTO auth.user_config SELECT id, 'email', 'martin@example.com' FROM auth.\"user\""
state=$INSTALLATION/users/task_server

mails() {
    find "$WORK/mails" -type f ! -name events | wc -l
}
# The last mail as Python's parser reads it: subject|to|from|body.
last_mail() {
    python3 - "$WORK/mails/$(($(mails) - 1))" <<'EOF'
import email, email.policy, sys
args, _, text = open(sys.argv[1], 'rb').read().partition(b'\n')
mail = email.message_from_bytes(text, policy=email.policy.default)
assert not mail.defects, mail.defects
print(args.decode(), mail['subject'], mail['to'], mail['from'], ' '.join(mail.get_content().split()), sep='|')
EOF
}
again() {
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
    run_ts run
}
fails_with() {
    client_sql acme "UPDATE background_jobs SET data = 'exception: $1'"
    again
}
# age_incidents SECONDS: as if all of it had happened that much earlier.
age_incidents() {
    awk -v s="$1" '{ $2 -= s; $3 -= s; print }' "$state"/*.incidents >"$WORK/aged"
    cat "$WORK/aged" >"$(echo "$state"/*.incidents)"
}

add_job acme Test '0 3 * * *' due --data 'exception: disk 17 is full' --description 'a test'
run_ts run
is 'a failed job is one mail' "$(mails)" 1
is 'as kivitendo sends it' "$(last_mail)" "ARGS -t -f root@localhost|Hintergrund-Job fehlgeschlagen|\
martin@example.com|kivitendo Dämon <root@localhost>|Müller GmbH|Test|Oh cruel world: disk 17 is full"
like 'which no absence answers' "$(cat "$WORK/mails/0")" 'Auto-Submitted: auto-generated'
fails_with 'disk 18 is full'
fails_with 'disk 19 is full'
is 'the same kind of error again is none' "$(mails)" 1
fails_with 'no paper'
is 'another kind of error is another mail' "$(mails)" 2
age_incidents 90000
fails_with 'no paper'
is 'a day later there is a reminder' "$(mails)" 3
like 'that says so' "$(last_mail)" 'schlägt weiterhin fehl .*Erinnerung: Der Job schlägt seit 20.*no paper'
client_sql acme 'UPDATE background_jobs SET data = NULL'
again
is 'when it runs again there is a mail for both' "$(mails)" 4
like 'and the run says so' "$TS_ERR" "client 'Müller GmbH': job $JOB_ID \(Test\) succeeds again, after 25 h"
like 'that says so' "$(last_mail)" 'Hintergrund-Job läuft wieder \(Müller GmbH: Test\).*Er schlug seit 20.* fehl'
again
is 'and then no more' "$(mails)" 4
client_sql acme "UPDATE background_jobs SET data = 'exception: soon gone'"
again
age_incidents 35000000
client_sql acme 'UPDATE background_jobs SET active = false'
run_ts run
is 'a job that has not been run for long is forgotten' "$(grep -c '^job/' "$state"/*.incidents)" 0
client_sql acme 'UPDATE background_jobs SET active = true, data = NULL'
again
is 'and nobody is told that it succeeds' "$(mails)" 5
rm "$WORK/mails/4"
is 'the outbox is gone' "$(find "$state" -name '*.outbox')" ''

# A mail system that is down.
touch "$WORK/down"
fails_with 'no ink'
is 'a mail that cannot be sent changes nothing about the job' \
    "$(client_sql acme 'SELECT status FROM background_job_histories ORDER BY id DESC LIMIT 1')" failure
like 'is logged, in one line' "$TS_ERR" 'a notice cannot be sent, and is tried again for a day: .*exit status 75: no queue space( \(|$)'
run_ts run
is 'once, however often it is tried' "$TS_ERR" ''
rm "$WORK/down"
run_ts run
is 'and goes out with a later run' "$(mails)" 5
like 'which is told' "$TS_ERR" 'mails can be sent again, after [0-9]+ (s|min)'
like 'as it was' "$(last_mail)" 'Oh cruel world: no ink'
touch "$WORK/down"
fails_with 'no glue'
sed -i 's/^made_s .*/made_s 1000000000/' "$state"/*.outbox/*
run_ts run
like 'after a day it is given up' "$TS_ERR" 'could not be sent for a day, and is given up'
is 'and gone' "$(find "$state" -name '*.outbox')" ''
rm "$WORK/down"
fails_with 'no flour'
like 'then the next one goes out' "$TS_ERR" 'mails can be sent again'

# No room for a notice: a file where its directory is to be.
outbox=$(echo "$state"/*.incidents)
outbox=${outbox%.incidents}.outbox
before=$(mails)
: >"$outbox"
fails_with 'no sugar'
like 'a notice that cannot be written is logged' "$TS_ERR" 'a notice cannot be written, and is left to a later run: '
run_ts run
like 'as long as that is so' "$TS_ERR" 'a notice cannot be written'
is 'but keeps nobody from reading on' "$(cat "$state"/*.told)" "$(wc -c <"$(echo "$state"/*.runs)")"
rm "$outbox"
run_ts run
run_ts run
is 'a later run tells it' "$(($(mails) - before))" 1
like 'as it was, and as news' "$(last_mail)" 'Hintergrund-Job fehlgeschlagen.*Oh cruel world: no sugar'
age_incidents 90000
: >"$outbox"
fails_with 'no sugar'
rm "$outbox"
fails_with 'no sugar'
is 'a reminder comes with the next failure' "$(($(mails) - before))" 2
like 'as one' "$(last_mail)" 'schlägt weiterhin fehl .*no sugar'
: >"$outbox"
client_sql acme 'UPDATE background_jobs SET data = NULL'
again
rm "$outbox"
again
is 'that it succeeds again, with its next success' "$(($(mails) - before))" 3
like 'with all that it had' "$(last_mail)" 'Hintergrund-Job läuft wieder'
: >"$outbox"
fails_with 'no oil'
client_sql acme 'UPDATE background_jobs SET data = NULL'
again
rm "$outbox"
run_ts run
again
is 'what began and ended meanwhile is not told at all' "$(($(mails) - before))" 3

# A mail that alone is refused.
touch "$WORK/picky"
before=$(mails)
fails_with 'no salt'
like 'a mail that alone is refused is logged' "$TS_ERR" 'a notice cannot be sent.*we take no salt'
fails_with 'no pepper'
is 'and does not keep those behind it' "$(($(mails) - before))" 1
like 'which arrive' "$(last_mail)" 'Oh cruel world: no pepper'
rm "$WORK/picky"
run_ts run
like 'nor is it lost' "$(last_mail)" 'Oh cruel world: no salt'

# Templates that cannot be used.
printf 'x\n[%% FOREACH a IN b %%]\n' >"$INSTALLATION/templates/mail.txt"
fails_with 'no templates'
like 'a template with an error: a plain text that says why' "$(last_mail)" \
    'Oh cruel world: no templates.*Vorlage wurde nicht verwendet: .*templates/mail.txt: Zeile 2: .FOREACH a IN b . '
rm "$INSTALLATION/templates/mail.txt"
fails_with 'no file'
like 'no template: the same' "$(last_mail)" 'Oh cruel world: no file.*Vorlage wurde nicht verwendet: .*templates/mail.txt'
sed -i '/^email_template/d' "$INSTALLATION/config/kivitendo.conf"
fails_with 'no setting'
like 'none configured: ours, in the language of the installation' "$(last_mail)" \
    "Job: *Nr. $JOB_ID Beschreibung: *a test.*Oh cruel world: no setting.*\\(Knoten .*, $INSTALLATION\\)"

# What is recorded and mailed is in the language of the installation, whoever starts us.
test_job=$JOB_ID
add_job acme Nobody '0 3 * * *' due
LC_ALL=C
export LC_ALL
before=$(mails)
run_ts run
like 'the log is in the language of who reads' "$TS_ERR" "^client 'Müller GmbH': job $JOB_ID \(Nobody\) after [0-9]+ ms: failed, next"
like 'the mail, with the error, in that of the installation' "$(last_mail)" "ist fehlgeschlagen:.*unbekanntes Paket 'Nobody'"
like 'so is the history' "$(client_sql acme "SELECT error FROM background_job_histories WHERE package_name = 'Nobody'")" \
    "^unbekanntes Paket 'Nobody'"
printf '\n[task_server/commands]\nCommand = /bin/true\n' >>"$INSTALLATION/config/kivitendo.conf"
nobody=$JOB_ID
add_job acme Command '0 3 * * *' null
mv "$state" "$WORK/state"
: >"$state"
run_ts run-job "$JOB_ID"
like 'what is not recorded is told in the language of who reads' "$TS_ERR" 'Command\).*: not run: there is no state directory'
rm "$state"
client_sql acme "DELETE FROM background_jobs WHERE id = $JOB_ID"
sed -i '/^\[task_server\/commands\]$/,$d' "$INSTALLATION/config/kivitendo.conf"
JOB_ID=$nobody
mv "$WORK/state" "$state"
unset LC_ALL
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute' WHERE package_name = 'Nobody'"
LC_ALL=C.UTF-8 LANGUAGE=de run_ts run
like 'one who reads German' "$TS_ERR" "^Mandant 'Müller GmbH': Job $JOB_ID \(Nobody\) nach [0-9]+ ms: fehlgeschlagen, nächster Lauf"
is 'it is the same incident, whoever starts us' "$(($(mails) - before))" 1
client_sql acme "DELETE FROM background_jobs WHERE package_name = 'Nobody'"
sed -i 's/^language = de/language = en/' "$INSTALLATION/config/kivitendo.conf"
add_job acme Nothing '0 3 * * *' due
LC_ALL=C.UTF-8 LANGUAGE=de run_ts run
like 'an English installation has English mails' "$(last_mail)" "has failed:.*unknown package 'Nothing'"
client_sql acme "DELETE FROM background_jobs WHERE package_name = 'Nothing'"
JOB_ID=$test_job
sed -i 's/^language = en/language = de/' "$INSTALLATION/config/kivitendo.conf"

# A login without an address.
sed -i 's/^send_email_to.*/send_email_to = nobody/' "$INSTALLATION/config/kivitendo.conf"
before=$(mails)
fails_with 'no address'
like 'a login without an address is told' "$TS_ERR" "send_email_to: there is no user 'nobody' with a mail address"
sed -i 's/^send_email_to.*/send_email_to = root@example.com/' "$INSTALLATION/config/kivitendo.conf"
run_ts run
is 'and mended, the mail goes out' "$(($(mails) - before))" 1

# Every failure.
printf 'repeat = always\n' >>"$INSTALLATION/config/kivitendo.conf"
before=$(mails)
fails_with 'no address'
fails_with 'no address'
is 'repeat = always: a mail per failure' "$(($(mails) - before))" 2
sed -i '/^repeat/d' "$INSTALLATION/config/kivitendo.conf"

# Several jobs of one package.
client_sql acme 'UPDATE background_jobs SET active = false'
add_job acme Test '0 3 * * *' due --data 'exception: no twin'
failing=$JOB_ID
add_job acme Test '0 3 * * *' due --data 'result: well'
before=$(mails)
run_ts run
run_all_again() {
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute' WHERE active"
    run_ts run
}
run_all_again
is 'that another job of its package succeeds does not end an incident' "$(($(mails) - before))" 1
run_ts check
like 'and check names the one that fails' "$TS_OUT" 'jobs that fail: 1 .*Test'
client_sql acme "UPDATE background_jobs SET active = false WHERE id = $failing"
run_ts check
unlike 'unless it has been switched off' "$TS_OUT" 'jobs that fail'
client_sql acme "UPDATE background_jobs SET active = true, data = NULL WHERE id = $failing"
run_all_again
is 'that it succeeds itself does' "$(($(mails) - before))" 2
like 'and names it' "$TS_ERR" "job $failing \(Test\) succeeds again"
add_job acme Test '0 3 * * *' due --data 'exception: no twin'
run_ts run
is 'a new row is news of its own' "$(($(mails) - before))" 3
client_sql acme 'UPDATE background_jobs SET active = false'
for i in 1 2; do
    add_job acme Test null null --once --data "exception: printer /dev/lp$i is off"
    run_ts run
done
is 'jobs that are run once are one incident' "$(($(mails) - before))" 4
run_ts check
like 'of which check names the last' "$TS_OUT" 'jobs that fail: 1 .*Test'
add_job acme Test '0 3 * * *' due --once
run_ts -v run
like 'a job that is run once has no next time' "$TS_ERR" "job $JOB_ID .*succeeded, next never"
is 'and the next that succeeds ends it' "$(($(mails) - before))" 5
run_ts check
unlike 'for check too' "$TS_OUT" 'jobs that fail'
client_sql acme "DELETE FROM background_jobs WHERE id <> $test_job"
JOB_ID=$test_job

# Lasting conditions.
client_sql acme 'UPDATE background_jobs SET active = false'
auth_sql "UPDATE auth.clients SET dbhost = '127.0.0.1', dbport = 1"
before=$(mails)
: >"$outbox"
run_ts run
like 'a condition that cannot be told is logged as such' "$TS_ERR" 'a notice cannot be written'
rm "$outbox"
run_ts run
run_ts run
is 'a client that is away is one mail' "$(($(mails) - before))" 1
like 'that says so' "$(last_mail)" "Hintergrund-Jobs laufen nicht \(Müller GmbH\).*client 'Müller GmbH' is not served.*refused"
age_incidents 90000
run_ts run
like 'a day later there is a reminder that says so' "$(last_mail)" \
    "laufen weiterhin nicht .*Hintergrund-Jobs laufen immer noch nicht:.*Erinnerung: So ist es seit 20"
before=$((before + 1))
auth_sql "UPDATE auth.clients SET dbhost = '$PG_HOST', dbport = $PG_PORT"
run_ts run
like 'and one when it is back' "$(last_mail)" "Hintergrund-Jobs laufen wieder.*client 'Müller GmbH' is served .*Das war seit 20.* nicht so"
before=$(mails)
touch "$INSTALLATION/users/nologin"
run_ts run
is 'an installation that has just been locked is none' "$(($(mails) - before))" 0
age_incidents 960
run_ts run
is 'after a quarter of an hour it is one' "$(($(mails) - before))" 1
run_ts run
is 'and only one' "$(($(mails) - before))" 1
rm "$INSTALLATION/users/nologin"
run_ts run
is 'and one when it is unlocked' "$(($(mails) - before))" 2
touch -d '20 minutes ago' "$INSTALLATION/users/nologin"
run_ts run
is 'what counts is since when it is locked, not since when a run has seen it' "$(($(mails) - before))" 3
rm "$INSTALLATION/users/nologin"
run_ts run
like 'also when it is over' "$TS_ERR" 'unlocked: jobs run again, after 20 min'

# A program.
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF
[task_server]
notify_command = /bin/sh $WORK/command --event
EOF
client_sql acme 'UPDATE background_jobs SET active = true'
fails_with 'no "quotes"'
is 'notify_command gets JSON' "$(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    e = json.loads(line)
    print(e["event"], e["client"], e["job"], e["package"], e["text"], sep="|")' "$WORK/mails/events")" \
    "failure|Müller GmbH|$JOB_ID|Test|Oh cruel world: no \"quotes\""

auth_sql "UPDATE auth.clients SET dbport = 1"
run_ts run
auth_sql "UPDATE auth.clients SET dbport = $PG_PORT"
run_ts run
is 'the end of a condition names the client, as its beginning does' "$(python3 -c '
import json, sys
for line in list(open(sys.argv[1]))[-2:]:
    e = json.loads(line)
    print(e["event"], e["client"], e["client_id"])' "$WORK/mails/events")" "condition Müller GmbH 1
condition-over Müller GmbH 1"

# run-job by hand is told by the next run.
client_sql acme "UPDATE background_jobs SET data = 'exception: by hand', next_run_at = now() + interval '1 day'"
before=$(mails)
run_ts run-job "$JOB_ID"
run_ts run
is 'what run-job did is told by the next run' "$(($(mails) - before))" 1
done_testing
