# settings.sh: part of task_server: which installation, which user, and what a run has left behind.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
#
# Sets program, installation, config (canonical; empty: the default one), id (what our entries are
# marked with), and of the configuration: configuration, pid_file, scheduler, user, stop_grace,
# kill_grace, mail_method, writes (a path a line), state_dir, last_run.

# A directory for our own small files; gone when we end.
make_work() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/task_server.XXXXXX") || fail 1 'cannot make a temporary directory'
    trap 'rm -rf "$work"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

find_program() {
    look_for_program || fail 5 'the program task-server is not installed'
}

look_for_program() {
    for program in "${TASK_SERVER:-}" "$here/../bin/task-server" "$here/../build/release/task-server"; do
        if [ -n "$program" ] && [ -x "$program" ]; then
            program=$(readlink -f "$program")
            return
        fi
    done
    program=$(command -v task-server)
}

# The directory upwards from $1, itself included, that is kivitendo's.
upwards() {
    up=$(readlink -f "$1")
    while [ -n "$up" ]; do
        [ ! -e "$up/SL/System/TaskServer.pm" ] || break
        up=${up%/*}
    done
    [ -n "$up" ]
}

# In the same places, and in the same order, as the program; by itself, because stop and status must
# do without a configuration.
find_installation() {
    if [ -n "$dir_typed" ]; then
        up=$(readlink -m "$dir_typed")
        # One that is gone leaves its entry behind.
        [ -e "$up/SL/System/TaskServer.pm" ] || [ "$verb" = stop ] ||
            fail 6 "%s (-C) is not kivitendo's directory: there is no SL/System/TaskServer.pm in it" "$dir_typed"
    elif [ -n "$config_typed" ] && upwards "$(dirname "$config_typed")"; then :
    elif [ -n "$config_typed" ] && upwards "$(dirname "$(readlink -f "$config_typed")")"; then :
    elif upwards .; then :
    else
        upwards /var/www/kivitendo-erp || fail 6 "cannot find kivitendo's directory; name it with -C"
    fi
    installation=$up
    canonical_config
    id=$installation${config:+ with $config}
    case $id in
    *"$NL"* | *"$(printf '\r')"*) fail 6 'a path has a line break in it' ;;
    esac
    users_owner
}

# One file, one name, however it was typed: below the installation relative to it, as the pages and
# the old server have it; the default file has none.
canonical_config() {
    config=
    [ -n "$config_typed" ] || return 0
    config_dir=$(readlink -m "$(dirname "$config_typed")")
    config=$config_dir/${config_typed##*/}
    case $config in
    "$installation/config/kivitendo.conf") config= ;;
    "$installation"/*) config=${config#"$installation"/} ;;
    esac
}

# Who runs jobs if the configuration doesn't say it.  Where users/ is a link, who made it may give away
# only what is his: else it would make us anybody.
users_owner() {
    for owner_of in '' -L; do
        # shellcheck disable=SC2086  # no option, or one
        user=$(stat $owner_of -c %U "$installation/users" 2>/dev/null) || user=
        case $user in
        '' | root | UNKNOWN) user=www-data ;;
        *) return ;;
        esac
    done
}

cd_installation() {
    cd "$installation" 2>/dev/null || fail 4 'cannot go to %s' "$installation"
}

# ask COMMAND…: the program on this installation, speaking to whoever reads it.
ask() {
    (cd_installation && LC_ALL=$program_locale "$program" -C "$installation" ${config:+-c "$config"} "$@")
}

ask_as_user() {
    (cd_installation &&
        as_user env LC_ALL="$program_locale" "$program" -C "$installation" ${config:+-c "$config"} "$@")
}

# Whatever fails, what the files of runs are called is known, or guessed, afterwards.
read_settings() {
    ask_for_settings && return
    [ -n "$last_run" ] || guess_files
    return 1
}

ask_for_settings() {
    settings_trouble=
    stop_grace=15
    kill_grace=10
    state_dir=
    last_run=
    scheduler=auto
    pid_file=
    mail_method=
    writes=
    look_for_program || settings_fail 5 'the program task-server is not installed' || return
    settings_from ask || return
    if [ "$(id -u)" -eq 0 ]; then
        user_is_there || settings_no_user || return
        settings_from ask_as_user || return
    fi
}

# For stop and status, which must do without a configuration.
# shellcheck disable=SC2016  # for the inner shell
guess_files() {
    guess_config=$config
    for guess_name in kivitendo.conf lx_office.conf; do
        [ -n "$guess_config" ] || ! [ -e "$installation/config/$guess_name" ] ||
            guess_config=$(realpath --relative-to="$installation" "$installation/config/$guess_name")
    done
    : "${pid_file:=$installation/users/pid/$(printf %s "${guess_config:-config/kivitendo.conf}" | tr / .).pid}"
    guess_name=${pid_file##*/}
    for guess_dir in /var/lib/task-server "$installation/users/task_server"; do
        guess_base=$guess_dir/$(printf %s "${installation#/}" | tr / .).$guess_name
        if [ -z "$last_run" ] && as_user sh -c '[ -e "$1.last-run" ] || [ -e "$1.armed" ]' sh "$guess_base"; then
            state_dir=$guess_dir
            last_run=$guess_base.last-run
        fi
    done
}

# Who owns users/ can look at all that runs have left.
settings_no_user() {
    settings_fail 6 "there is no user '%s': set run_as in [task_server]" "$user"
    users_owner
    return 1
}

# settings_fail CODE FORMAT ARGUMENT…
settings_fail() {
    settings_trouble=$1
    shift
    settings_error="task_server: $(tell "$@")"
    return 1
}

# settings_from ask|ask_as_user: settings_trouble becomes the program's exit code where it refuses; what it
# said before it did is taken.
settings_from() {
    "$1" -q settings >"$work/settings" 2>"$work/settings.err" || {
        settings_trouble=$?
        settings_error=$(cat "$work/settings.err")
    }
    take_settings "$1"
    [ -z "$settings_trouble" ]
}

# run_as counts only as root was told it: then the program has made sure that nobody else can have written it.
take_settings() {
    writes=
    while IFS= read -r settings_line; do
        settings_value=${settings_line#* }
        case ${settings_line%% *} in
        configuration) configuration=$settings_value ;;
        pid_file) pid_file=$settings_value ;;
        scheduler) scheduler=$settings_value ;;
        run_as) [ "$1" != ask ] || [ -z "$settings_value" ] || [ "$(id -u)" -ne 0 ] || user=$settings_value ;;
        stop_grace) stop_grace=$settings_value ;;
        kill_grace) kill_grace=$settings_value ;;
        mail_method) mail_method=$settings_value ;;
        writes) writes="$writes$settings_value$NL" ;;
        state_dir) state_dir=$settings_value ;;
        last_run) last_run=$settings_value ;;
        esac
    done <"$work/settings"
}

say_settings_trouble() {
    printf '%s\n' "$settings_error" >&2
}

# For verbs that make no sense without a configuration.
need_settings() {
    read_settings && return
    say_settings_trouble
    ! settings_are_forbidden || exit 4
    [ "$settings_trouble" -ne 5 ] || exit 5
    exit 6
}

settings_are_forbidden() {
    case $settings_trouble in
    4 | 77 | 126) return 0 ;;
    esac
    return 1
}

# ---- the user -------------------------------------------------------------------------------------

may_run_as_user() {
    [ "$(id -u)" -eq 0 ] || [ "$(id -un)" = "$user" ]
}

# A user who is not there can do nothing.
as_user() {
    user_is_there && (become_user_exec_plain "$@")
}

user_is_there() {
    [ "$(id -u)" -ne 0 ] || id "$user" >/dev/null 2>&1
}

become_user_exec_plain() {
    if [ "$(id -u)" -ne 0 ]; then
        exec "$@"
    fi
    user_home=$(getent passwd "$user" | cut -d: -f6)
    exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- \
        env HOME="${user_home:-/}" USER="$user" LOGNAME="$user" "$@"
}

# Replaces this shell; the program gets installation and configuration first.
become_user_exec() {
    become_program=$1
    shift
    if [ "$(id -u)" -eq 0 ]; then
        read_settings || {
            say_settings_trouble
            [ "$settings_trouble" -ne 77 ] || exit 77
            exit 78
        }
    fi
    rm -rf "$work"
    become_user_exec_plain env -u LC_ALL LC_MESSAGES="$program_locale" "$become_program" -C "$installation" ${config:+-c "$config"} "$@"
}

# ---- runs -----------------------------------------------------------------------------------------

# The pid of the run at work, into pid.
run_pid() {
    locked_pid && ! cmdline "$pid" | grep -q 'task_server\.pl'
}

old_server_pid() {
    locked_pid && cmdline "$pid" | grep -q 'task_server\.pl'
}

# Nothing for a process that is not there, or has ended and was not waited for.
cmdline() {
    { tr '\000' ' ' <"/proc/$1/cmdline"; } 2>/dev/null
}

# A pid is believed only if it is one of the two programs that write this file.  pid_untold: it cannot
# be read.
locked_pid() {
    pid=
    pid_untold=
    [ -n "${pid_file:-}" ] || return 1
    read_as_user "$pid_file" >"$work/pid"
    [ $? -ne 2 ] || pid_untold=1
    pid=$(tr -d '\n' <"$work/pid")
    case $pid in
    '' | *[!0-9]*) return 1 ;;
    esac
    cmdline "$pid" | grep -q -E 'task_server\.pl|(^|/)task-server '
}

# read_as_user FILE: 0 its text; 1 there is none; 2 it cannot be read.  A fifo would wait for ever.
# shellcheck disable=SC2016  # for the inner shell
read_as_user() {
    as_user sh -c '{ [ ! -e "$1" ] || [ -f "$1" ]; } && exec cat "$1"' sh "$1" 2>"$work/read.err" && return
    ! grep -q 'No such file' "$work/read.err" || return 1
    user_is_there || [ -e "$1" ] || return 1
    return 2
}

# The start of the process; the time of the pid file is its pulse.
run_since() {
    since_ticks=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)
    if [ -z "$since_ticks" ]; then # it ends at this moment
        tell 'just now'
        return
    fi
    since_boot_s=$(sed -n 's/^btime //p' /proc/stat)
    since_hz=$(getconf CLK_TCK 2>/dev/null || echo 100)
    date -d "@$((since_boot_s + since_ticks / since_hz))" '+%F %T'
}

# tell_jobs TOLD: what the run with this pid has been at for more than a few seconds, unless that was told
# already.  Leaves jobs_told.  The file of a run that was killed has another pid in it.
tell_jobs() {
    jobs_told=
    [ -n "${last_run:-}" ] && read_as_user "${last_run%.last-run}.busy" >"$work/busy.raw" || return 0
    printable <"$work/busy.raw" >"$work/busy"
    grep -q "^run$TAB$pid$TAB" "$work/busy" || return 0
    jobs_told=$(grep "^job$TAB" "$work/busy")
    [ "$jobs_told" != "$1" ] || return 0
    jobs_gap=$(printf '\037') # blanks would swallow empty fields
    printf '%s\n' "$jobs_told" | tr "$TAB" "$jobs_gap" | while IFS=$jobs_gap read -r _ jobs_since _ jobs_id _ _ jobs_package jobs_client; do
        [ -n "$jobs_since" ] || continue
        case $jobs_id in
        0) jobs_what=$(tell 'waits for its database') ;;
        *) jobs_what=$(tell 'job %s (%s)' "$jobs_id" "$jobs_package") ;;
        esac
        tell "  client '%s': %s, since %s" "$jobs_client" "$jobs_what" "$(date -d "@${jobs_since%??????}" '+%F %T')"
    done
}

# What other users can write drives nobody's terminal: no controls but tabs and line ends, nor those that UTF-8
# has from U+0080 on.
printable() {
    tr -d '\001-\010\013-\037\177' | sed "s/$(printf '\302')[$(printf '\200')-$(printf '\237')]//g"
}

# A shell of its own, for not every system has kill(1).
# shellcheck disable=SC2016  # for the inner shell
signal_run() {
    as_user sh -c 'kill -s "$1" "$2"' sh "$1" "$pid"
}

# Returns 2 where that cannot be told.
tell_last_run() {
    if [ -z "${last_run:-}" ]; then
        tell 'last run: unknown'
        return
    fi
    read_as_user "$last_run" >"$work/stamp"
    case $? in
    1) tell 'last run: none yet' && return ;;
    2) tell 'last run: cannot be told, for %s cannot be read' "$last_run" && return 2 ;;
    esac
    started=$(stamp_value started_us)
    started_s=${started%??????}
    tell 'last run: %s, %s; jobs: %s succeeded, %s failed' "$(date -d "@${started_s:-0}" '+%F %T')" \
        "$(stamp_ending)" "$(stamp_value succeeded)" "$(stamp_value failed)"
}

stamp_value() {
    sed -n "s/^$1 \([0-9]*\)$/\1/p" "$work/stamp"
}

stamp_ending() {
    stamp_code=$(stamp_value exit_code)
    if [ "${stamp_code:-1}" -eq 0 ]; then
        tell 'ended well'
    else
        tell 'ended with exit code %s, %s clients unreachable' "$stamp_code" "$(stamp_value unreachable)"
    fi
}

# The schedule's state in a file, for kivitendo's pages, which must not start a process to see it.
# shellcheck disable=SC2016  # for the inner shell
note_armed() {
    as_user sh -c 'umask 022; printf "scheduler %s\n" "$1" >"$2.new" && mv -f "$2.new" "$2"' \
        sh "$1" "${last_run%.last-run}.armed" || complain 'cannot write to %s' "$state_dir"
}

note_disarmed() {
    [ -z "${last_run:-}" ] || ! may_run_as_user || as_user rm -f "${last_run%.last-run}.armed"
}
