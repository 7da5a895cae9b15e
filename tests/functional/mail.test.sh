#!/bin/sh
# slow
# Failure mails through a real Postfix: plain, STARTTLS, TLS, with a login; what it refuses is tried
# again; certificates are verified; a server that hangs delays nobody for long; a real sendmail.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/postfix.sh"
setup
why=$(postfix_can_run) || skip_all "$why"
make_installation "$WORK/kivi"
add_client acme --name 'Müller & Söhne'
ok 'a Postfix starts' postfix_start
chmod 0644 "$WORK/tls/ca.pem" "$WORK/tls/other.pem"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[task_server/notify_on_failure]
send_email_to = inbox@example.test
email_from = Täsk <root@example.test>
email_subject = Hintergrundjob fehlgeschlagen: äöü €
repeat = always
EOF
cp "$INSTALLATION/config/kivitendo.conf" "$WORK/conf"

# way LINES…: [mail_delivery] from now on.
way() {
    { cat "$WORK/conf"; echo '[mail_delivery]'; printf '%s\n' "$@"; } >"$INSTALLATION/config/kivitendo.conf"
}
add_job acme Test '0 3 * * *' due --data 'exception: failed'
count=0
fail_once() {
    # What lasts is told once a day: here each failure is to be told.
    sed -i '/^courier/d' "$INSTALLATION"/users/task_server/*.incidents 2>/dev/null
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
    run_ts run
}
# arrives SENTENCE: one failure, one more mail.
arrives() {
    count=$((count + 1))
    fail_once
    ok "$1" wait_until 20 postfix_has $count
}
# stays SENTENCE PATTERN: it does not arrive, and that is told.  It waits in the outbox.
stays() {
    fail_once
    like "$1" "$TS_ERR" "a notice cannot be sent, and is tried again for a day: mail server localhost:[0-9]+.*$2"
    waiting=$(find "$INSTALLATION/users/task_server" -name '*.note' | wc -l)
    is 'it waits' "$waiting" 1
    find "$INSTALLATION/users/task_server" -name '*.note' -delete
}

way 'method = smtp' 'host = localhost' "port = $SMTP_PORT"
arrives 'a mail arrives by plain SMTP'
is 'whole' "$(python3 - "$(postfix_last)" <<'EOF'
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
assert not mail.defects
print(mail['Subject'], mail['From'], mail['To'], mail['Auto-Submitted'],
      'Müller & Söhne' in mail.get_content(), 'Oh cruel world: failed' in mail.get_content(), sep='|')
EOF
)" 'Hintergrundjob fehlgeschlagen: äöü €|Täsk <root@example.test>|inbox@example.test|auto-generated|True|True'

way 'method = smtp' 'host = localhost' "port = $SMTP_PORT" 'security = tls' "ca_file = $CA_FILE"
arrives 'by STARTTLS'
way 'method = smtp' 'host = localhost' "port = $SMTPS_PORT" 'security = ssl' "ca_file = $CA_FILE"
arrives 'by TLS'
way 'method = smtp' 'host = localhost' "port = $SMTPS_PORT" 'security = ssl' "ca_file = $OTHER_CA_FILE"
stays 'a certificate by somebody else is refused' 'certificate'
way 'method = smtp' 'host = localhost' "port = $SMTP_PORT" 'security = tls'
stays 'with STARTTLS too' 'certificate'
way 'method = smtp' 'host = 127.0.0.1' "port = $SMTP_PORT" 'security = tls' "ca_file = $CA_FILE"
fail_once
like 'so is one for another name' "$TS_ERR" 'mail server 127.0.0.1:'
find "$INSTALLATION/users/task_server" -name '*.note' -delete
way 'method = smtp' 'host = localhost' "port = $SMTPS_PORT" 'security = ssl' 'verify = 0'
arrives 'verify = 0 takes it'
way 'method = smtp' 'host = localhost' "port = $SMTP_PORT" 'security = tls' "ca_file = $CA_FILE" \
    'login = martin' 'password = geheim;#x'
arrives 'with a login'
ok 'that Postfix knows' grep -q 'sasl_username=martin' "$WORK/postfix/log"
way 'method = smtp' 'host = localhost' "port = $SMTP_PORT" 'security = tls' "ca_file = $CA_FILE" \
    'login = martin' 'password = wrong-secret'
stays 'a wrong password is refused' '(535|[Ll]ogin denied)'
unlike 'and never shown' "$TS_ERR" 'wrong-secret'

# Greylisting.
way 'method = smtp' 'host = localhost' "port = $SMTP_PORT"
postfix_answer '450 4.7.1 come back later'
fail_once
like 'a server that says later is told' "$TS_ERR" 'its answer: 450'
postfix_answer OK
run_ts run
count=$((count + 1))
ok 'and the mail is sent then' wait_until 20 postfix_has $count
is 'one mail' "$(postfix_mails)" $count

# Several recipients.
sed -i 's/^send_email_to.*/send_email_to = inbox@example.test; "Zwei, B" <two@example.test>/' "$WORK/conf"
way 'method = smtp' 'host = localhost' "port = $SMTP_PORT"
count=$((count + 1))
arrives 'each of several recipients gets a mail'
sed -i 's/^send_email_to.*/send_email_to = inbox@example.test/' "$WORK/conf"

# A sender with a section of its own.
way 'method = smtp' 'host = nowhere.invalid' '[mail_delivery/email/root@example.test]' \
    'host = localhost' "port = $SMTP_PORT"
arrives "the sender's own section counts"

# A real sendmail without a shell.
if [ -x /usr/bin/msmtp ]; then
    way 'method = sendmail' "sendmail = /usr/bin/msmtp --host=localhost --port=$SMTP_PORT -t<%if myconfig_email%> -f <%myconfig_email%><%end%>"
    arrives 'by a real sendmail'
fi

has_note() {
    find "$INSTALLATION/users/task_server" -name '*.note' | grep -q .
}

# A server that takes the call and says nothing.
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
    $| = 1; print $s->sockport, "\n"; push @c, $s->accept while 1' >"$WORK/hang.port" &
own_pids="$own_pids $!"
wait_until 10 test -s "$WORK/hang.port"
way 'method = smtp' 'host = localhost' "port = $(cat "$WORK/hang.port")"
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
add_client other
add_job other Test '0 3 * * *' due
run_ts run
like 'a server that hangs is given up in time' "$TS_ERR" 'a notice cannot be sent'
find "$INSTALLATION/users/task_server" -name '*.note' -delete
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
start_ts stopped run
wait_until 20 has_note
begun=$(date +%s)
kill "$TS_PID"
wait_ts stopped
ok 'told to stop, a run does not wait for it' test $(($(date +%s) - begun)) -le 15
is 'the mail waits for a later run' "$(find "$INSTALLATION/users/task_server" -name '*.note' | wc -l)" 1
is 'and no job waits for it' "$(client_sql other 'SELECT status FROM background_job_histories')" success
done_testing
