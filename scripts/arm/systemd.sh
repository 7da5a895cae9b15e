# systemd.sh: part of task_server: the backend systemd, a timer and a wake-up path.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
#
# The shipped units are for /var/www/kivitendo-erp with its default configuration; every other pair of
# installation and configuration is an instance of the units with an @.  What this installation needs
# besides stands in drop-ins, which are written when it is armed, and only then.
systemd_etc=/etc/systemd/system

systemd_runs() {
    [ -d /run/systemd/system ]
}

# Sets unit, wake and the drop-ins' names.
systemd_names() {
    unit=kivitendo-jobs
    wake=kivitendo-jobs-wake
    template=$unit
    if [ "$id" != /var/www/kivitendo-erp ]; then
        case $config in
        '') systemd_path=$installation ;;
        /*) systemd_path=$config ;;
        *) systemd_path=$installation/$config ;;
        esac
        systemd_instance=$(systemd-escape --path "$systemd_path" 2>/dev/null) || return
        unit=kivitendo-jobs@$systemd_instance
        wake=kivitendo-jobs-wake@$systemd_instance
        template=kivitendo-jobs@
    fi
    drop_in=$systemd_etc/$unit.service.d/50-task-server.conf
    drop_in_mail=$systemd_etc/$unit.service.d/60-sendmail.conf
    drop_in_wake=$systemd_etc/$wake.path.d/50-task-server.conf
}

# Is the shipped unit anywhere?  A masked one is, too: somebody does not want it, and not cron instead.
systemd_is_installed() {
    systemd_names || return
    for unit_dir in $systemd_etc /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
        if [ -f "$unit_dir/$template.timer" ] || [ -h "$unit_dir/$template.timer" ]; then
            return 0
        fi
    done
    return 1
}

systemd_is_there() {
    if ! systemd_runs; then
        complain 'systemd is not running here; choose another scheduler'
        return 5
    elif ! systemd_names || [ ${#wake} -gt 240 ]; then
        complain '%s cannot be the name of a unit' "$id"
        return 5
    fi
    for systemd_unit in "$unit.timer" "$unit.service" "$wake.path"; do
        if [ "$(systemctl is-enabled "$systemd_unit" 2>/dev/null)" = masked ]; then
            complain '%s is masked; please: %s' "$systemd_unit" "systemctl unmask $systemd_unit"
            return 5
        fi
    done
    systemd_is_installed || {
        complain 'the unit %s is not installed (task_server install)' "$template.timer"
        return 5
    }
}

# Enabled alone means the next boot: kivitendo's pages have stopped it, or its file is gone.
systemd_is_armed() {
    systemd_names || return 1
    if systemd_runs; then
        case $(systemctl is-active "$unit.timer" 2>/dev/null) in
        active) return 0 ;;
        '') return 2 ;; # it does not answer, or, in a chroot, ignores the question and ends with 0
        esac
        ! systemctl -q is-enabled "$unit.timer" 2>/dev/null || return 3
        [ ! -h "$systemd_etc/timers.target.wants/$unit.timer" ] || return 3
    else
        [ ! -e "$systemd_etc/timers.target.wants/$unit.timer" ] || return 0
    fi
    return 1
}

# For a unit's file: a word in quotes.
systemd_quote() {
    printf '"%s"' "$(printf %s "$1" | sed 's/\\/\\\\/g; s/"/\\"/g; s/%/%%/g')"
}

systemd_command() {
    for systemd_word in "$program" -C "$installation" ${config:+-c "$config"} run; do
        printf ' %s' "$(systemd_quote "$systemd_word" | sed 's/\$/$$/g')"
    done
}

systemd_text() {
    cat <<EOF
# Written by task_server start.  Changes are lost; they belong into a file of yours beside this one.
[Service]
User=$user
WorkingDirectory=$(printf %s "$installation" | sed 's/%/%%/g')
ExecStart=
ExecStart=$(systemd_command | sed 's/^ //')
TimeoutStopSec=$((stop_grace + kill_grace + 15))s
ReadWritePaths=
EOF
    printf '%s' "$writes$state_dir$NL" | sort -u | while IFS= read -r systemd_write; do
        [ -z "$systemd_write" ] || printf 'ReadWritePaths=%s\n' "$(systemd_quote "-$systemd_write")"
    done
}

systemd_wake_text() {
    cat <<EOF
# Written by task_server start.
[Path]
PathChanged=
PathChanged=$(printf %s "$state_dir" | sed 's/%/%%/g')/wake
EOF
}

# Sendmail's programs need what the unit takes away.
systemd_mail_is_current() {
    if [ "$mail_method" = sendmail ]; then
        cmp -s "$(place_shipped systemd)/60-sendmail.conf" "$drop_in_mail"
    else
        [ ! -e "$drop_in_mail" ]
    fi
}

systemd_is_current() {
    systemd_text | cmp -s - "$drop_in" && systemd_wake_text | cmp -s - "$drop_in_wake" &&
        systemd_mail_is_current
}

# Enabled by hand, an instance knows no path below kivitendo's directory.
systemd_lacks() {
    [ -e "$drop_in" ] || [ "$template" = "$unit" ] ||
        tell ', so its runs can write nowhere'
}

# systemd_put FILE: standard input, in one step.
systemd_put() {
    (umask 022 && mkdir -p "${1%/*}" && cat >"$1.new" && mv -f "$1.new" "$1") 2>"$work/err" && return
    rm -f "$1.new" 2>/dev/null
    complain 'cannot write %s: %s' "$1" "$(sed 's/.*: //' "$work/err")"
    return 4
}

systemd_write() {
    systemd_text | systemd_put "$drop_in" && systemd_wake_text | systemd_put "$drop_in_wake" || return
    if [ "$mail_method" = sendmail ]; then
        systemd_put "$drop_in_mail" <"$(place_shipped systemd)/60-sendmail.conf" || return
    elif [ -e "$drop_in_mail" ]; then
        rm -f "$drop_in_mail" || return 4
    fi
    systemctl_do daemon-reload
}

systemctl_do() {
    systemctl --no-ask-password "$@" >"$work/err" 2>&1 && return
    printf 'task_server: systemctl %s: %s\n' "$1" "$(tail -n 1 "$work/err")" >&2
    return 4
}

# Who is not root may start and stop the units, with our rule for polkit, but not enable them.
systemd_arm() {
    if [ "$(id -u)" -ne 0 ]; then
        systemd_is_current || {
            complain 'the drop-in is not up to date; as root, please: %s' 'task_server start'
            return 4
        }
        systemctl_do start "$unit.timer" "$wake.path"
        return
    fi
    systemd_is_current || systemd_write || return
    systemctl_do enable --now "$unit.timer" "$wake.path" && return
    systemctl disable --now "$unit.timer" "$wake.path" >/dev/null 2>&1
    return 4
}

systemd_disarm() {
    if [ "$(id -u)" -ne 0 ]; then
        systemctl_do stop "$unit.timer" "$wake.path"
    elif systemd_runs; then
        systemctl --no-ask-password disable --now "$unit.timer" "$wake.path" >"$work/err" 2>&1
        systemd_take_out
    else
        systemctl_do disable "$unit.timer" "$wake.path"
    fi
}

# What is masked, or has no file any more, may still be running, be linked, and have "failed" afterwards.
systemd_take_out() {
    systemctl --no-ask-password stop "$unit.timer" "$wake.path" >/dev/null 2>&1
    systemctl --no-ask-password reset-failed "$unit.timer" "$wake.path" >/dev/null 2>&1
    if rm -f "$systemd_etc/timers.target.wants/$unit.timer" "$systemd_etc/paths.target.wants/$wake.path" 2>>"$work/err" &&
        [ "$(systemctl is-active "$unit.timer" 2>/dev/null)" != active ]; then
        return
    fi
    printf 'task_server: systemctl %s: %s\n' disable "$(tail -n 1 "$work/err")" >&2
    return 4
}

systemd_fires() {
    if ! systemd_runs; then
        fires_not=$(tell 'systemd is not running')
    elif [ "$(systemctl is-enabled "$unit.service" 2>/dev/null)" = masked ]; then
        fires_not=$(tell '%s is masked' "$unit.service")
    else
        return 0
    fi
    return 1
}

systemd_next() {
    systemd_elapse=$(systemctl show -p NextElapseUSecRealtime --value "$unit.timer")
    if [ -n "$systemd_elapse" ]; then
        date -d "$systemd_elapse" '+%F %T' 2>/dev/null && return
    fi
    cron_next
}

systemd_run_now() {
    systemctl_do start --no-block "$unit.service"
}

systemd_check() {
    is_among systemd "$armed_by" || return 0
    systemd_mail_is_current ||
        trouble "mail goes by '%s', but the drop-in %s says otherwise: restart" "$mail_method" "$drop_in_mail"
}
