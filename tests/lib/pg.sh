# pg.sh: a private, throw-away PostgreSQL in a directory of its own.  POSIX sh, to be sourced.
# shellcheck shell=sh
#
#     . tests/lib/pg.sh
#     pg_find                      where are initdb and pg_ctl, and as whom may they run?
#     pg_new "$dir/pg"             initdb and start; the cluster is now the current one
#     pg_psql acme -c 'select 1'   as role kivitendo (pg_admin: as the superuser)
#     pg_restart fast              or: pg_stop immediate; pg_start
#     pg_use "$other"              makes another cluster the current one
#     pg_drop                      stops it and deletes its directory
#
# A cluster is a directory: data/, log, and the socket itself.  It listens on that Unix socket only.
# Roles: postgres (superuser) and kivitendo (owner of the databases) are trusted, kivi_pw needs
# its password (PG_PASSWORD; scram-sha-256).
# Variables it sets: PG_BIN, PG_USER (who runs the server: never root), and for the current cluster
# PG_DIR, PG_HOST (the socket's directory), PG_PORT.
# Variables it heeds: PG_FSYNC=on for measurements (default off: nothing here must survive a power
# cut); PG_TIMEZONE, the server's zone (default: the system's).
# Every function prints its problem to standard error and returns non-zero.
# Not here: stopping at exit.  Say `at_exit pg_drop`, or do it yourself.

PG_PORT=5432
PG_PASSWORD='geheim & "gut" ;#1'

# at_exit COMMAND…: the words, run when the script ends, last come first served, however it ends.
at_exit() {
    AT_EXIT="$*
${AT_EXIT:-}"
    trap 'at_exit_run $?' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 141' PIPE
    trap 'exit 143' TERM
}

at_exit_run() {
    trap - EXIT
    trap '' HUP INT PIPE TERM
    set +e
    eval "$AT_EXIT"
    exit "$1"
}

# Where the server's programs are, and an unprivileged user when we are root.
pg_find() {
    PG_BIN=
    for pg_candidate in "$(pg_config --bindir 2>/dev/null)" $(pg_installed_bins); do
        if [ -x "$pg_candidate/initdb" ] && [ -x "$pg_candidate/pg_ctl" ]; then
            PG_BIN=$pg_candidate
            break
        fi
    done
    if [ -z "$PG_BIN" ]; then
        echo "no PostgreSQL server found (Debian: apt-get install postgresql)" >&2
        return 1
    fi
    PG_USER=$(unprivileged_user)
}

# Debian's directories, newest version first.
pg_installed_bins() {
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -t/ -k5,5nr
}

# Ourselves, or for root somebody harmless: postgres, else nobody.
unprivileged_user() {
    if [ "$(id -u)" -ne 0 ]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    elif id nobody >/dev/null 2>&1; then
        echo nobody
    else
        echo "running as root, and there is neither a user postgres nor nobody" >&2
        return 1
    fi
}

# as_user USER COMMAND…: without root's groups; directly if we are that user already.
as_user() {
    (as_user_exec "$@")
}

# The same in place of this shell: for `(as_user_exec …) &`, where $! is to be the command's pid.
as_user_exec() {
    as_user_name=$1
    shift
    if [ "$(id -un)" = "$as_user_name" ]; then
        exec "$@"
    fi
    exec setpriv --reuid="$as_user_name" --regid="$(id -g "$as_user_name")" --clear-groups -- \
        env HOME=/ USER="$as_user_name" LOGNAME="$as_user_name" "$@"
}

# process_children PID: the pids of its children.
process_children() {
    sed -n "s/^\([0-9]*\) (.*) [A-Z] $1 .*/\1/p" /proc/[0-9]*/stat 2>/dev/null
}

# processes_end SECONDS PIDS: waits until none of them runs.
processes_end() {
    processes_end_tries=$(($1 * 20))
    for processes_end_pid in $2; do
        while process_runs "$processes_end_pid"; do
            [ $processes_end_tries -gt 0 ] || return 1
            processes_end_tries=$((processes_end_tries - 1))
            sleep 0.05
        done
    done
}

# make_workdir NAME: a new directory below TMPDIR that PG_USER owns; prints its path.
make_workdir() {
    make_workdir_path=$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX") || return
    if [ "$(id -u)" -eq 0 ]; then
        chown "$PG_USER" "$make_workdir_path" || return
    fi
    echo "$make_workdir_path"
}

# pg_new DIR: a new cluster there, started.  DIR must not exist; its parent must be reachable for
# PG_USER.
pg_new() {
    [ -n "${PG_BIN:-}" ] || pg_find || return
    mkdir -m 0755 "$1" || return
    if [ "$(id -u)" -eq 0 ]; then
        chown "$PG_USER" "$1" || return
    fi
    pg_use "$1" || return
    if [ ${#PG_DIR} -gt 90 ]; then
        echo "$PG_DIR: too long for a Unix socket; set TMPDIR to something shorter" >&2
        return 1
    fi
    (cd / && as_user "$PG_USER" "$PG_BIN/initdb" --pgdata="$PG_DIR/data" --username=postgres \
        --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions) \
        >"$PG_DIR/initdb.log" 2>&1 || {
        cat "$PG_DIR/initdb.log" >&2
        return 1
    }
    pg_configure && pg_start && pg_roles
}

pg_configure() {
    as_user "$PG_USER" tee "$PG_DIR/data/pg_hba.conf" >/dev/null <<EOF
local all kivi_pw scram-sha-256
local all all     trust
EOF
    as_user "$PG_USER" tee -a "$PG_DIR/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$PG_DIR'
port = $PG_PORT
max_connections = 100
fsync = ${PG_FSYNC:-off}
full_page_writes = ${PG_FSYNC:-off}
autovacuum_naptime = 10min
log_line_prefix = '%m [%p] %a/%d '
password_encryption = scram-sha-256
EOF
    if [ -n "${PG_TIMEZONE:-}" ]; then
        echo "timezone = '$PG_TIMEZONE'" |
            as_user "$PG_USER" tee -a "$PG_DIR/data/postgresql.conf" >/dev/null
    fi
}

pg_roles() {
    pg_admin postgres -v password="$PG_PASSWORD" <<'EOF'
CREATE ROLE kivitendo LOGIN CREATEDB;
CREATE ROLE kivi_pw LOGIN PASSWORD :'password' IN ROLE kivitendo;
EOF
}

# pg_use DIR: makes that cluster the current one.
pg_use() {
    PG_DIR=$(cd "$1" && pwd -P) || return
    PG_HOST=$PG_DIR
    export PG_DIR PG_HOST PG_PORT
    [ -n "${PG_BIN:-}" ] || pg_find
}

# Starts the current cluster and waits until it answers.
pg_start() {
    (cd / && as_user "$PG_USER" "$PG_BIN/pg_ctl" start -D "$PG_DIR/data" -l "$PG_DIR/log" \
        -w -t 60 -s) || {
        tail -n 20 "$PG_DIR/log" >&2
        return 1
    }
}

# The postmaster's pid, nothing when it is not running.
pg_pid() {
    pg_pid_found=$(sed -n 1p "$PG_DIR/data/postmaster.pid" 2>/dev/null)
    if [ -n "$pg_pid_found" ] && process_runs "$pg_pid_found"; then
        echo "$pg_pid_found"
    fi
}

# process_runs PID: a zombie does not; in a container nobody may ever collect it.
process_runs() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
    '' | Z* | X*) return 1 ;;
    *) return 0 ;;
    esac
}

# pg_stop [fast|immediate|kill]: in that way; what does not work within ten seconds is followed by
# the next harder one.
pg_stop() {
    pg_stop_pid=$(pg_pid)
    [ -n "$pg_stop_pid" ] || return 0
    case ${1:-fast} in
    fast) pg_stop_signals='INT QUIT KILL' ;;
    immediate) pg_stop_signals='QUIT KILL' ;;
    kill) pg_stop_signals=KILL ;;
    *)
        echo "pg_stop: $1: unknown mode" >&2
        return 2
        ;;
    esac
    pg_stop_all="$pg_stop_pid $(process_children "$pg_stop_pid")"
    for pg_stop_signal in $pg_stop_signals; do
        kill -s "$pg_stop_signal" "$pg_stop_pid" 2>/dev/null
        if processes_end 10 "$pg_stop_all"; then
            # A killed server leaves these, and the pid may belong to a zombie for long.
            rm -f "$PG_DIR/data/postmaster.pid" "$PG_DIR/.s.PGSQL.$PG_PORT.lock"
            return 0
        fi
    done
    echo "PostgreSQL $pg_stop_pid does not stop" >&2
    return 1
}

pg_restart() {
    pg_stop "${1:-fast}" && pg_start
}

# Stops the current cluster and deletes it.
pg_drop() {
    if [ -n "${PG_DIR:-}" ] && [ -d "$PG_DIR/data" ]; then
        pg_stop immediate
        rm -rf "$PG_DIR"
    fi
}

# pg_psql DATABASE [psql's arguments]: plain output, stops at the first error.  pg_admin: the same
# as superuser.
pg_psql() {
    pg_as kivitendo "$@"
}

pg_admin() {
    pg_as postgres "$@"
}

pg_as() {
    pg_as_role=$1
    pg_as_db=$2
    shift 2
    PGCLIENTENCODING=UTF8 PGOPTIONS='-c client_min_messages=warning' "$PG_BIN/psql" -X -q -A -t \
        -v ON_ERROR_STOP=1 -h "$PG_HOST" -p "$PG_PORT" -U "$pg_as_role" -d "$pg_as_db" "$@"
}

# pg_template NAME FILE: a database filled from an SQL file, to be copied with pg_createdb.
pg_template() {
    pg_psql postgres -c "CREATE DATABASE $1" && pg_psql "$1" -1 -f "$2"
}

# pg_createdb NAME TEMPLATE
pg_createdb() {
    pg_psql postgres -c "CREATE DATABASE \"$1\" TEMPLATE $2"
}

# The three templates everything here is copied from.  $1 is the folder of the SQL files.
pg_load_templates() {
    pg_template kivi_auth "$1/auth.sql" && pg_template kivi_client "$1/client.sql" &&
        pg_template kivi_client_old "$1/client_old.sql"
}
