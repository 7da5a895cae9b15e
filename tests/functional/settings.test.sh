#!/bin/sh
# settings: what scripts/task_server wants to know.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
cp "$INSTALLATION/config/kivitendo.conf" "$WORK/plain.conf"

setting() {
    run_ts settings
    printf '%s\n' "$TS_OUT" | sed -n "s/^$1 *//p"
}

is 'the installation' "$(setting installation)" "$INSTALLATION"
is 'the pid file' "$(setting pid_file)" "$INSTALLATION/users/pid/config.kivitendo.conf.pid"
is 'where jobs write' "$(setting writes | sed "s,^$INSTALLATION/,," | sort -u | tr '\n' ' ')" \
    'spool users users/kivitendo-debug.log webdav '

for row in 'no mail||' 'by SMTP|smtp|[mail_delivery]\nmethod = smtp' \
    'by sendmail|sendmail|[mail_delivery]\nmethod = sendmail' \
    'another sendmail alone is no method||[applications]\nsendmail = /usr/bin/msmtp -t' \
    'one sender by sendmail|sendmail|[mail_delivery]\nmethod = smtp\n[mail_delivery/email/a@b.test]\nmethod = sendmail' \
    'one sender by SMTP|sendmail|[mail_delivery]\nmethod = sendmail\n[mail_delivery/email/a@b.test]\nmethod = smtp'; do
    text=${row#*|}
    cp "$WORK/plain.conf" "$INSTALLATION/config/kivitendo.conf"
    printf '\n%b\n' "${text#*|}" >>"$INSTALLATION/config/kivitendo.conf"
    own_installation
    is "mail: ${row%%|*}" "$(setting mail_method)" "${text%%|*}"
done
done_testing
