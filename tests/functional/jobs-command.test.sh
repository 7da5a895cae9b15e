#!/bin/sh
# jobs: shows all clients' jobs, and changes them as kivitendo's page does.
# shellcheck disable=SC2016  # dollars in single quotes are Perl's
. "$(dirname "$0")/../lib/tap.sh"
setup
. "$TEST_ROOT/tests/lib/waiting.sh"
make_installation "$WORK/kivi"
mkdir -p "$INSTALLATION/SL/BackgroundJob"
for class in Base Printing; do
    echo "# A stand-in." >"$INSTALLATION/SL/BackgroundJob/$class.pm"
done
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Echo = /bin/echo done
Waits = /bin/sh $WORK/waits
END
own_installation
add_client acme
add_client beta --name "Müller & Söhne"
add_client older --old
add_client asleep --disabled

add_job acme Test '0 3 * * *' due --data 'exception: "boom\nand more"' --description 'Fails every night'
test_job=$JOB_ID
add_job acme Printing '*/5 8-17 * * 1-5' '2030-01-01 08:00:00'
add_job acme Test '0 4 * * *' null --inactive
inactive_job=$JOB_ID
add_job beta Test 'every day' null
add_job beta Echo '30 2 * * *' due --node elsewhere
add_job older UpdateEmployeeBaseData '*/5 * * * *' due
run_ts run
# Whatever the clock says now: nothing else becomes due while this test runs.
for client in acme older; do
    client_sql $client "UPDATE background_jobs SET next_run_at = '2100-01-01 03:00:00'
        WHERE active AND package_name <> 'Printing'" >/dev/null
done
add_job acme Test null null --once

# json EXPRESSION: of the last output, as a Perl expression on $d; $j are the jobs of all clients.
json() {
    printf '%s\n' "$TS_OUT" | perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>);
        my @j = map { my $c = $_; map { { %$_, client => $c->{name} } } @{ $c->{jobs} } } @{ $d->{clients} };
        my $r = eval($ARGV[0]); die $@ if $@; binmode STDOUT, ":utf8"; print $r // "null"' "$1"
}

# ---- the table ------------------------------------------------------------------------------------

ok 'jobs shows a table' run_ts jobs
is 'a line for each job of every enabled client, and one for the others' "$(printf '%s\n' "$TS_OUT" | wc -l)" 9
like 'which says how many' "$TS_OUT" '^1 client is not enabled, and not shown$'
like 'a failed job: schedule, next run, how the last one ended, which way, what for' "$TS_OUT" \
    "^acme +$test_job  Test +yes +daily at 03:00 +in [0-9]+ d \\(2100-01-01 03:00 \\+0[12]00\\) +[0-9]+ (s|min) ago \\([-0-9]+ [0-9:]+ \\+0[12]00\\) +natively: .* Fails every night +failed: Oh cruel world: boom\$"
like 'only the first line of an error' "$TS_OUT" 'cruel world: boom$'
like 'a schedule in words' "$TS_OUT" 'Printing +yes +every 5 minutes from 08:00 to 17:55, Mondays to Fridays +in [0-9]+ d'
like 'one that is no schedule' "$TS_OUT" "Müller & Söhne +[0-9]+  Test +yes +wrong: 'every day' +rests"
like 'a job of another node' "$TS_OUT" 'Echo +yes +daily at 02:30 +on node elsewhere'
like 'one that is not active' "$TS_OUT" 'Test +no +daily at 04:00 +not active +never'
like 'one that runs once and is due, whatever its time' "$TS_OUT" 'Test +yes +once +due now'
like 'a database of an older release' "$TS_OUT" 'older +[0-9]+  UpdateEmployeeBaseData +yes +every 5 minutes .*success'
is 'nothing else is said' "$TS_ERR" ''

# too_wide: lines of the last output that are wider than COLUMNS.
too_wide() {
    printf '%s\n' "$TS_OUT" | perl -CS -ne 'chomp; print "$_\n" if length > $ENV{COLUMNS}'
}

long_error=$(printf 'a long error %.0s' $(seq 40))
client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, last_run_at)
    VALUES ('interval', 'Test', '0 5 * * *', true, '2026-01-01')" >/dev/null
long_job=$(client_sql acme 'SELECT max(id) FROM background_jobs')
client_sql acme "INSERT INTO background_job_histories (package_name, run_at, status, error)
    VALUES ('Test', '2026-01-01', 'failure', '$long_error')" >/dev/null
run_ts jobs
like 'in a pipe a long error is cut, wherever it stands' "$TS_OUT" "$long_job  Test .*  failed: (a long error ){8}a long …\$"
late_job=$(client_sql acme "INSERT INTO background_jobs (type, package_name, cron_spec, active, next_run_at)
    VALUES ('interval', 'Test', '0 5 * * *', true, now() - interval '3 hours') RETURNING id")
run_ts jobs
like 'one that is late: for how long, and since when' "$TS_OUT" \
    "$late_job  Test +yes +daily at 05:00 +due for (3 h|18[0-9] min) \\(20[-0-9: ]{14} \\+0[12]00\\) +never"
for COLUMNS in 60 80 120 200 240; do
    export COLUMNS
    run_ts jobs
    is "on $COLUMNS columns no line is longer" "$(too_wide)" ''
    like '  an error is told' "$TS_OUT" 'failed: a long error a long'
    like '  what is not active is said to be so' "$TS_OUT" ' Test +no +daily at 04:00 +not active'
    unlike '  no date loses its zone' "$TS_OUT" '\([-0-9: +]*…'
    run_ts jobs show "$long_job" --client acme
    is '  nor one of jobs show' "$(too_wide)" ''
    is '  which has the error whole' "$(printf '%s\n' "$TS_OUT" | sed -n '/^error/,/^runs/p' | tr -s ' ' '\n' |
        grep -c '^long$')" 40
done
unset COLUMNS
client_sql acme "DELETE FROM background_jobs WHERE id IN ($long_job, $late_job)" >/dev/null

# shows SENTENCE NUMBER ARGUMENTS…: so many jobs with these filters.
shows() {
    shows_sentence=$1
    shows_number=$2
    shift 2
    run_ts jobs --json "$@"
    is "$shows_sentence" "$TS_CODE $(json 'scalar @j')" "0 $shows_number"
}

shows '--json has them all' 7
shows '--client by name' 4 --client acme
shows '--client by id' 2 --client 2
shows '--package' 4 --package Test
shows '--failed' 1 --failed
shows '--due' 1 --due
shows '--active' 6 --active
shows '--inactive' 1 --inactive
shows 'several of them' 1 --client acme --package Test --failed
run_ts jobs --json --client acme
is '--json: everything about a job' "$(json "join '|', map { \$j[0]{\$_} // 'null' }
    qw(id package type active cron_spec schedule state kind node description)")" \
    "$test_job|Test|interval|1|0 3 * * *|daily at 03:00|later|native|null|Fails every night"
is 'with the whole error' "$(json '$j[0]{last_run}{error}')" 'Oh cruel world: boom
and more'
run_ts jobs --json --client asleep
is 'a client that is not enabled is said to be so' "$(json '$d->{clients}[0]{enabled} ? 1 : 0')" 0

run_ts jobs --package Nobody
is 'none at all' "$(printf '%s\n' "$TS_OUT" | head -n 1)" 'no jobs'
fails 'one that is not enabled has no list' 64 run_ts jobs --client asleep
like 'and only that is said' "$TS_OUT|$TS_ERR" "^\|client 'asleep' is not enabled: [^|]*\$"
COLUMNS=240 run_ts jobs --client older
unlike 'a description that no job has is no column' "$TS_OUT" description
like 'and leaves room for the others' "$TS_OUT" 'natively: [^…]*$'
COLUMNS=200 run_ts jobs
like 'with less room a word says how a job runs' "$TS_OUT" ' natively +(Fails every night|success|failed)'
unlike 'and no reason without its end' "$TS_OUT" 'natively: '

add_client gone --dbname nowhere
fails 'a client that is away: try again later' 75 run_ts jobs
like 'and it is said which' "$TS_ERR" "client 'gone': cannot connect"
is 'the others are shown' "$(printf '%s\n' "$TS_OUT" | wc -l)" 9
run_ts jobs --client gone
is 'whether it has jobs is not known' "$TS_CODE $TS_OUT" '75 '
run_ts jobs --json
like 'in --json, too' "$(json '(grep { $_->{name} eq "gone" } @{ $d->{clients} })[0]{unreachable}')" 'nowhere'
fails 'nor which job is meant' 75 run_ts jobs show Nobody
like 'which is said, with what to do' "$TS_ERR" \
    "^jobs: cannot look for 'Nobody' in every client; name one with --client: client 'gone': cannot connect"
fails 'where the client is named it is known' 64 run_ts jobs disable Nobody --client acme
like 'which is said, too' "$TS_ERR" "there is no job 'Nobody' in that client"
auth_sql "DELETE FROM auth.clients WHERE name = 'gone'"

# ---- what works on a job, and what holds it -------------------------------------------------------

class=$((0x6b6a6f62))
ok 'while somebody has claimed a job' hold acme "SELECT pg_advisory_xact_lock($class, $test_job)"
run_ts jobs --client acme
like 'it is said to be at work' "$TS_OUT" 'Test +yes +daily at 03:00 +at work \(database process [0-9]+\)'
run_ts jobs show "$test_job" --client acme --json
is '--json says by whom' "$(json '$j[0]{claim}{application}')" 'hold-acme'
like 'and since when' "$(json '"$j[0]{claim}{since} $j[0]{running}{since}"')" '^20.* 20'
fails 'it is not removed' 75 run_ts jobs remove "$test_job" --client acme
like 'but said to be at work' "$TS_ERR" 'is at work now'
let_go acme
run_ts jobs --client acme --json
is 'afterwards nobody is' "$(json '$j[0]{claim} // $j[0]{running}')" null

add_waiting acme Waits one
start_ts command run
ok 'a command is under way' has_begun one
run_ts jobs --client acme
like 'the session that has claimed it is named' "$TS_OUT" 'Waits .* at work \(database process [0-9]+\)'
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'task-server%' AND datname = '$(client_db acme)'" >/dev/null
run_ts jobs --client acme
like 'when that has been ended the job is at work all the same' "$TS_OUT" \
    'Waits .* at work \((process [0-9]+ of this machine|database process [0-9]+)\)'
like 'so says show' "$(run_ts jobs show Waits; echo "$TS_OUT")" '^next run +at work \('
run_ts jobs show Waits --json
like 'and --json, with process and time' "$(json '"$j[0]{running}{pid} $j[0]{running}{since}"')" '^[0-9]{2,} 20'
fails 'and it is not removed' 75 run_ts jobs remove Waits
ok 'but with --force' run_ts jobs remove Waits --force
let_end one
wait_ts command
run_ts hold --client acme --why 'the books are closed'
run_ts jobs
like 'a held client is named below the table' "$TS_OUT" "^client 'acme' is held by .*: the books are closed$"
run_ts jobs --json --client acme
is 'and in --json' "$(json '$d->{clients}[0]{hold}{why}')" 'the books are closed'
run_ts hold --until 2h --why 'the server moves'
run_ts jobs
is 'one that is held twice is named with both' "$(printf '%s\n' "$TS_OUT" | grep -c "^client 'acme' is held by ")" 2
run_ts release
run_ts release --client acme

# ---- show -----------------------------------------------------------------------------------------

ok 'show' run_ts jobs show "$test_job" --client acme
like 'tells everything' "$TS_OUT" '^data +exception: "boom'
like 'lines of an error stand below each other' "$TS_OUT" '^ +and more$'
fails 'an id that several clients have' 64 run_ts jobs show "$test_job"
like 'asks for one of them, by client and id' "$TS_ERR" \
    "'$test_job' can mean job $test_job of client 'acme', job $test_job of client '[^']+'.*: say which by id and --client"
fails 'an id that nobody has' 64 run_ts jobs show 4711
like 'is said' "$TS_ERR" "there is no job '4711' in any enabled client"
ok 'a package that only one job has' run_ts jobs show Printing
like 'is that job' "$TS_OUT" '^id +2$'
run_ts jobs show Echo --json
is 'in --json, too' "$(json "join '|', map { \$_->{package} } @j")" Echo
fails 'a package that several have' 64 run_ts jobs show Test
like 'is asked about, too' "$TS_ERR" "'Test' can mean job $test_job of client 'acme', .*job [0-9]+ of client 'Müller & Söhne'"
fails 'also in one client' 64 run_ts jobs show Test --client acme
unlike 'only with its jobs' "$TS_ERR" 'Müller'
fails 'a package that nobody has' 64 run_ts jobs show Nobody --client acme
like 'is said, too' "$TS_ERR" "there is no job 'Nobody' in that client"
for verb in show add set enable disable remove run; do
    run_ts jobs $verb --help
    like "jobs $verb --help is the usage" "$TS_CODE $TS_ERR$TS_OUT" '^0 usage: task-server .* jobs'
done

# What is longer than any line is whole.
client_sql acme "UPDATE background_job_histories SET error = repeat('ü', 9999) || 'ß' || E'\n' || repeat('ä', 9999)
    WHERE error LIKE 'Oh cruel world%'" >/dev/null
client_sql acme "UPDATE background_jobs SET description = repeat('ö', 9999) WHERE id = $test_job" >/dev/null
run_ts jobs show "$test_job" --client acme
is 'lines of any length are whole' "$(printf '%s\n' "$TS_OUT" | perl -CS -Mutf8 -ne \
    'print length $1, " " if /((?:ü|ö|ä){99,}ß?)$/')" '9999 10000 9999 '
client_sql acme "UPDATE background_jobs SET description = 'Fails every night' WHERE id = $test_job" >/dev/null

# How a job ended is the same here as in the history.
client_sql acme "UPDATE background_job_histories SET error = 'interrupted: it went down' WHERE error LIKE 'üü%'" >/dev/null
run_ts jobs --client acme --failed
like 'an interrupted run is called so' "$TS_OUT" ' interrupted: it went down$'
unlike 'and nothing else' "$TS_OUT" 'failed: interrupted'
run_ts jobs show "$test_job" --client acme --json
is 'in --json, too' "$(json '$j[0]{last_run}{status}')" interrupted
like 'and by show' "$(run_ts jobs show "$test_job" --client acme; echo "$TS_OUT")" '^how it ended +interrupted$'
nameless=$(client_sql acme "INSERT INTO background_job_histories (run_at, status, error)
    VALUES ('2026-01-01', 'failure', 'it has no package');
    INSERT INTO background_jobs (type, cron_spec, active, last_run_at)
    VALUES ('interval', '0 3 * * *', true, '2026-01-01') RETURNING id")
run_ts jobs --client acme --failed
like 'a job without a package has a history, too' "$TS_OUT" "^ *$nameless .*failed: it has no package$"
client_sql acme "DELETE FROM background_jobs WHERE id = $nameless" >/dev/null

# ---- set, enable, disable -------------------------------------------------------------------------

row() {
    client_sql "$1" "SELECT type, package_name, cron_spec, active, data, description, node_id
        FROM background_jobs WHERE id = $2"
}

last=$(job_field acme "$test_job" last_run_at)
ok 'set changes what is named' run_ts jobs set "$test_job" --client acme 'spec=15 6 * * 1' 'data=result: fine'
is 'and nothing else' "$(row acme "$test_job")" 'interval|Test|15 6 * * 1|t|result: fine|Fails every night|'
is 'the next time is set anew' "$(job_field acme "$test_job" "to_char(next_run_at, 'HH24:MI Dy')")" '06:15 Mon'
is 'the last one stays' "$(job_field acme "$test_job" last_run_at)" "$last"
like 'it is shown before' "$(printf '%s\n' "$TS_OUT" | sed -n '/^before/,/^after/p')" '^cron_spec +0 3 \* \* \*$'
like 'and after' "$(printf '%s\n' "$TS_OUT" | sed -n '/^after/,$p')" '^schedule +on Mondays at 06:15$'
ok 'an empty value takes one away' run_ts jobs set "$test_job" --client acme description= node=test
is 'so that it is null' "$(row acme "$test_job")" 'interval|Test|15 6 * * 1|t|result: fine||test'
is 'really' "$(job_field acme "$test_job" 'description IS NULL')" t
ok 'disable' run_ts jobs disable "$test_job" --client acme
is 'only that' "$(row acme "$test_job")" 'interval|Test|15 6 * * 1|f|result: fine||test'
ok 'enable' run_ts jobs enable "$inactive_job" --client acme
is 'sets the next time as well' "$(job_field acme "$inactive_job" 'active AND next_run_at > now()')" t
client_sql acme "UPDATE background_jobs SET next_run_at = next_run_at - interval '5 days' WHERE id = $inactive_job" >/dev/null
before=$(job_field acme "$inactive_job" next_run_at)
ok 'enable what is active' run_ts jobs enable "$inactive_job" --client acme
like 'says so' "$TS_OUT" '^It is active already; nothing is changed:$'
is 'and moves no time' "$(job_field acme "$inactive_job" next_run_at)" "$before"
client_sql acme "UPDATE background_jobs SET next_run_at = NULL WHERE id = $inactive_job" >/dev/null
run_ts jobs enable "$inactive_job" --client acme
is 'but gives one to a job that rests' "$(job_field acme "$inactive_job" 'next_run_at > now()')" t
run_ts jobs disable "$test_job" --client acme
run_ts jobs disable "$test_job" --client acme
like 'disable what is not active says so, too' "$TS_CODE $TS_OUT" '^0 It is inactive already; nothing is changed:$'
run_ts jobs enable "$test_job" --client acme
ok 'a package instead of an id' run_ts jobs set Printing description=known
is 'changes that job' "$(job_field acme 2 description)" known
ok 'a database of an older release' run_ts jobs set 1 --client older 'spec=0 5 * * *'
is 'is changed as well' "$(job_field older 1 cron_spec)" '0 5 * * *'
fails 'what it does not have' 64 run_ts jobs set 1 --client older 'node=x'
like 'is refused by it' "$TS_ERR" 'nothing is changed: .*node_id'

# refuses MESSAGE ARGUMENTS…: nothing is changed.
refuses() {
    refuses_message=$1
    shift
    refuses_before=$(client_sql acme 'SELECT * FROM background_jobs ORDER BY id')
    run_ts jobs "$@"
    like "refused: jobs $*" "$TS_CODE $TS_ERR" "^64 |$refuses_message"
    like '  with the reason' "$TS_ERR" "$refuses_message"
    is '  and nothing is changed' "$(client_sql acme 'SELECT * FROM background_jobs ORDER BY id')" "$refuses_before"
}

refuses "minute field '61'" set "$test_job" --client acme 'spec=61 * * * *'
refuses 'kivitendo refuses the schedule .@daily.: only 1 of 5 fields' set "$test_job" --client acme spec=@daily
refuses "day of week field 'mon' picks nothing" set "$test_job" --client acme 'spec=0 3 * * mon'
refuses 'kivitendo refuses the schedule .0 3 31 2 ' set "$test_job" --client acme 'spec=0 3 31 2 *'
refuses "unknown package 'Nonsense'" set "$test_job" --client acme package=Nonsense
refuses 'is no valid package name' set "$test_job" --client acme package=../../etc
refuses 'what kivitendo.s jobs are built on' set "$test_job" --client acme package=Base
refuses "type 'daily': it is either interval or once" set "$test_job" --client acme type=daily
refuses 'data, line 1' set "$test_job" --client acme 'data=[1'
refuses 'a map .key: value. is expected' set 2 --client acme 'data=just a text'
refuses 'active=perhaps: it is yes or no' set "$test_job" --client acme active=perhaps
refuses "there is no key 'nxt'" set "$test_job" --client acme nxt=1
refuses 'wanted KEY=VALUE' set "$test_job" --client acme spec
refuses 'wanted KEY=VALUE' set "$test_job" --client acme
refuses "client 'asleep' is not enabled" set "$test_job" --client asleep type=once
refuses "there is no client 'nobody'" set "$test_job" --client nobody type=once
refuses "there is no 'jobs walk'" walk
refuses 'jobs add: --due does not belong to it' add Test --client acme --due
refuses 'jobs: --spec does not belong to the list' --spec '0 3 * * *'
refuses 'jobs enable: wanted one JOB' enable "$test_job" again
refuses 'exclude each other' --active --inactive

ok '--force saves it' run_ts jobs set "$test_job" --client acme 'spec=0 3 * * mon' --force
is 'with the time that we know' "$(job_field acme "$test_job" "to_char(next_run_at, 'HH24:MI Dy')")" '03:00 Mon'
ok 'even what is no schedule' run_ts jobs set "$test_job" --client acme spec=never --force
like 'with a warning' "$TS_ERR" 'cannot be understood: it will not run'
is 'and no time' "$(job_field acme "$test_job" 'next_run_at IS NULL')" t
ok 'deeper data for a Perl job' run_ts jobs set 2 --client acme 'data={a: {b: [1, {c: 2}]}}'
ok 'a command' run_ts jobs set "$test_job" --client acme package=Echo 'spec=0 3 * * *' 'data=any: [text'
like 'may have any data, and is not on the pages' "$TS_ERR" "kivitendo's pages do not show it"
hostile="x'); DROP TABLE background_jobs; --"
ok 'what looks like SQL is a text' run_ts jobs set "$test_job" --client acme "description=$hostile"
is 'and stays one' "$(job_field acme "$test_job" description)" "$hostile"

# Somebody edits the row between our look and our update: it waits for their transaction.
(
    PGAPPNAME=editor exec "$PG_BIN/psql" -X -q -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db acme)" \
        -c "BEGIN; UPDATE background_jobs SET cron_spec = '7 7 * * *' WHERE id = $test_job" \
        -c 'SELECT pg_sleep(3600)' -c 'COMMIT' >/dev/null 2>&1
) &
own_pids="$own_pids $!"
edits() {
    pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'editor'
        AND wait_event = 'PgSleep'" | grep -q 1
}
waits() {
    pg_admin postgres -c "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND datname = '$(client_db acme)'" | grep -q -v '^0$'
}
done_editing() {
    pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'editor'" | grep -q '^0$'
}
if wait_until 20 edits; then
    start_ts late jobs set "$test_job" --client acme 'spec=8 8 * * *'
    ok 'an edit waits for another one' wait_until 20 waits
    pg_admin postgres -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'editor'" >/dev/null
    wait_until 20 done_editing
    wait_ts late
    is 'which was rolled back: it is done' "$TS_CODE $(job_field acme "$test_job" cron_spec)" '0 8 8 * * *'
fi
(
    PGAPPNAME=editor exec "$PG_BIN/psql" -X -q -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db acme)" \
        >/dev/null 2>&1 <<END
BEGIN;
UPDATE background_jobs SET cron_spec = '7 7 * * *' WHERE id = $test_job;
\\set ON_ERROR_ROLLBACK on
SELECT pg_sleep(3600);
COMMIT;
END
) &
own_pids="$own_pids $!"
wait_until 20 edits
start_ts late jobs set "$test_job" --client acme 'spec=9 9 * * *'
wait_until 20 waits
pg_admin postgres -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'editor'" >/dev/null
wait_until 20 done_editing
wait_ts late
is 'which was committed: nothing is changed' "$TS_CODE $(job_field acme "$test_job" cron_spec)" '75 7 7 * * *'
like 'and it is said' "$TS_ERR" "somebody has edited job $test_job meanwhile; look at it again"

# Somebody removes the row as soon as we have saved it.
client_sql acme "CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN DELETE FROM background_jobs WHERE id = NEW.id; RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER vanish AFTER UPDATE ON background_jobs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.description = 'vanishes') EXECUTE FUNCTION vanish()" >/dev/null
add_job acme Test '0 3 * * *' null
fails 'a job that is gone once it is saved' 75 run_ts jobs set "$JOB_ID" --client acme description=vanishes
like 'is told to be both' "$TS_ERR" "jobs: it is saved, but somebody has removed job $JOB_ID meanwhile\$"

# ---- add, run, remove -----------------------------------------------------------------------------

ok 'add' run_ts jobs add Test --client acme --spec '10 5 * * *' --data 'result: new' --description 'A new one' --node test
added=$(client_sql acme 'SELECT max(id) FROM background_jobs')
is 'makes a row' "$(row acme "$added")" 'interval|Test|10 5 * * *|t|result: new|A new one|test'
is 'with its next time' "$(job_field acme "$added" "to_char(next_run_at, 'HH24:MI') || (last_run_at IS NULL)")" '05:10true'
like 'and shows it' "$TS_OUT" "^id +$added\$"
ok 'add with what the page begins with' run_ts jobs add Test --client 2 --inactive
is 'which is every minute' "$(client_sql beta 'SELECT type, cron_spec, active FROM background_jobs ORDER BY id DESC LIMIT 1')" \
    'interval|* * * * *|f'
ok 'add to a database of an older release' run_ts jobs add Test --client older --type once
like 'a once job has no other schedule' "$TS_OUT" '^schedule +once$'
refuses 'wanted --client' add Test
refuses 'wanted one PACKAGE' add --client acme
refuses "unknown package 'Nonsense'" add Nonsense --client acme

ok 'run' run_ts jobs run "$added" --client acme
is 'runs it' "$(client_sql acme "SELECT result FROM background_job_histories ORDER BY id DESC LIMIT 1")" new
client_sql acme "UPDATE background_jobs SET package_name = 'ValidityTokenCleanup' WHERE id = $added" >/dev/null
ok 'run by a package' run_ts jobs run ValidityTokenCleanup
like 'runs that job' "$TS_ERR" "client 'acme': job $added \\(ValidityTokenCleanup\\).*succeeded"
client_sql acme "UPDATE background_jobs SET package_name = 'Test' WHERE id = $added" >/dev/null
fails 'run by a package that several have' 64 run_ts jobs run Test
like 'names them' "$TS_ERR" "'Test' can mean job"
ok 'remove' run_ts jobs remove "$added" --client acme
is 'takes it away' "$(row acme "$added")" ''
like 'and shows what it was' "$TS_OUT" '^data +result: new$'
fails 'twice is an error' 64 run_ts jobs remove "$added" --client acme

# ---- German ---------------------------------------------------------------------------------------

use_catalogues
client_sql acme "UPDATE background_jobs SET type = 'interval', cron_spec = '0 4 * * *', node_id = NULL, active = true,
    next_run_at = now() - interval '3 days', last_run_at = '2020-01-01' WHERE id = $test_job" >/dev/null
LC_ALL=C.UTF-8 LANGUAGE=de COLUMNS=120 run_ts jobs --client acme
like 'in German, too, it is due since and not in' "$TS_OUT" ' täglich um 04:00 +fällig seit 3 d +vor [0-9]+ d +unbekannt$'
LC_ALL=C.UTF-8 LANGUAGE=de run_ts jobs --client acme
like 'in German the schedule is put in German words' "$TS_OUT" 'montags bis freitags alle 5 Minuten von 08:00 bis 17:55'
client_sql acme 'DELETE FROM background_jobs WHERE id > 1' >/dev/null
for package in BackgroundJobCleanup CleanAuthSessions CleanBackgroundJobHistory ValidityTokenCleanup; do
    add_job acme $package '0 3 * * *' '2100-01-01 03:00:00'
done
COLUMNS=80 LC_ALL=C.UTF-8 LANGUAGE=de run_ts jobs
is 'on 80 columns packages lose their ends before schedules do' "$(printf '%s\n' "$TS_OUT" | grep -c 'täglich um 03:00  ')" 4
sed -i 's/^language = en/language = de/' "$INSTALLATION/config/kivitendo.conf"
run_ts jobs
like 'who reads English reads English, whatever is recorded' "$TS_OUT" 'CleanAuthSessions .* natively: the installation'
done_testing
