# place.sh: part of task_server: puts what is needed besides the program in place, and takes it back.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
#
# Whatever can be put in place, or taken back, is, and the exit code tells if something could not.
#
# Units go to /etc/systemd/system where systemd is; else the init script to /etc/init.d, or upstart's job
# to /etc/init; our module for kivitendo's pages to modules/override, unless --no-web.  Asks nothing, and
# changes no file of kivitendo's.
place_units='kivitendo-jobs.timer kivitendo-jobs.service kivitendo-jobs-wake.path
    kivitendo-jobs@.timer kivitendo-jobs@.service kivitendo-jobs-wake@.path'
init_script=/etc/init.d/kivitendo-jobs

install_all() {
    need_settings
    [ "$(id -u)" -eq 0 ] || fail 4 '%s wants root' install
    if command -v systemctl >/dev/null 2>&1 && [ -d "$systemd_etc" ]; then
        place_all_units || exit
    elif [ -d /etc/init ] && command -v initctl >/dev/null 2>&1; then
        place_file "$(place_shipped upstart)/kivitendo-jobs.conf" /etc/init/kivitendo-jobs.conf 0644 || exit
    elif [ -d /etc/init.d ]; then
        place_init_script || exit
    fi
    tell 'state directory: %s' "$state_dir"
    place_code=0
    [ -n "$no_web" ] || place_page_module || place_code=1
    look
    if [ -n "$armed_by" ]; then
        tell 'armed already; next: %s' "task_server$(place_arguments) restart"
    else
        tell 'what comes next: %s' "task_server$(place_arguments) start"
    fi
    return $place_code
}

# What it takes to mean this installation.
place_arguments() {
    [ "$installation" = /var/www/kivitendo-erp ] || printf ' -C %s' "$installation"
    [ -z "$config" ] || printf ' -c %s' "$config"
}

place_all_units() {
    for place_unit in $place_units; do
        if [ "$(readlink "$systemd_etc/$place_unit")" = /dev/null ]; then
            complain '%s is masked; please: %s' "$systemd_etc/$place_unit" "systemctl unmask $place_unit"
            return 5
        fi
    done
    for place_unit in $place_units; do
        place_file "$(place_shipped systemd)/$place_unit" "$systemd_etc/$place_unit" 0644 || return
    done
    ! systemd_runs || systemctl_do daemon-reload
}

# place_shipped NAME: the directory of that name among ours.
place_shipped() {
    for place_from in "$here/boot/$1" "$here/$1" "$here/../share/task-server/$1"; do
        [ ! -d "$place_from" ] || break
    done
    printf '%s\n' "$place_from"
}

# place_file FROM TO MODE
place_file() {
    if cmp -s "$1" "$2"; then
        tell 'in place: %s' "$2"
    elif cp "$1" "$2.new" 2>"$work/err" && chmod "$3" "$2.new" && mv -f "$2.new" "$2"; then
        tell 'installed: %s' "$2"
    else
        rm -f "$2.new" 2>/dev/null
        complain 'cannot write %s: %s' "$2" "$(sed 's/.*: //' "$work/err")"
        return 4
    fi
}

# kivitendo's pages show the schedule with a module of ours.  Somebody else's in its place is their choice.
place_page_module() {
    page_module
    case $? in
    0) tell 'restart the FastCGI processes once: they load modules only then' ;;
    3) return 0 ;;
    *) return 1 ;;
    esac
}

page_module() {
    (cd / && LC_ALL=$program_locale "$(place_shipped perl)/page-module" --installation "$installation" "$@")
}

place_init_script() {
    place_file "$(place_shipped system-v)/kivitendo-jobs" "$init_script" 0755 || return
    if command -v update-rc.d >/dev/null 2>&1; then
        update-rc.d kivitendo-jobs defaults >/dev/null
    elif command -v insserv >/dev/null 2>&1; then
        insserv kivitendo-jobs
    elif command -v chkconfig >/dev/null 2>&1; then
        chkconfig --add kivitendo-jobs
    fi
}

uninstall_all() {
    [ "$(id -u)" -eq 0 ] || fail 4 '%s wants root' uninstall
    no_wait=1
    stop || exit
    place_handover
    place_code=0
    [ -n "$no_web" ] || place_take_pages || place_code=$?
    systemd_names && place_remove_drop_ins "$unit.service" "$wake.path"
    if place_others; then
        tell 'units and init script stay: other installations are armed by them'
        return $place_code
    fi
    for place_unit in $place_units; do
        place_remove "$systemd_etc/$place_unit"
    done
    place_remove_drop_ins 'kivitendo-jobs@*.service' 'kivitendo-jobs-wake@*.path'
    ! systemd_runs || systemctl_do daemon-reload || place_code=$?
    place_remove /etc/init/kivitendo-jobs.conf
    if [ -e "$init_script" ]; then
        place_remove "$init_script"
        ! command -v update-rc.d >/dev/null 2>&1 || update-rc.d kivitendo-jobs remove >/dev/null
    fi
    tell 'kept: %s; the program itself goes with: %s' "${state_dir:-$(tell 'the state directory')}" 'make uninstall'
    return $place_code
}

# Somebody else's module is none of ours to take.
place_take_pages() {
    if place_pages_are_used; then
        tell "kept: the module for kivitendo's pages, for they show the default configuration, which is armed"
        return
    fi
    page_module --remove ${state_dir:+--state-dir "$state_dir"}
    case $? in
    0 | 3) return 0 ;;
    esac
    return 1
}

# The pages know nothing of other configurations than the default one.
place_pages_are_used() {
    [ -n "$config" ] || return 1
    place_config=$config
    place_id=$id
    config=
    id=$installation
    look
    config=$place_config
    id=$place_id
    [ -n "$armed_by$untold" ]
}

# place_remove_drop_ins PATTERN…: of these units, what we wrote; files of yours stay.
place_remove_drop_ins() {
    for place_pattern in "$@"; do
        # shellcheck disable=SC2231  # a pattern is wanted
        for place_dir in "$systemd_etc"/$place_pattern.d; do
            rm -f "$place_dir/50-task-server.conf" "$place_dir/60-sendmail.conf" || place_code=4
            [ ! -d "$place_dir" ] || rmdir "$place_dir" 2>/dev/null ||
                tell 'kept: %s, which has files of yours' "$place_dir"
        done
    done
}

place_others() {
    for place_other in "$systemd_etc"/timers.target.wants/kivitendo-jobs*.timer; do
        [ ! -e "$place_other" ] || return 0
    done
    return 1
}

# What cannot be removed is told, and becomes place_code.
place_remove() {
    if ! [ -e "$1" ] && ! [ -h "$1" ]; then
        return
    elif rm -f "$1" 2>"$work/err"; then
        tell 'removed: %s' "$1"
    else
        complain 'cannot remove %s: %s' "$1" "$(sed 's/.*: //' "$work/err")"
        place_code=4
    fi
}

# What the old server could not do with.  It is no reason to stay that nobody can say it.
place_handover() {
    if [ -n "$settings_trouble" ]; then
        tell 'what would trouble the old server was not looked at: see above'
        return
    fi
    tell 'what would trouble the old server:'
    ask_as_user handover ${fix:+--fix} >"$work/handover" 2>&1
    handover_code=$?
    sed 's/^/  /' "$work/handover"
    if [ $handover_code -ne 0 ]; then
        tell '  look again when that is mended: %s' "task-server$(place_arguments) handover"
    elif [ -z "$fix" ] && [ "$(wc -l <"$work/handover")" -gt 1 ]; then
        tell '  mend it with: %s' "task_server$(place_arguments) uninstall --fix"
    fi
}
