#!/bin/sh
# slow
# A run shows what it has been at for a while, in the state directory; short jobs leave no trace there.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme
add_client beta --name "be$(printf '\t')ta"

# busy [PATTERN]: the lines of the file that match, their tabs as commas.
busy() {
    cat "$INSTALLATION"/users/task_server/*.busy 2>/dev/null | tr '\t' , | grep -E "${1:-^}"
}

gone() {
    ! busy "$1" >/dev/null
}

add_job acme Test '0 3 * * *' due
run_ts run
is 'a short run shows nothing' "$(busy)" ''

add_held_job acme
acme_job=$JOB_ID
add_held_job beta
beta_job=$JOB_ID
hold_up acme
hold_up beta
start_ts one run
ok 'what takes a while is shown' wait_until 30 busy "^job,[0-9]{16},native,$acme_job,1,[0-9]+,$HELD_JOB,acme\$"
ok 'of every client, in one line' wait_until 30 busy "^job,[0-9]{16},native,$beta_job,2,[0-9]+,$HELD_JOB,be ta\$"
is "with the run's pid" "$(busy '^run' | cut -d, -f2)" "$TS_PID"
is 'nobody else may read it' "$(stat -c %a "$INSTALLATION"/users/task_server/*.busy)" 600
run_ts hold --client 2
like 'who holds the client hears what goes on there' "$TS_OUT" \
    "^client 'be ta': job $beta_job \\($HELD_JOB\\) is running since 20.* ago\\)\$"
unlike 'and not what goes on elsewhere' "$TS_OUT" "client 'acme': job"
run_ts release --client 2
let_go beta
ok 'when it is done it is not shown any more' wait_until 30 gone ',be ta$'
ok 'but what goes on is' busy ',acme$'
let_go acme
wait_ts one
is 'nothing is left when the run has ended' "$TS_CODE $(busy)" '0 '

add_held_job acme
hold_up acme
start_ts two run
wait_until 30 busy "^job"
kill -s KILL "$TS_PID"
wait_ts two
like 'a run that is killed leaves its file' "$(busy)" "^run,$TS_PID,"
let_go acme
ok 'which the next does not take for its own' run_ts run
done_testing
