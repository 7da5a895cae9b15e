#!/bin/sh
# The command line, and what is said to whom.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme

# program ARGUMENTS…: without -C.
program() {
    (cd "$WORK" && as_user_exec "$PG_USER" "$TASK_SERVER" "$@") >"$WORK/ts.out" 2>"$WORK/ts.err"
    TS_CODE=$?
    TS_OUT=$(cat "$WORK/ts.out")
    TS_ERR=$(cat "$WORK/ts.err")
}

# ---- help -----------------------------------------------------------------------------------------

program help
is 'help goes to standard output' "$TS_CODE $TS_ERR" '0 '
commands=$(printf '%s\n' "$TS_OUT" | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | grep -v '^help$')
like 'and lists the commands' "$(echo "$commands" | tr '\n' ' ')" '^run run-job .*next .*settings .*version '
help=$TS_OUT
for option in --help -h; do
    program $option
    is "$option is the same" "$TS_CODE $TS_OUT" "0 $help"
done
for command in $commands; do
    for option in --help -h; do
        program "$command" $option
        like "$command $option" "$TS_CODE $TS_ERR$TS_OUT" "^0 usage: task-server .*$command"
    done
    usage=$TS_OUT
    program help "$command"
    is "help $command is the same" "$TS_CODE $TS_OUT" "0 $usage"
done

# wide COMMAND…: the lines of its output that a terminal of 80 columns breaks.
wide() {
    (cd "$WORK" && LC_ALL=C.UTF-8 LANGUAGE=$language "$@") 2>&1 | perl -CS -ne 'print if length > 81'
}

use_catalogues
for language in en de; do
    for command in '' $commands; do
        # shellcheck disable=SC2086  # the first is none
        is "$language: help $command fits 80 columns" "$(wide "$TASK_SERVER" help $command)" ''
    done
    is "$language: task_server help does, too" "$(wide sh "$TEST_ROOT/scripts/task_server" help)" ''
    for script in page-module stub-job; do
        is "$language: and $script --help" "$(wide perl "$TEST_ROOT/scripts/perl/$script" --help)" ''
    done
done
like 'in German, too' "$(LC_ALL=C.UTF-8 LANGUAGE=de "$TASK_SERVER" help)" '^Aufruf: '

run_ts hold --client acme --why -h
is 'a value is no question for help' "$TS_CODE $(printf '%s\n' "$TS_OUT" | grep -c '^usage')" '0 0'
run_ts status
like 'but a value' "$TS_OUT" 'held by .*: -h$'
run_ts release --client acme
misused_help=$(program next -- --help; echo "$TS_CODE $TS_ERR")
like 'nor is a word behind --' "$misused_help" '^64 .*cron spec'
program version
is 'version' "$TS_CODE $TS_OUT" "0 task-server $(cat "$TEST_ROOT/VERSION")"

# ---- a full standard output -----------------------------------------------------------------------

add_job acme Test '0 3 * * *' null
to_full() {
    (cd "$WORK" && as_user_exec "$PG_USER" "$TASK_SERVER" "$@") >/dev/full 2>"$WORK/ts.err"
    TS_CODE=$?
    TS_ERR=$(cat "$WORK/ts.err")
}
# Words of a row are parted by blanks.
while read -r row; do
    # shellcheck disable=SC2086
    to_full $row
    like "what cannot be printed is an error: $row" "$TS_CODE $TS_ERR" \
        '^71 .*cannot write to standard output: No space left on device$'
done <<END
help
help jobs
--help
jobs --help
next --help
version
-C $INSTALLATION settings
-C $INSTALLATION jobs
-C $INSTALLATION jobs --json
-C $INSTALLATION jobs show $JOB_ID
-C $INSTALLATION status
-C $INSTALLATION status --json
-C $INSTALLATION history
-C $INSTALLATION history --json
-C $INSTALLATION history stats
-C $INSTALLATION why $JOB_ID
-C $INSTALLATION why $JOB_ID --json
-C $INSTALLATION check
-C $INSTALLATION check --json
-C $INSTALLATION check --nagios
-C $INSTALLATION hold
-C $INSTALLATION release
-C $INSTALLATION handover
END

# ---- usage errors ---------------------------------------------------------------------------------

# misused MESSAGE ARGUMENTS…
misused() {
    misused_message=$1
    shift
    program "$@"
    like "wrong: task-server $*" "$TS_CODE $TS_OUT$TS_ERR" "^64 .*$misused_message"
}

misused 'a command is missing'
misused 'a command is missing' -v
misused "there is no command 'walk'" walk
misused "there is no command 'walk'" help walk
misused "there is no command 'Run'" Run
misused "there is no command ''" ''
misused '' -x run
misused '' --nothing run
misused '' -c
misused '' -C
misused 'it takes no arguments' run now
misused 'it takes no arguments; options such as -v stand before it' run -v
misused '' version 2
misused '' next
misused '' run-job
misused '' run-job one
misused '' run-job --client
misused '' -C "$INSTALLATION" run-job 1 2 3

# ---- what is said ---------------------------------------------------------------------------------

# add_work: two jobs, one of which fails, and one that is not due.
add_work() {
    client_sql acme 'TRUNCATE background_jobs, background_job_histories'
    add_job acme Test '0 3 * * *' due --data 'result: fine'
    add_job acme Test '0 3 * * *' due --data 'exception: "bad\nline\e[31m"'
    add_job acme Test '0 3 * * *' null
}

add_work
run_ts run
like 'cron is told of a failed job' "$TS_ERR" "^client 'acme': job [0-9]+ \\(Test\\) after [0-9]+ ms: failed, next .*: Oh cruel world: bad\\\\nline\\\\x1B\\[31m\$"
is 'and of nothing else; a failed job is no error of the run' "$TS_CODE $(printf '%s\n' "$TS_ERR" | wc -l) $TS_OUT" '0 1 '
add_work
run_ts -q run
is 'with -q, too' "$(printf '%s\n' "$TS_ERR" | grep -c "failed, next")" "$(printf '%s\n' "$TS_ERR" | wc -l)"
add_work
run_ts -v run
like '-v: what was done' "$TS_ERR" "job [0-9]+ \\(Test\\) after [0-9]+ ms: succeeded, next [0-9-]+ 03:00:00 \\+0[12]00: fine\$"
like 'what was not done, and why' "$TS_ERR" 'job [0-9]+ \(Test\): has no next_run_at$'
like 'how it began' "$TS_ERR" '^a pass begins; enabled clients: 1$'
like 'and ended' "$TS_ERR" '^run ended; jobs: 1 succeeded, 1 failed, 0 left due, 0 claimed elsewhere; visits: 1, clients: 1, 0 of them unreachable$'
run_ts run
is 'a run with nothing to do says nothing' "$TS_CODE $TS_OUT$TS_ERR" '0 '
ts_setting 'debug = 1'
run_ts run
like '[task_server] debug is -v' "$TS_ERR" 'a pass begins'
run_ts -q run
is 'but -q is stronger' "$TS_ERR" ''
sed -i '/^debug/d' "$INSTALLATION/config/kivitendo.conf"

# ---- systemd's journal ----------------------------------------------------------------------------

# to_journal ARGUMENTS…: with a standard error that JOURNAL_STREAM names.
to_journal() {
    : >"$WORK/ts.err"
    JOURNAL_STREAM=$(stat -c %d:%i "$WORK/ts.err")
    export JOURNAL_STREAM
    run_ts "$@"
    unset JOURNAL_STREAM
}

add_work
to_journal -v run
unlike 'to the journal every line begins with its priority' "$TS_ERR" '^[^<]|^<[^34567]>'
like 'errors' "$TS_ERR" "^<3>client 'acme': job [0-9]+ \\(Test\\) after [0-9]+ ms: failed"
like 'what was done' "$TS_ERR" "^<6>client 'acme': job [0-9]+ \\(Test\\) after [0-9]+ ms: succeeded"
like 'decisions' "$TS_ERR" '^<7>client .acme.: job [0-9]+ \(Test\): has no next_run_at'
add_work
to_journal run
like 'the journal keeps what was done, without being asked' "$TS_ERR" '^<6>.*succeeded'
unlike 'but not each decision' "$TS_ERR" '^<7>'
to_journal -x
like 'usage errors, too' "$TS_ERR" '^<3>'
JOURNAL_STREAM=1:1
export JOURNAL_STREAM
run_ts -v run
unlike "somebody else's journal is not ours" "$TS_ERR" '^<'
unset JOURNAL_STREAM

# ---- nobody listens -------------------------------------------------------------------------------

add_work
(cd "$WORK" && as_user "$PG_USER" "$TASK_SERVER" -C "$INSTALLATION" -v run 2>&1 >/dev/null; echo $? >"$WORK/code") | head -c 1 >/dev/null
is 'a reader that goes away does not stop a run' "$(cat "$WORK/code") $(runs_of acme)" '0 2'
add_held_job acme
hold_up acme
(cd "$WORK" && as_user_exec "$PG_USER" sh -c 'exec "$@" <&- >&- 2>&-' sh "$TASK_SERVER" -C "$INSTALLATION" -v run) &
closed=$!
own_pids="$own_pids $closed"
under_way acme
is 'with closed descriptors messages do not end up in the pid file' \
    "$(cat "$INSTALLATION/users/pid/config.kivitendo.conf.pid")" "$closed"
let_go acme
wait $closed
is 'and the run works' "$? $(runs_of acme)" '0 3'
done_testing
