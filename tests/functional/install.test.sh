#!/bin/sh
# "make install" puts the templates where the program looks for them; uninstall leaves nothing.
. "$(dirname "$0")/../lib/tap.sh"
command -v make >/dev/null 2>&1 || skip_all 'there is no make'
setup
make_installation "$WORK/kivi"
add_client acme
chmod 0755 "$WORK"
installed() {
    make -s -C "$TEST_ROOT" "FLAVOUR=${TEST_FLAVOUR:-release}" "DESTDIR=$WORK/root" PREFIX=/usr/local "$1"
}
ok 'make installs' installed install
share=$WORK/root/usr/local/share/task-server
for file in "$TEST_ROOT"/scripts/templates/*.txt; do
    ok "$(basename "$file") is there" cmp "$file" "$share/templates/$(basename "$file")"
done

cat >"$WORK/sendmail" <<EOF
#!/bin/sh
cat >"$WORK/mails/last"
EOF
chmod 0755 "$WORK/sendmail"
mkdir -m 0777 "$WORK/mails"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF
[mail_delivery]
method = sendmail
sendmail = $WORK/sendmail -t
[task_server/notify_on_failure]
send_email_to = root@localhost
email_from = root@localhost
email_subject = failed
EOF
export TASK_SERVER_PERL="$share/perl"
add_job acme Test '0 3 * * *' due --data 'exception: failed'
run_ts run
like 'the installed template is used' "$(cat "$WORK/mails/last")" '^started: '
unlike 'and no other' "$(cat "$WORK/mails/last")" 'template was not used'

if command -v gettext >/dev/null 2>&1; then
    like 'the script task_server finds its German' \
        "$(LC_ALL=C.UTF-8 LANGUAGE=de "$WORK/root/usr/local/sbin/task_server" help)" '^Aufruf: task_server'
else
    skip 'the script task_server finds its German' 'there is no gettext(1)'
fi

ok 'make uninstalls' installed uninstall
is 'and leaves nothing' "$(find "$WORK/root" -type f)" ''
done_testing
