#!/bin/sh
# slow
# What others do to a job's row while the job is under way stands, and they need not wait for us;
# what others have set for the role or the database changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
ts_setting 'max_parallel = 16'

# ---- edited between claim and settle --------------------------------------------------------------

# A client for each edit; all jobs are held up, edited, and let go together.
edited='next spec page inactive data deleted renamed lastrun type node later notime badspec'
for client in $edited; do
    add_client "$client"
    add_held_job "$client"
    hold_up "$client"
done
start_ts one -v run

# edit CLIENT SENTENCE ASSIGNMENTS
edit() {
    under_way "$1" || diag "$1 is not under way"
    ok "$2: the page does not wait" at_once "$1" "UPDATE background_jobs SET $3"
}

edit next 'another time' "next_run_at = '2031-01-01 12:34:56'"
edit spec 'another schedule alone' "cron_spec = '17 4 2 1 *'"
edit page 'another schedule, saved by a page' "cron_spec = '17 4 2 1 *', next_run_at = '2032-01-02 04:17:00'"
edit inactive 'switched off' 'active = false'
edit data 'other data' "data = 'a: 1', description = 'edited'"
edit renamed 'another package' "package_name = 'Test'"
edit lastrun 'saved and executed by a page' "last_run_at = '2037-01-01 00:00:00'"
edit type 'once instead of interval' "type = 'once'"
edit node 'another node' "node_id = 'elsewhere'"
edit later 'the very same values' "next_run_at = next_run_at, cron_spec = cron_spec"
edit notime 'no time' 'next_run_at = NULL'
edit badspec 'a schedule that is none' "cron_spec = 'x'"
under_way deleted
ok 'deleted: the page does not wait' at_once deleted 'DELETE FROM background_jobs'
for client in $edited; do
    let_go "$client"
done
ok 'the run ends well' wait_ts one

# row CLIENT: what the row says afterwards, and how many runs there were.
row() {
    client_sql "$1" "SELECT next_run_at, cron_spec, active, coalesce(data, 'NULL'),
        last_run_at = (SELECT run_at FROM background_job_histories),
        (SELECT count(*) FROM background_job_histories WHERE package_name = '$HELD_JOB' AND status = 'success')
        FROM background_jobs"
}
next_january=$(($(date +%Y) + 1))-01-02
case $(date +%m-%d) in 01-01) next_january=$(date +%Y)-01-02 ;; esac
next_night=$(job_field later 1 next_run_at)
is 'the next time is written' "$(date -d "$next_night" +%H:%M)" 03:00
is 'an edited time stands' "$(row next)" '2031-01-01 12:34:56|0 3 * * *|t|NULL|t|1'
is 'of an edited schedule the time follows it' "$(row spec)" "$next_january 04:17:00|17 4 2 1 *|t|NULL|t|1"
is 'what the page wrote stands' "$(row page)" '2032-01-02 04:17:00|17 4 2 1 *|t|NULL|t|1'
is 'what was switched off stays so' "$(row inactive)" "$next_night|0 3 * * *|f|NULL|t|1"
is 'edited data stand' "$(row data)" "$next_night|0 3 * * *|t|a: 1|t|1"
is 'the history has what the job saw' \
    "$(client_sql data 'SELECT data, description FROM background_job_histories')" '|'
is 'a deleted row leaves its history only' \
    "$(history deleted) $(client_sql deleted 'SELECT count(*) FROM background_jobs')" "$HELD_JOB|success|1| 0"
is 'so does one that is another package now' \
    "$(history renamed) $(client_sql renamed 'SELECT package_name, last_run_at, next_run_at < localtimestamp FROM background_jobs')" \
    "$HELD_JOB|success|1| Test||t"
is 'last_run_at does not go backwards' "$(job_field lastrun 1 'last_run_at, next_run_at')" \
    "2037-01-01 00:00:00|$next_night"
is 'a type that was edited stands' "$(job_field type 1 'type, next_run_at')" "once|$next_night"
is 'so does a node' "$(job_field node 1 'node_id, next_run_at')" "elsewhere|$next_night"
is 'and no time at all' "$(row notime)" '|0 3 * * *|t|NULL|t|1'
is 'a schedule that is none will rest when its time comes' "$(row badspec)" "$next_night|x|t|NULL|t|1"
like 'it is said what became of the row' "$TS_ERR" "client 'next': job 1 \(.*\) after [0-9]+ ms: succeeded, next as edited meanwhile"
like 'also where there is none' "$TS_ERR" "client 'deleted': job 1 \(.*\) after [0-9]+ ms: succeeded, next none, the row is gone"

# ---- edited between list and claim ----------------------------------------------------------------

add_client listed
add_held_job listed
for what in put-off switched-off deleted; do
    add_job listed Test '0 3 * * *' due --data "result: $what"
done
hold_up listed
start_ts one -v run
under_way listed
client_sql listed "UPDATE background_jobs SET next_run_at = '2031-01-01' WHERE data LIKE '%put-off'"
client_sql listed "UPDATE background_jobs SET active = false WHERE data LIKE '%switched-off'"
client_sql listed "DELETE FROM background_jobs WHERE data LIKE '%deleted'"
let_go listed
wait_ts one
is 'what is not due any more when its turn comes is not run' "$(history listed)" "$HELD_JOB|success|1|"

# ---- edited while it is settled -------------------------------------------------------------------

# elsewhere NAME KEY SQL: another program's session, named so, in that client's database; goes on when SQL
# is at its pg_sleep.
elsewhere() {
    elsewhere_name=$1
    (PGAPPNAME=$1 exec "$PG_BIN/psql" -X -q -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db "$2")" \
        -c "$3" >/dev/null 2>&1) &
    own_pids="$own_pids $!"
    wait_until 5 sleeps_elsewhere
}
sleeps_elsewhere() {
    [ "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
        WHERE application_name = '$elsewhere_name' AND wait_event = 'PgSleep'")" = 1 ]
}

# A page that has the row locked makes the settlement wait; what it wrote stands all the same.
add_client locked
add_job locked Test '0 3 * * *' due
locked=$JOB_ID
elsewhere page locked "BEGIN;
    UPDATE background_jobs SET next_run_at = '2033-03-03', active = false WHERE id = $locked;
    SELECT pg_sleep(0.7); COMMIT"
run_ts run
is 'a page that saves at the very same time keeps its edit' \
    "$(job_field locked "$locked" 'next_run_at, active') $(runs_of locked)" '2033-03-03 00:00:00|f 1'

# The time that follows an edited schedule is no reason to wait for somebody for long, either.
add_client waited
add_held_job waited
hold_up waited
start_ts one run
under_way waited
client_sql waited "UPDATE background_jobs SET cron_spec = '17 4 2 1 *';
    CREATE TABLE gate AS SELECT 1 AS id;
    CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN PERFORM FROM gate FOR UPDATE; RETURN NEW; END \$\$;
    CREATE TRIGGER gate BEFORE UPDATE ON background_jobs
        FOR EACH ROW WHEN (NEW.last_run_at = OLD.last_run_at) EXECUTE PROCEDURE pass_gate();
    UPDATE background_jobs SET last_run_at = '2020-01-01'" >/dev/null
elsewhere gate waited 'BEGIN; SELECT FROM gate FOR UPDATE; SELECT pg_sleep(3600)'
let_go waited
wait_ts one
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gate'" >/dev/null
is 'a row that is locked after its job was settled stays as it is' "$TS_CODE $(row waited)" \
    "0 $next_night|17 4 2 1 *|t|NULL|t|1"
like 'which is said, after ten seconds' "$TS_ERR" 'cannot set the next time of its new schedule: .*lock timeout'

# ---- settings of role and database ----------------------------------------------------------------

# set_up CLIENT SETTING…: of that client's database.
set_up() {
    set_up_client=$1
    shift
    add_client "$set_up_client"
    add_job "$set_up_client" Test '30 2 * * *' "$(date -d '2 minutes ago' '+%F %T')" --data 'result: "ü"'
    add_job "$set_up_client" SetClosedTo '30 2 * * *' due --data 'subtract_days: 1'
    add_job "$set_up_client" Test '30 2 * * *' "$(date -d '3 hours' '+%F %T')" --data 'result: early'
    for setting in "$@"; do
        pg_admin postgres -c "ALTER DATABASE \"$(client_db "$set_up_client")\" SET $setting"
    done
}

# what_came_of CLIENT: of these jobs; the settings are gone then.
what_came_of() {
    pg_admin postgres -c "ALTER DATABASE \"$(client_db "$1")\" RESET ALL"
    client_sql "$1" "SELECT string_agg(concat_ws(':', package_name, status, result, error,
            abs(extract(epoch FROM run_at - timestamp '$(date '+%F %T')')) < 60), ' ' ORDER BY id),
        (SELECT string_agg(concat_ws(':', to_char(next_run_at, 'HH24:MI:SS'), last_run_at IS NULL), ' ' ORDER BY id)
            FROM background_jobs WHERE data NOT LIKE '%early'),
        (SELECT closedto FROM defaults) FROM background_job_histories"
}

closedto=$(date -d 'yesterday -1 month' +%F)
set_up plain
set_up isolated "default_transaction_isolation = 'repeatable read'"
set_up serial "default_transaction_isolation = 'serializable'" 'default_transaction_deferrable = on'
set_up german "datestyle = 'German'" "lc_messages = 'C'" "intervalstyle = 'sql_standard'"
set_up american "datestyle = 'SQL, MDY'" 'standard_conforming_strings = off' 'extra_float_digits = -15'
set_up latin "client_encoding = 'LATIN1'" "bytea_output = 'escape'"
set_up hasty 'statement_timeout = 20' 'lock_timeout = 1' 'idle_in_transaction_session_timeout = 1' \
    'idle_session_timeout = 500'
set_up tokyo "timezone = 'Asia/Tokyo'"
set_up samoa "timezone = 'Pacific/Pago_Pago'"
set_up decoy 'search_path = decoy, public'
set_up lost "search_path = ''"

# What a search path could lead to: tables of the same name, and functions and operators that seem to
# fit better than the system's.
pg_psql "$(client_db decoy)" <<'EOF'
CREATE SCHEMA decoy;
CREATE TABLE decoy.background_jobs (LIKE public.background_jobs INCLUDING ALL);
CREATE TABLE decoy.background_job_histories (LIKE public.background_job_histories INCLUDING ALL);
CREATE TABLE decoy.defaults (LIKE public.defaults INCLUDING ALL);
CREATE TABLE decoy.trace (what text);
INSERT INTO decoy.background_jobs (type, package_name, cron_spec, next_run_at, active, data)
VALUES ('interval', 'Test', '* * * * *', '2020-01-01', true, 'result: decoy');
CREATE FUNCTION decoy.trap(text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO decoy.trace VALUES ($1); RAISE 'trapped by %', $1; END $$;
CREATE FUNCTION decoy.pg_try_advisory_xact_lock(integer, integer) RETURNS boolean LANGUAGE sql AS
    $$ SELECT decoy.trap('lock') $$;
CREATE FUNCTION decoy.current_setting(text, boolean) RETURNS text LANGUAGE sql AS
    $$ SELECT decoy.trap('setting')::text $$;
CREATE FUNCTION decoy.le(timestamp, timestamp) RETURNS boolean LANGUAGE sql AS $$ SELECT decoy.trap('<=') $$;
CREATE OPERATOR decoy.<= (LEFTARG = timestamp, RIGHTARG = timestamp, FUNCTION = decoy.le);
CREATE FUNCTION decoy.eq(integer, integer) RETURNS boolean LANGUAGE sql AS $$ SELECT decoy.trap('=') $$;
CREATE OPERATOR decoy.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = decoy.eq);
EOF
ok 'a run over clients with odd settings succeeds' run_ts run
is 'nobody fell for the decoys' "$(client_sql decoy "SET search_path = decoy;
    SELECT (SELECT count(*) FROM trace), (SELECT count(*) FROM background_job_histories),
        (SELECT next_run_at FROM background_jobs)")" '0|0|2020-01-01 00:00:00'
for client in plain isolated serial german american latin hasty tokyo samoa decoy lost; do
    is "$client: everything is as anywhere" "$(what_came_of $client)" \
        "Test:success:ü:t SetClosedTo:success:1:t|02:30:00:f 02:30:00:f|$closedto"
done

# The same as defaults of the role, in the authentication database too.
odd=odd_$$
pg_admin postgres <<EOF
CREATE ROLE $odd LOGIN IN ROLE kivitendo;
ALTER ROLE $odd SET default_transaction_isolation = 'serializable';
ALTER ROLE $odd SET datestyle = 'German';
ALTER ROLE $odd SET search_path = decoy;
ALTER ROLE $odd SET timezone = 'Asia/Kathmandu';
ALTER ROLE $odd SET client_encoding = 'LATIN1';
ALTER ROLE $odd SET lock_timeout = 1;
ALTER ROLE $odd SET idle_in_transaction_session_timeout = 1;
ALTER ROLE $odd SET statement_timeout = 20;
EOF
at_exit "pg_admin postgres -c 'DROP ROLE IF EXISTS $odd'"
add_client odd --role $odd
add_job odd Test '30 2 * * *' due --data 'result: "ü"'
add_job odd UpdateEmployeeBaseData '30 2 * * *' due
sed -i "s/^user *=.*/user = $odd/" "$INSTALLATION/config/kivitendo.conf"
ok 'a run as a role with odd settings succeeds' run_ts run
is 'its jobs are done' "$(history odd)" 'Test|success|ü|
UpdateEmployeeBaseData|success|1|'
is 'and go on at the right time' "$(client_sql odd "SELECT DISTINCT next_run_at FROM background_jobs")" \
    "$(date -d "$([ "$(date +%H%M)" -lt 230 ] && echo today || echo tomorrow) 02:30" '+%F %T')"
done_testing
