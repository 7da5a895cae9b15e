# jobs.sh: for functional tests of single jobs.
# shellcheck shell=sh
# To be sourced after setup of tap.sh, with an installation:
#
#     . "$TEST_ROOT/tests/lib/jobs.sh"
#     is 'sentence' "$(perform acme Test 'result: 17')" 'success|17|'
#     at_time '2026-01-01 00:00:30' || skip_all 'faketime is not installed'
#     perform acme SetNumberRange …          as if it were that time; the server's clock is the real one
#     real_time

# perform CLIENT PACKAGE [DATA]: runs a new job with this data now; prints status|result|error of its
# history row, NULL for null.
perform() {
    if [ $# -gt 2 ]; then
        add_job "$1" "$2" '0 3 * * *' null --inactive --data "$3"
    else
        add_job "$1" "$2" '0 3 * * *' null --inactive
    fi
    run_ts -q run-job "$JOB_ID" --client "$1"
    last_run "$1"
}

last_run() {
    client_sql "$1" "SELECT status, coalesce(result, 'NULL'), coalesce(error, 'NULL')
        FROM background_job_histories ORDER BY id DESC LIMIT 1"
}

# at_time 'YYYY-MM-DD HH:MM:SS': local time at which the executor is to believe to start from now on.
# False where that cannot be done.
at_time() {
    case ${TEST_FLAVOUR:-} in
    asan) return 1 ;; # its runtime must be the first library, faketime wants to be that too
    esac
    command -v faketime >/dev/null || return 1
    real_program=${real_program:-$TASK_SERVER}
    TASK_SERVER=$WORK/task-server-at-another-time
    cat >"$TASK_SERVER" <<END
#!/bin/sh
export FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1
exec faketime -f '@$1' '$real_program' "\$@"
END
    chmod 0755 "$TASK_SERVER"
}

real_time() {
    TASK_SERVER=${real_program:-$TASK_SERVER}
}
