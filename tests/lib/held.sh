# held.sh: for functional tests in which a job must be under way for as long as the test wants.
# shellcheck shell=sh
# To be sourced after setup of tap.sh, with an installation and clients:
#
#     . "$TEST_ROOT/tests/lib/held.sh"
#     add_held_job acme                  a due job that will wait for what hold_up locks
#     hold_up acme                       … until let_go acme
#     start_ts first run
#     under_way acme                     waits until the job has begun and waits for the lock
#     ok 'a page does not wait' at_once acme "UPDATE background_jobs SET …"
#     let_go acme; wait_ts first
#
# The job is ValidityTokenCleanup: it is held up by a lock on the table validity_tokens, which nobody
# else touches.
# shellcheck disable=SC2034  # for the scripts that source this file

HELD_JOB=ValidityTokenCleanup

# add_held_job KEY [SPEC [NEXT]]
add_held_job() {
    add_job "$1" "$HELD_JOB" "${2:-0 3 * * *}" "${3:-due}"
}

hold_up() {
    hold "$1" 'LOCK TABLE validity_tokens'
}

# sessions KEY [CONDITION]: how many sessions of executors there are in that client's database.
sessions() {
    pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
        WHERE application_name LIKE 'task-server%' AND datname = '$(client_db "$1")'
        AND ${2:-true}"
}

is_under_way() {
    [ "$(sessions "$1" "wait_event_type = 'Lock'")" -ge "${2:-1}" ]
}

# under_way KEY [COUNT]: false if it never comes to that.
under_way() {
    wait_until 20 is_under_way "$1" "${2:-1}"
}

has_no_sessions() {
    [ "$(sessions "$1")" = 0 ]
}

# nobody_in KEY: waits until all sessions of executors have ended.
nobody_in() {
    wait_until 20 has_no_sessions "$1"
}

# backend_of KEY: the server's process that runs the held job.
backend_of() {
    pg_admin postgres -c "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND application_name LIKE 'task-server%' AND datname = '$(client_db "$1")'"
}

# at_once KEY SQL: what a page does; false if it has to wait.
at_once() {
    client_sql "$1" "SET statement_timeout = '2s'; $2"
}

# runs_of KEY [CONDITION]: how many history rows.
runs_of() {
    client_sql "$1" "SELECT count(*) FROM background_job_histories WHERE ${2:-true}"
}

has_runs() {
    [ "$(runs_of "$1")" -ge "$2" ]
}

# comes_to KEY COUNT [SECONDS]: waits until there are that many history rows.
comes_to() {
    wait_until "${3:-10}" has_runs "$1" "$2"
}

# configuration NAME [LINE…]: a copy of the installation's configuration, $WORK/NAME.conf, for -c,
# with more lines of [task_server]; another pid file, so that two can run at once.
configuration() {
    configuration_file=$WORK/$1.conf
    shift
    cp "$INSTALLATION/config/kivitendo.conf" "$configuration_file"
    for configuration_line in "$@"; do
        # A key that is set twice would be an error.
        sed -i "/^${configuration_line%% *} *=/d" "$configuration_file"
        printf '%s\n' "$configuration_line" >>"$configuration_file"
    done
    chmod 0644 "$configuration_file"
}

# random SEED COUNT LIMIT: whole numbers from 0 up to, and without, the limit.
random() {
    awk -v seed="$1" -v count="$2" -v limit="$3" \
        'BEGIN { srand(seed); for (i = 0; i < count; i++) print int(rand() * limit) }'
}

# milliseconds: monotonic enough for a test.
milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

# pause MILLISECONDS
pause() {
    sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}
