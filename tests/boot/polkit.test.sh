#!/bin/sh
# With our rule for polkit the web server's user may start and stop the timer; nobody else may, and it may
# do nothing else.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/boot.sh"
need_boot
setup
boot_root systemd "$BOOT_SYSTEMD"
boot_installation
chroot "${BOOT:?}" useradd --create-home clerk

# as USER COMMAND…: exit code and all it says, in one line.
as() {
    as_who=$1
    shift
    inside_says setpriv --reuid="$as_who" --regid="$as_who" --init-groups "$@"
}

ok 'it boots' boot || { cat "$WORK/console" >&2; done_testing; }
inside task_server install >/dev/null 2>&1
like 'root has armed it' "$(inside_says task_server start)" '^0 armed'
like "without the rule the web server's user may not stop it" "$(as www-data task_server stop)" '^4 .*systemctl stop'
cp "$TEST_ROOT/scripts/boot/systemd/50-kivitendo-jobs.rules" "${BOOT:?}/etc/polkit-1/rules.d"
inside systemctl restart polkit
like 'with it, it may' "$(as www-data task_server stop)" '^0 disarmed: the timer'
is 'really' "$(inside systemctl is-active kivitendo-jobs.timer kivitendo-jobs-wake.path | tr '\n' ' ')" 'inactive inactive '
like 'status says so' "$(as www-data task_server status)" '^3 not armed'
like 'and start it again' "$(as www-data task_server start)" '^0 armed: the timer'
is 'really, too' "$(inside systemctl is-active kivitendo-jobs.timer kivitendo-jobs-wake.path | tr '\n' ' ')" 'active active '
inside sh -c 'echo "stop_grace = 16" >>/var/www/kivitendo-erp/config/kivitendo.conf'
like 'where it would arm otherwise, root is asked' "$(as www-data task_server start)" '^4 .*drop-in is not up to date'
like 'it cannot be armed a second time' "$(as www-data task_server --scheduler crontab start)" '^4 .*armed by the timer .*only root can move it'
like 'nor while it is stopped, for it comes back at the next boot' \
    "$(as www-data task_server stop --no-wait >/dev/null; as www-data task_server start)" '^4 .*drop-in is not up to date'
inside sh -c 'sed -i "/^stop_grace = 16/d" /var/www/kivitendo-erp/config/kivitendo.conf'
like 'as it was, it starts again' "$(as www-data task_server start)" '^0 armed: the timer'
like 'another user may not' "$(as clerk systemctl --no-ask-password stop kivitendo-jobs.timer)" '^[1-9]'
is 'and it runs on' "$(inside systemctl is-active kivitendo-jobs.timer)" active
for row in 'other units|stop dbus.service' 'units with a name like ours|start kivitendo-jobs-failed@x.service' \
    'disable it|disable kivitendo-jobs.timer' 'mask it|mask kivitendo-jobs.service' 'edit it|set-property kivitendo-jobs.service CPUWeight=5' \
    'reload systemd|daemon-reload'; do
    # shellcheck disable=SC2086  # words
    like "the web server's user may not: ${row%%|*}" "$(as www-data systemctl --no-ask-password ${row##*|})" \
        '^[1-9].*(denied|[Aa]uthentication|authorized)'
done
power_off
done_testing
