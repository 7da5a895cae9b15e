# systemd.sh: part of task_server: no backend yet.
# shellcheck shell=sh
# shellcheck disable=SC2034  # variables of task_server
unit=kivitendo-jobs

systemd_runs() {
    return 1
}
systemd_is_installed() {
    return 1
}
systemd_is_armed() {
    return 1
}
systemd_check() {
    :
}
systemd_is_there() {
    echo 'task_server: there is no unit kivitendo-jobs.timer' >&2
    return 5
}
