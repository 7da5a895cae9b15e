#!/bin/sh
# slow
# handover: what would trouble kivitendo's own task server is listed, and mended with --fix.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
own_cluster
make_standin "$WORK/kivi"
. "$TEST_ROOT/tests/lib/waiting.sh"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END
connect_timeout = 2

[task_server/commands]
Nightly = /bin/sh $WORK/waits
Waits = /bin/sh $WORK/waits
END
add_client acme
add_client beta --name "be$(printf '\033')[31mta"

# rows KEY: id, activity and whether there is a next time, of those that are looked at below.
row() {
    job_field "$1" "$2" "active || ' ' || (next_run_at IS NOT NULL)"
}

# says ID: the trouble that is named for it.
says() {
    printf '%s\n' "$TS_OUT" | sed -n "s/^acme *$1  *[A-Za-z]*  *//p"
}

ok 'a fresh client' run_ts handover
is 'is no trouble' "$TS_OUT" 'nothing would trouble task_server.pl'

add_job acme Test '0 3 * * *' '2099-01-01 03:00' && good=$JOB_ID
add_job acme Test '@daily' '2099-01-01 03:00' && nickname=$JOB_ID
add_job acme Test '0 3 * * mon' '2099-01-01 03:00' && name=$JOB_ID
add_job acme Test '0 3 * * mon,3' '2099-01-01 03:00' && mixed=$JOB_ID
add_job acme Test '@daily' '2099-01-01 03:00' --inactive && inactive=$JOB_ID
add_job acme Test '0 0 31 2 *' null && never=$JOB_ID
add_job acme Test '0 3 * * *' null && rests=$JOB_ID
add_job acme Test null null --once && once=$JOB_ID
add_job acme Test 'x' '2001-01-01 03:00' --once && done=$JOB_ID
client_sql acme "UPDATE background_jobs SET last_run_at = now() WHERE id = $done" >/dev/null
add_job acme Nightly '0 3 * * *' '2099-01-01 03:00' && command=$JOB_ID
add_job acme Waits '0 3 * * *' '2099-01-01 03:00' && class=$JOB_ID
add_job beta Test '0 3 * * sun' '2099-01-01 03:00' && other=$JOB_ID

before=$(client_sql acme 'SELECT * FROM background_jobs ORDER BY id')
ok 'with rows of all kinds' run_ts handover
for row in "a good one||$good" "one that is inactive||$inactive" "one that is due once||$once" \
    "one that was done||$done" \
    "a nickname|task_server.pl refuses its schedule '@daily': only 1 of 5 fields|$nickname" \
    "a weekday's name|task_server.pl refuses its schedule '0 3 \\* \\* mon': day of week field 'mon' picks nothing|$name" \
    "a name in a list|look at its schedule '0 3 \\* \\* mon,3': |$mixed" \
    "a schedule that never fires|task_server.pl refuses its schedule '0 0 31 2 \\*': no month|$never" \
    "one that rests|it rests without next_run_at|$rests" \
    "a command|it is a command of \\[task_server/commands\\], which task_server.pl does not know|$command" \
    "a command in the place of a class|it runs as a command; task_server.pl will run kivitendo's class|$class"; do
    trouble=${row#*|}
    trouble=${trouble%|*}
    if [ -n "$trouble" ]; then
        like "${row%%|*} is named" "$(says "${row##*|}")" "^$trouble"
    else
        is "${row%%|*} is no trouble" "$(says "${row##*|}")" ''
    fi
done
like "another client's, by a harmless name" "$TS_OUT" "^be\\?\\[31mta *$other *Test *task_server.pl refuses"
is 'nothing is changed' "$(client_sql acme 'SELECT * FROM background_jobs ORDER BY id')" "$before"

ok 'with --fix' run_ts handover --fix
like 'it says what it did' "$(says "$nickname")" 'made inactive$'
like 'and when a job runs next' "$(says "$rests")" 'its next run is [0-9-]* 03:00:00 [+]0[12]00 now$'
for row in "a good one|$good|true true" "a nickname|$nickname|false true" "a name|$name|false true" \
    "a name in a list|$mixed|true true" "never|$never|false false" "one that rests|$rests|true true" \
    "once|$once|true false" "a command|$command|false true" "a command in the place of a class|$class|true true"; do
    id=${row#*|}
    is "${row%%|*}: active and next time" "$(row acme "${id%|*}")" "${row##*|}"
done
is 'in the other client, too' "$(row beta "$other")" 'false true'
ok 'once more' run_ts handover --fix
is 'only what somebody has to look at is left' "$(printf '%s\n' "$TS_OUT" | tail -n +2 | awk '{ print $2 }' | tr '\n' ' ')" "$mixed $class "

# ---- a run that is not recorded -------------------------------------------------------------------

client_sql acme 'DELETE FROM background_jobs' >/dev/null
not_begun away
add_waiting acme Nightly away
start_ts away run
has_begun away
run_ts handover
like 'a job at work is named' "$TS_OUT" 'jobs at work: 1'
pg_stop immediate
let_end away
wait_ts away
fails 'without a database' 75 run_ts handover
like 'it says so' "$TS_ERR" 'cannot connect'
pg_start
ok 'when it is back' run_ts handover
like 'the run that waits is named' "$TS_OUT" '^acme .*runs that wait to be recorded: 1'
ok '--fix' run_ts handover --fix
is 'records it' "$(client_sql acme "SELECT package_name || ' ' || status FROM background_job_histories")" 'Nightly success'
unlike 'and no more is said of it' "$TS_OUT" 'wait'
pg_admin postgres -c "ALTER DATABASE $(client_db beta) ALLOW_CONNECTIONS false" >/dev/null
add_job acme Test '@daily' null
fails 'one client that is away' 75 run_ts handover --fix
like 'is named' "$TS_ERR" "client 'be.*ta' was not looked at"
like 'and the others are looked at' "$TS_OUT" '^acme '
fails 'arguments are refused' 64 run_ts handover now
done_testing
