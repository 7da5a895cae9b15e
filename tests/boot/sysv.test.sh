#!/bin/sh
# A really booted System V init: insserv accepts the init script, cron fires the entry, a shutdown ends
# all, and booting again arms it.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/boot.sh"
need_boot
setup
boot_root sysv sysvinit-core,insserv,cron,perl-base
boot_installation
sed -i 's/^[0-9]*:[0-9]*:respawn:.*getty.*//' "$BOOT/etc/inittab"

ran() {
    [ "$(client_sql acme "SELECT count(*) FROM background_job_histories WHERE status = 'success'")" -eq "$1" ]
}

ok 'it boots' boot || { cat "$WORK/console" >&2; done_testing; }
like 'install puts the init script in place' "$(inside_says task_server install)" \
    '^0 installed: /etc/init.d/kivitendo-jobs .*FastCGI.*next: task_server start'
ok 'insserv has linked it' test -n "$(ls "$BOOT"/etc/rc2.d/S[0-9][0-9]kivitendo-jobs 2>/dev/null)"
like 'insserv has no complaint' "$(inside_says insserv -s)" '^0 .*kivitendo-jobs'
like 'start arms' "$(inside_says service kivitendo-jobs start)" '^0 armed: the file /etc/cron.d/'
like 'status is content' "$(inside_says service kivitendo-jobs status)" '^0 armed'
add_job acme Test '0 3 * * *' '2020-01-01 03:00'
ok 'cron fires it within the minute' wait_until 75 ran 1
like 'stop disarms' "$(inside_says service kivitendo-jobs stop)" '^0 disarmed'
like 'status says so' "$(inside_says service kivitendo-jobs status)" '^3 not armed'
power_off
is 'after the shutdown nothing is armed' "$(find "$BOOT/etc/cron.d" -name 'kivitendo*')" ''
ok 'it boots again' boot
armed() {
    inside task_server status | grep -q '^armed'
}
ok 'and is armed by that' wait_until 20 armed
add_job acme Test '0 3 * * *' '2020-01-01 03:00'
ok 'and fires' wait_until 75 ran 2
power_off
done_testing
