#!/bin/sh
# A real Postfix takes mails of jobs from the hardened unit with the drop-in for sendmail, and without it
# it cannot.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/boot.sh"
need_boot
setup
boot_root systemd "$BOOT_SYSTEMD"
boot_installation
cat >>"${BOOT:?}/var/www/kivitendo-erp/config/kivitendo.conf" <<'END'
job_timeout = 8
kill_grace = 1

[mail_delivery]
method = smtp

[task_server/commands]
Letter = /usr/sbin/sendmail -i -t

[task_server/notify_on_failure]
send_email_to = clerk@localhost
email_from = kivitendo@localhost
email_subject = a job has failed
email_template = templates/none.txt
END
cat >"${BOOT:?}/etc/postfix/main.cf" <<'END'
compatibility_level = 3.6
myhostname = localhost
mydestination = localhost
inet_interfaces = loopback-only
default_transport = error:only here
alias_maps =
END
chroot "${BOOT:?}" useradd --create-home clerk

# letter SUBJECT: a due job that is a mail.
letter() {
    add_job acme Letter '0 3 * * *' '2020-01-01 03:00' --data "From: kivitendo@localhost
To: clerk@localhost
Subject: $1

Dear clerk
"
}

arrived() {
    grep -q -x "Subject: $1" "$BOOT/var/mail/clerk"
}

ended() {
    [ "$(client_sql acme "SELECT count(*) FROM background_job_histories")" -eq "$1" ]
}

unit_says() {
    inside systemctl show -p "$1" --value kivitendo-jobs.service
}

ok 'it boots' boot || { cat "$WORK/console" >&2; done_testing; }
ok 'Postfix runs' wait_until 30 inside postfix status
inside task_server install >/dev/null 2>&1
like 'it is armed, for mail by SMTP' "$(inside_says task_server start)" '^0 armed'
is 'so nothing in the unit may gain rights' "$(unit_says NoNewPrivileges)" yes
letter refused
ok 'a job that calls sendmail' wait_until 100 ended 1
like 'fails, for sendmail cannot put it into the queue' "$(history acme | tr '\n' ' ')" \
    '^Letter[|]failure[|].*Permission denied'
ok 'and no mail has come' test ! -e "$BOOT/var/mail/clerk"

inside sed -i 's/^method = smtp/method = sendmail/' /var/www/kivitendo-erp/config/kivitendo.conf
like 'with method = sendmail check asks for more' "$(inside_says task_server check)" '^1 .*trouble: mail goes by .sendmail'
like 'which restart gives' "$(inside_says task_server restart)" '^0 '
is 'in a drop-in' "$(unit_says NoNewPrivileges)" no
letter accepted
ok 'then such a job' wait_until 100 ended 2
is 'ends well' "$(client_sql acme "SELECT status FROM background_job_histories ORDER BY id DESC LIMIT 1")" success
ok 'and its mail arrives' wait_until 30 arrived accepted
ok 'as does what is told of the failed one' wait_until 100 arrived 'a job has failed'
like 'no mail is stuck' "$(inside_says mailq)" '^0 Mail queue is empty'
power_off
done_testing
