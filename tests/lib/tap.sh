# tap.sh: for functional tests: sentences in TAP, and an installation for the executor to run in.
# shellcheck shell=sh
# POSIX sh, to be sourced:
#
#     . "$(dirname "$0")/../lib/tap.sh"
#     setup                                  a cluster (the runner's, else one of our own), $WORK
#     make_installation "$WORK/kivi"         kivitendo's directory, with an auth database
#     add_client acme                        a client and its database
#     add_job acme Test '0 3 * * *' due --data 'result: hello'
#     ok 'a run succeeds' run_ts run
#     is 'and leaves a history row' "$(history acme)" 'Test|success|hello|'
#     done_testing
#
# What to use in a test: $WORK, a directory that is gone afterwards; $TS_CODE, $TS_OUT, $TS_ERR of the
# last run_ts; $JOB_ID of the last add_job; $TEST_LONG, "1" when there is time (check-long); everything
# of pg.sh, the cluster being the current one.
# The environment decides: TASK_SERVER (the program, default build/release/task-server), TEST_PG_DIR
# (a running cluster with templates).  TZ is Europe/Berlin throughout unless TEST_TZ says otherwise.
# When we are root the executor runs as $PG_USER, for it refuses to run as root without run_as;
# `TS_AS=root run_ts …` runs it as somebody else.
# Standard: Test Anything Protocol, version 12.
# shellcheck disable=SC2034  # much of what is set here is for the scripts that source this file

TEST_ROOT=${TEST_ROOT:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/lib/pg.sh
. "$TEST_ROOT/tests/lib/pg.sh"

TZ=${TEST_TZ:-Europe/Berlin}
LC_ALL=C # sentences are compared in English
export TZ LC_ALL
unset LANGUAGE
TEST_LONG=${TEST_LONG:-}
tap_count=0
tap_failed=0

# ---- sentences ------------------------------------------------------------------------------------

# ok SENTENCE COMMAND…: the command succeeds.  It runs in this shell; its output shows on failure.
ok() {
    ok_sentence=$1
    shift
    if "$@" >"$WORK/ok.out" 2>&1; then
        tap_result ok "$ok_sentence"
    else
        diag_code=$?
        tap_result 'not ok' "$ok_sentence"
        diag "exit code $diag_code: $*"
        diag "$(cat "$WORK/ok.out")"
        diag_ts
    fi
}

# fails SENTENCE CODE COMMAND…: the command ends with that exit code.
fails() {
    fails_sentence=$1
    fails_expected=$2
    shift 2
    "$@" >"$WORK/ok.out" 2>&1
    is "$fails_sentence" $? "$fails_expected"
}

# is SENTENCE GOT EXPECTED: the two texts are the same.
is() {
    if [ "$2" = "$3" ]; then
        tap_result ok "$1"
    else
        tap_result 'not ok' "$1"
        diag "got:      $2"
        diag "expected: $3"
        diag_ts
    fi
}

# like SENTENCE TEXT PATTERN: some line of the text matches the extended regular expression.
like() {
    if printf '%s\n' "$2" | grep -E -q -e "$3"; then
        tap_result ok "$1"
    else
        tap_result 'not ok' "$1"
        diag "got:     $2"
        diag "pattern: $3"
    fi
}

# unlike SENTENCE TEXT PATTERN: no line does.
unlike() {
    if printf '%s\n' "$2" | grep -E -q -e "$3"; then
        tap_result 'not ok' "$1"
        diag "got:              $2"
        diag "and not expected: $3"
    else
        tap_result ok "$1"
    fi
}

# skip SENTENCE REASON
skip() {
    tap_result ok "$1 # SKIP $2"
}

# skip_all REASON: ends the script; nothing of it can run here.
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

diag() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

done_testing() {
    echo "1..$tap_count"
    [ $tap_failed -eq 0 ]
    exit
}

tap_result() {
    tap_count=$((tap_count + 1))
    [ "$1" = ok ] || tap_failed=$((tap_failed + 1))
    echo "$1 $tap_count - $2"
}

# What the executor said last, for a failed sentence.
diag_ts() {
    if [ -s "$WORK/ts.err" ]; then
        diag "the executor's last messages:"
        diag "$(tail -n 20 "$WORK/ts.err")"
    fi
}

# wait_until SECONDS COMMAND…: tries it until it succeeds; false when it never did.
wait_until() {
    wait_until_tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $wait_until_tries -gt 0 ] || return 1
        wait_until_tries=$((wait_until_tries - 1))
        sleep 0.05
    done
}

# ---- surroundings ---------------------------------------------------------------------------------

setup() {
    pg_find || exit 1
    TEST_NAME=$(basename "$0" .test.sh | tr -c 'a-z0-9\n' _ | cut -c1-20)
    WORK=$(make_workdir "ts-$TEST_NAME") || exit 1
    at_exit "rm -rf '$WORK'"
    if [ -n "${TEST_PG_DIR:-}" ]; then
        pg_use "$TEST_PG_DIR" || exit 1
    else
        own_cluster
    fi
    at_exit end_own_processes
    TASK_SERVER=${TASK_SERVER:-$TEST_ROOT/build/release/task-server}
    reachable_program
}

# A cluster for this test alone, for one that stops or breaks its server; it becomes the current one.
own_cluster() {
    own_clusters=$((${own_clusters:-0} + 1))
    own_cluster_dir=$WORK/pg$own_clusters
    at_exit "own_cluster_drop '$own_cluster_dir'"
    pg_new "$own_cluster_dir" && pg_load_templates "$TEST_ROOT/tests/sql" || exit 1
}

own_cluster_drop() {
    if [ -d "$1" ]; then
        pg_use "$1" && pg_drop
    fi
}

# The tree may lie where only root can go; then a copy has to do: of the program and of its Perl half.
reachable_program() {
    TASK_SERVER_PERL=$TEST_ROOT/scripts/perl
    if ! as_user "$PG_USER" test -r "$TASK_SERVER_PERL/bridge"; then
        cp -R "$TASK_SERVER_PERL" "$TEST_ROOT/scripts/templates" "$WORK" &&
            chmod -R a+rX "$WORK/perl" "$WORK/templates"
        TASK_SERVER_PERL=$WORK/perl
    fi
    export TASK_SERVER_PERL
    if [ -e "$TASK_SERVER" ] && ! as_user "$PG_USER" test -x "$TASK_SERVER"; then
        cp "$TASK_SERVER" "$WORK/task-server" && chmod 0755 "$WORK/task-server"
        TASK_SERVER=$WORK/task-server
    fi
}

own_pids=

# Ends what start_ts and hold left running.
end_own_processes() {
    for end_own_pid in $own_pids; do
        kill "$end_own_pid" 2>/dev/null
    done
    if ! processes_end 5 "$own_pids"; then
        for end_own_pid in $own_pids; do
            kill -s KILL "$end_own_pid" 2>/dev/null
        done
    fi
}

# make_installation DIR: an installation with its own auth database (AUTH_DB) and the user "martin",
# who is to run the jobs.  It becomes the current one.  [task_server] stands last in its
# configuration, so that a test can append settings of that section (ts_setting).
make_installation() {
    if [ ! -x "$TASK_SERVER" ]; then
        echo "Bail out! there is no program $TASK_SERVER"
        exit 1
    fi
    INSTALLATION=$1
    AUTH_DB=ts_${TEST_NAME}_$$_$(basename "$1" | tr -c 'a-z0-9\n' _)
    pg_createdb "$AUTH_DB" kivi_auth || return
    mkdir -p "$1/config" "$1/SL/System" "$1/users/pid" || return
    echo '# Only there so that the directory is recognised.' >"$1/SL/System/TaskServer.pm"
    cat >"$1/config/kivitendo.conf" <<EOF
[authentication/database]
host     = $PG_HOST
port     = $PG_PORT
db       = $AUTH_DB
user     = kivitendo
password =

[authentication]
session_timeout = 480

[system]
language = en

[task_server]
node_id = test
EOF
    own_installation
    auth_sql "INSERT INTO auth.\"user\" (login) VALUES ('martin');
        INSERT INTO auth.user_config SELECT id, 'name', 'Martin Müller' FROM auth.\"user\";
        INSERT INTO auth.user_config SELECT id, 'countrycode', 'de' FROM auth.\"user\""
}

# Gives the current installation to the executor's user.
own_installation() {
    if [ "$(id -u)" -eq 0 ]; then
        chown -R "$PG_USER" "$INSTALLATION"
    fi
}

# ts_setting 'KEY = VALUE': one more line of [task_server].
ts_setting() {
    printf '%s\n' "$1" >>"$INSTALLATION/config/kivitendo.conf"
}

auth_sql() {
    pg_psql "$AUTH_DB" -c "$1"
}

# add_client KEY [--disabled] [--old] [--name NAME] [--role ROLE] [--password TEXT] [--host HOST]
#     [--port PORT] [--dbname DATABASE]
# A client of the current installation.  Its database is a copy of the template (of the old one with
# --old), unless --dbname names one.  Its name is KEY unless --name says otherwise.
add_client() {
    client_key=$1
    client_name=$1
    client_host=$PG_HOST
    client_port=$PG_PORT
    client_dbname=
    client_role=kivitendo
    client_password=
    client_template=kivi_client
    client_user="(SELECT id FROM auth.\"user\" WHERE login = 'martin')"
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --disabled) client_user=NULL ;;
        --old) client_template=kivi_client_old ;;
        --name) shift && client_name=$1 ;;
        --role) shift && client_role=$1 ;;
        --password) shift && client_password=$1 ;;
        --host) shift && client_host=$1 ;;
        --port) shift && client_port=$1 ;;
        --dbname) shift && client_dbname=$1 ;;
        *) echo "add_client: $1: unknown" >&2 && return 2 ;;
        esac
        shift
    done
    if [ -z "$client_dbname" ]; then
        client_dbname=$(client_db "$client_key")
        pg_createdb "$client_dbname" $client_template || return
    fi
    pg_psql "$AUTH_DB" -v name="$client_name" -v host="$client_host" -v port="$client_port" \
        -v db="$client_dbname" -v role="$client_role" -v password="$client_password" \
        -v task_user="$client_user" <<'EOF'
INSERT INTO auth.clients (name, dbhost, dbport, dbname, dbuser, dbpasswd, task_server_user_id)
VALUES (:'name', :'host', :'port', :'db', :'role', :'password', :task_user);
INSERT INTO auth.clients_users
SELECT c.id, u.id FROM auth.clients c, auth."user" u WHERE c.name = :'name' AND u.login = 'martin';
EOF
}

# The name of a client's database.
client_db() {
    echo "${AUTH_DB}_$1"
}

# client_sql KEY SQL: columns separated by "|".
client_sql() {
    pg_psql "$(client_db "$1")" -c "$2"
}

# add_job KEY PACKAGE SPEC NEXT [--once] [--inactive] [--data TEXT] [--node NODE] [--description TEXT]
# NEXT is a local time, "due" (a minute ago) or "null"; SPEC may be "null" too.  Sets JOB_ID.
# --node and --description need a database that has them.
add_job() {
    job_client=$1
    job_package=$2
    job_spec=$3
    job_next=$4
    job_type=interval
    job_active=true
    job_columns=
    job_values=
    shift 4
    while [ $# -gt 0 ]; do
        case $1 in
        --once) job_type=once ;;
        --inactive) job_active=false ;;
        --data) shift && job_more data "$1" ;;
        --node) shift && job_more node_id "$1" ;;
        --description) shift && job_more description "$1" ;;
        *) echo "add_job: $1: unknown" >&2 && return 2 ;;
        esac
        shift
    done
    [ "$job_next" != due ] || job_next=$(date -d '1 minute ago' '+%F %T')
    JOB_ID=$(pg_psql "$(client_db "$job_client")" -v package="$job_package" -v spec="$job_spec" \
        -v next="$job_next" -v columns="$job_columns" -v values="$job_values" \
        -v type=$job_type -v active=$job_active <<'EOF'
INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active :columns)
VALUES (:'type', :'package', nullif(:'spec', 'null'), nullif(:'next', 'null')::timestamp, :active :values)
RETURNING id;
EOF
    )
}

job_more() {
    job_columns="$job_columns, $1"
    job_values="$job_values, \$data\$$2\$data\$"
}

# history KEY: one line a run: package|status|result|error.
history() {
    client_sql "$1" 'SELECT package_name, status, result, error FROM background_job_histories ORDER BY id'
}

# job_field KEY ID COLUMN
job_field() {
    client_sql "$1" "SELECT $3 FROM background_jobs WHERE id = $2"
}

# hold KEY SQL: runs it in a transaction that stays open until let_go, which rolls it back.
hold() {
    (PGAPPNAME=hold-$1 exec "$PG_BIN/psql" -X -h "$PG_HOST" -p "$PG_PORT" -U kivitendo \
        -d "$(client_db "$1")" -c "BEGIN; $2; SELECT pg_sleep(3600)" >/dev/null 2>&1) &
    own_pids="$own_pids $!"
    wait_until 10 holds "$1"
}

holds() {
    [ "$(held_by "$1" count 'wait_event = '"'PgSleep'")" = 1 ]
}

let_go() {
    held_by "$1" pg_terminate_backend true >/dev/null
    wait_until 10 holds_no_more "$1"
}

holds_no_more() {
    [ "$(held_by "$1" count true)" = 0 ]
}

held_by() {
    pg_admin postgres -c "SELECT $2(pid) FROM pg_stat_activity
        WHERE application_name = 'hold-$1' AND datname = '$(client_db "$1")' AND $3"
}

# ---- the executor ---------------------------------------------------------------------------------

# run_ts ARGUMENTS…: runs the executor for the current installation, in the directory $WORK, which its
# user can reach; returns its exit code.  Leaves TS_CODE, TS_OUT and TS_ERR, and $WORK/ts.out and
# $WORK/ts.err.
run_ts() {
    (cd "$WORK" && as_user_exec "${TS_AS:-$PG_USER}" "$TASK_SERVER" -C "$INSTALLATION" "$@") \
        >"$WORK/ts.out" 2>"$WORK/ts.err"
    TS_CODE=$?
    TS_OUT=$(cat "$WORK/ts.out")
    TS_ERR=$(cat "$WORK/ts.err")
    return $TS_CODE
}

# use_catalogues: from now on the program finds its translations; without them everything is English.
use_catalogues() {
    TASK_SERVER_LOCALE=$WORK/catalogues
    cp -R "$TEST_ROOT/build/$TEST_FLAVOUR/locale" "$TASK_SERVER_LOCALE" && chmod -R a+rX "$TASK_SERVER_LOCALE" || exit 1
    export TASK_SERVER_LOCALE
}

# start_ts NAME ARGUMENTS…: the same in the background.  Sets TS_PID, the executor's own pid; output
# goes to $WORK/NAME.out and $WORK/NAME.err.
start_ts() {
    start_ts_name=$1
    shift
    (cd "$WORK" && as_user_exec "${TS_AS:-$PG_USER}" "$TASK_SERVER" -C "$INSTALLATION" "$@" \
        >"$WORK/$start_ts_name.out" 2>"$WORK/$start_ts_name.err") &
    TS_PID=$!
    own_pids="$own_pids $TS_PID"
    echo $TS_PID >"$WORK/$start_ts_name.pid"
}

# wait_ts NAME: waits for it, as run_ts does.
wait_ts() {
    wait "$(cat "$WORK/$1.pid")"
    TS_CODE=$?
    TS_OUT=$(cat "$WORK/$1.out")
    TS_ERR=$(cat "$WORK/$1.err")
    return $TS_CODE
}
