#!/bin/sh
# A really booted systemd: start arms the timer, the timer fires, a wake-up runs at once, stop disarms,
# a reboot changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/boot.sh"
need_boot
setup
boot_root systemd "$BOOT_SYSTEMD"
boot_installation

# a_job: one more that is due, in any zone; ran N: so many have succeeded.
a_job() {
    add_job acme Test '0 3 * * *' '2020-01-01 03:00' --data 'result: hello'
}

ran() {
    [ "$(client_sql acme "SELECT count(*) FROM background_job_histories WHERE status = 'success'")" -eq "$1" ]
}

settled() {
    inside systemctl show -p ActiveState --value kivitendo-jobs.service | grep -q -x inactive
}

ok 'it boots' boot || { cat "$WORK/console" >&2; done_testing; }
like 'without units there is nothing to arm' "$(inside_says task_server --scheduler systemd start)" '^5 .*not installed'
like 'install puts them in place' "$(inside_says task_server install)" '^0 .*task_server start'
ok "and the module for kivitendo's pages" test -e "$BOOT/var/www/kivitendo-erp/modules/override/SL/System/TaskServer.pm"
like 'twice does no harm' "$(inside_says task_server install)" '^0 '
like 'not armed at first' "$(inside_says task_server status)" '^3 not armed'
a_job
like 'start arms the timer' "$(inside_says task_server start)" '^0 armed: the timer kivitendo-jobs.timer'
ok 'and runs at once' wait_until 10 ran 1
like 'starting again changes nothing' "$(inside_says task_server start)" '^0 already armed'
wait_until 10 settled
like 'status is content' "$(inside_says task_server status)" '^0 armed: .*last run: .*ended well.*running: no.*next run: 20'
like 'check, too' "$(inside_says task_server check | tail -n 1)" 'all is well'
wait_until 10 settled
a_job
ok 'the timer fires within the minute' wait_until 65 ran 2
wait_until 10 settled

a_job
before=$(date +%s)
inside setpriv --reuid=33 --regid=33 --clear-groups touch /var/www/kivitendo-erp/users/task_server/wake
ok 'a wake-up runs' wait_until 10 ran 3
ok 'at once' test $(($(date +%s) - before)) -le 3
tries=0
while [ $tries -lt 100 ]; do
    inside touch /var/www/kivitendo-erp/users/task_server/wake
    tries=$((tries + 1))
done
wait_until 20 settled
is 'a hundred wake-ups do no harm' \
    "$(inside systemctl is-active kivitendo-jobs-wake.path kivitendo-jobs.timer | tr '\n' ' ')" 'active active '

like 'restart' "$(inside_says task_server restart)" '^0 disarmed: .* armed: '
power_off
ok 'it boots again' boot
like 'and is armed still' "$(inside_says task_server status)" '^0 armed: '
a_job
ok 'and runs' wait_until 65 ran 4

inside sh -c 'printf "[mail_delivery]\nmethod = sendmail\n" >>/var/www/kivitendo-erp/config/kivitendo.conf'
like 'check sees that sendmail needs more' "$(inside_says task_server check)" '^1 .*trouble: mail goes by .sendmail'
inside task_server restart >/dev/null 2>&1
is 'and restart gives it' "$(inside systemctl show -p NoNewPrivileges --value kivitendo-jobs.service)" no
wait_until 10 settled
a_job
ok 'it runs with that, too' wait_until 65 ran 5
wait_until 10 settled

inside sed -i 's/^\[task_server\].*/&\nlog = syslog/' /var/www/kivitendo-erp/config/kivitendo.conf
add_job acme Nobody '0 3 * * *' '2020-01-01 03:00'
in_syslog() {
    inside journalctl --no-pager -o short -t task-server _TRANSPORT=syslog |
        grep -q "client 'acme': job $JOB_ID (Nobody) after [0-9]* ms: failed"
}
ok 'log = syslog reaches the system log from the unit' wait_until 75 in_syslog
wait_until 10 settled

web_server() {
    inside_says setpriv --reuid=33 --regid=33 --clear-groups "$@"
}
inside systemctl stop dbus.socket dbus.service
like 'where systemd does not answer it cannot tell' "$(web_server task_server status)" '^4 cannot tell whether armed: the timer'
inside systemctl start dbus.socket
like "the web server's user may not stop it, without the rule for polkit" "$(web_server task_server stop)" '^4 '
like 'it may look' "$(web_server task_server status)" '^0 armed: the timer'
inside systemctl stop kivitendo-jobs.timer kivitendo-jobs-wake.path
like 'stopped but enabled is not armed' "$(inside_says task_server status)" '^3 not armed'
like 'the user may not start it either' "$(web_server task_server start)" '^4 '
like 'root may' "$(inside_says task_server start)" '^0 armed'

like 'another configuration is another instance' \
    "$(inside sh -c 'cp -p /var/www/kivitendo-erp/config/kivitendo.conf /var/www/kivitendo-erp/config/b.conf
        task_server -c /var/www/kivitendo-erp/config/b.conf start' 2>&1)" 'kivitendo-jobs@var-www-kivitendo.x2derp-config-b.conf.timer'
like 'stop disarms' "$(inside_says task_server stop)" '^0 disarmed: '
like 'status says so' "$(inside_says task_server status)" '^3 not armed'
like 'the instance is armed still' "$(inside_says task_server -c /var/www/kivitendo-erp/config/b.conf status)" '^0 '
inside task_server -c /var/www/kivitendo-erp/config/b.conf stop >/dev/null 2>&1

# A timer whose file is gone goes on firing until systemd is told, and comes again when the file does.
without_files() {
    inside sh -c 'mkdir -p /root/units && mv /etc/systemd/system/kivitendo-jobs.timer /etc/systemd/system/kivitendo-jobs-wake.path /root/units'
}
with_files() {
    inside sh -c 'mv /root/units/* /etc/systemd/system && systemctl daemon-reload'
}
links() {
    inside sh -c 'ls /etc/systemd/system/*.wants' | grep -c '^kivitendo-jobs'
}
like 'it is armed once more' "$(inside_says task_server start)" '^0 armed: '
without_files
like 'without its file the timer is armed still' "$(inside_says task_server status)" '^[01] armed: '
like 'and stop disarms it' "$(inside_says task_server stop)" '^0 disarmed: '
is 'really' "$(inside systemctl is-active kivitendo-jobs.timer) $(links)" 'inactive 0'
with_files
inside task_server start >/dev/null 2>&1
without_files
inside systemctl daemon-reload
like 'where systemd knows that, it is not armed' "$(inside_says task_server status)" '^3 not armed'
like 'but stop removes what would arm it again' "$(inside_says task_server stop)" '^0 not armed removed what was left: '
is 'all of it' "$(links)" 0
with_files
inside task_server start >/dev/null 2>&1
without_files
inside ln -s /dev/null /etc/systemd/system/kivitendo-jobs.timer
like 'a timer that was masked after it was started' "$(inside_says task_server stop)" '^0 disarmed: '
is 'is stopped, and linked no more' "$(inside systemctl is-active kivitendo-jobs.timer) $(links)" 'inactive 0'
inside rm /etc/systemd/system/kivitendo-jobs.timer
with_files

# An instance that somebody enables by hand.
inside cp -p /var/www/kivitendo-erp/config/kivitendo.conf /var/www/kivitendo-erp/config/hand.conf
hand='kivitendo-jobs@var-www-kivitendo\x2derp-config-hand.conf'
inside systemctl --no-block start "$hand.timer"
said() {
    inside journalctl --no-pager -o cat -u "$hand.service" | grep -q "$1"
}
ok 'an instance enabled by hand can write nowhere, and says what to do' wait_until 75 said \
    "this systemd unit has no paths to write to yet: 'task_server -C /var/www/kivitendo-erp -c .*hand.conf start' gives it them"
like 'check says so, too' "$(inside_says task_server -c /var/www/kivitendo-erp/config/hand.conf check)" \
    '^1 .*is not what start would write, so its runs can write nowhere: restart'
like 'start' "$(inside_says task_server -c /var/www/kivitendo-erp/config/hand.conf start)" '^0 armed'
hand_runs() {
    [ "$(inside systemctl show -p Result --value "$hand.service")" = success ] &&
        ls "$BOOT"/var/www/kivitendo-erp/users/task_server/*hand.conf.pid.last-run
}
ok 'makes it good' wait_until 75 hand_runs
inside task_server -c /var/www/kivitendo-erp/config/hand.conf stop >/dev/null 2>&1

is 'systemd has no complaint about our units' "$(inside journalctl --no-pager -o cat _PID=1 | grep '/kivitendo-jobs.*:[0-9]')" ''
is 'nothing has failed' "$(inside systemctl list-units --failed --plain --no-legend 'kivitendo-*')" ''

inside rm /etc/systemd/system/kivitendo-jobs.timer
inside ln -s /dev/null /etc/systemd/system/kivitendo-jobs.timer
inside systemctl daemon-reload
like 'a masked unit is not armed' "$(inside_says task_server start)" '^5 .*is masked; please: systemctl unmask'
like 'uninstall takes all back' "$(inside_says task_server uninstall)" '^0 '
is 'no unit is left' "$(inside sh -c 'ls -d /etc/systemd/system/kivitendo-jobs* /etc/systemd/system/*/kivitendo-jobs* 2>/dev/null')" ''
is 'nor the module' "$(find "$BOOT/var/www/kivitendo-erp/modules" -type f)" ''
power_off
done_testing
