# old.sh: part of task_server: kivitendo's own task server, which must be stopped and stay so.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
old_unit=kivitendo-task-server

# Its process, or what would start it at boot: old_trouble says which, and what to type.
old_server_trouble() {
    old_disable=
    if [ -e "/etc/systemd/system/multi-user.target.wants/$old_unit.service" ]; then
        old_disable="systemctl disable $old_unit"
        old_what=$(tell 'its unit %s is enabled' "$old_unit.service")
    elif old_init_enabled; then
        old_disable="update-rc.d $old_unit disable"
        old_what=$(tell 'its init script %s is enabled' "/etc/init.d/$old_unit")
    elif [ -e "/etc/init/$old_unit.conf" ] && ! grep -q -s '^manual' "/etc/init/$old_unit.override"; then
        old_disable="echo manual >/etc/init/$old_unit.override"
        old_what=$(tell 'its upstart job %s is enabled' "$old_unit")
    fi
    if old_server_pid; then
        old_runs=$(tell 'it is running (pid %s)' "$pid")
        old_what=$old_runs${old_disable:+, $old_what}
    elif [ -z "$old_disable" ]; then
        return 1
    fi
    old_trouble=$(tell "kivitendo's old task_server.pl: %s" "$old_what")
}

old_init_enabled() {
    for old_link in /etc/rc[2-5].d/S[0-9][0-9]"$old_unit"; do
        [ ! -e "$old_link" ] || return 0
    done
    return 1
}

refuse_old_server() {
    old_server_trouble || return 0
    {
        printf 'task_server: %s\n' "$old_trouble"
        tell 'Stop it, and keep it from being started at boot, with these two commands, as root:'
        printf '    %s\n' "$installation/scripts/task_server.pl${config:+ -c $config} stop" \
            "${old_disable:-systemctl disable $old_unit}"
    } >&2
    exit 1
}
