#!/bin/sh
# slow
# Rows that nobody should have written: each gets one clear failure row or is left alone, and disturbs
# no other.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme

# ---- schedules ------------------------------------------------------------------------------------

# rests SENTENCE SPEC WHY: as an interval row and as a once row.
rests() {
    client_sql acme 'TRUNCATE background_jobs, background_job_histories'
    add_job acme Test "$2" due
    interval=$JOB_ID
    add_job acme Test "$2" due --once
    once=$JOB_ID
    add_job acme Test '0 3 * * *' due --data 'result: behind them'
    run_ts run
    is "$1: the run ends well" "$TS_CODE" 0
    is 'neither job is run, each has one failure row' \
        "$(client_sql acme "SELECT count(*) FROM background_job_histories WHERE status = 'failure' AND result IS NULL")" 2
    like 'which quotes the schedule and says why' \
        "$(client_sql acme "SELECT error FROM background_job_histories WHERE status = 'failure'")" \
        "^the schedule '.*' $3; the job was not run and rests until its schedule is changed\$"
    like 'of a once row, that it must be run by hand' \
        "$(client_sql acme "SELECT error FROM background_job_histories WHERE status = 'failure'")" \
        "^the schedule '.*' $3; the job, which is run only once, was not run; task-server run-job $once runs it\$"
    is 'the interval row has no next time' "$(job_field acme "$interval" 'next_run_at, last_run_at')" '|'
    is 'the once row counts as having run' \
        "$(client_sql acme "SELECT last_run_at = h.run_at FROM background_jobs AS b, background_job_histories AS h
            WHERE b.id = $once AND h.status = 'failure' ORDER BY h.id DESC LIMIT 1")" t
    is 'the job behind them ran' "$(client_sql acme "SELECT result FROM background_job_histories WHERE status = 'success'")" \
        'behind them'
    run_ts run
    is 'nothing comes again' "$(client_sql acme 'SELECT count(*) FROM background_job_histories')" 3
}

rests 'a schedule that is none' 'every night' 'cannot be understood \(.*\)'
rests 'a value out of range' '61 3 * * *' 'cannot be understood \(.*61.*\)'
rests 'four fields' '0 3 * *' 'cannot be understood \(.*\)'
rests 'hostile text' "'; DROP TABLE background_jobs; -- %s %n" 'cannot be understood \(.*\)'
rests 'a day that no year has' '0 0 31 2 *' 'never fires: there is no such date'
run_ts -v run
like 'why it is not due is said' "$TS_ERR" 'job [0-9]+ \(Test\): has no next_run_at'
client_sql acme "UPDATE background_jobs SET cron_spec = '0 3 * * *', next_run_at = date_trunc('second', localtimestamp) WHERE id = $interval"
run_ts run
is 'once somebody has mended it, it runs' \
    "$(client_sql acme "SELECT count(*) FROM background_job_histories WHERE status = 'success'")" 2

# ---- packages -------------------------------------------------------------------------------------

client_sql acme 'ALTER TABLE background_jobs ALTER package_name TYPE text;
    ALTER TABLE background_job_histories ALTER package_name TYPE text'

# refused SENTENCE SQL-EXPRESSION ERROR: the package, and what its failure row says.
refused() {
    client_sql acme "TRUNCATE background_jobs, background_job_histories;
        INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active)
        VALUES ('interval', $2, '0 3 * * *', '2020-01-01', true),
            ('interval', 'Test', '0 3 * * *', '2020-01-02', true)"
    run_ts run
    is "$1: the run ends well" "$TS_CODE" 0
    like 'the job fails, and why is said' "$(client_sql acme "SELECT error FROM background_job_histories
        WHERE status = 'failure' AND package_name IS NOT DISTINCT FROM $2")" "$3"
    is 'once; it goes on at its next time, and the job behind it runs' \
        "$(run_ts run; client_sql acme "SELECT count(*), (SELECT bool_and(next_run_at > localtimestamp)
            FROM background_jobs) FROM background_job_histories")" '2|t'
}

refused 'an unknown package' "'NoSuchJob'" "unknown package 'NoSuchJob'.*SetNumberRange"
refused 'a path' "'../x'" "'\\.\\./x' is no valid package name"
refused 'a command' "'x; rm'" "'x; rm' is no valid package name"
refused 'a folder' "'Foo/Bar'" "'Foo/Bar' is no valid package name"
refused 'Perl' "'Test::Foo'" "'Test::Foo' is no valid package name"
refused 'a small letter' "'test'" "'test' is no valid package name"
refused 'a blank behind it' "'Test '" "'Test ' is no valid package name"
refused 'line breaks and control characters' "E'Test\\n\\x1b[31m'" 'is no valid package name'
refused 'a format' "'%s%n%n'" "'%s%n%n' is no valid package name"
refused 'umlauts' "'Tést'" "'Tést' is no valid package name"
refused '10,000 characters' "repeat('A', 10000)" 'is no valid package name'
refused '10,000 umlauts' "repeat('ü', 10000)" 'is no valid package name'
refused 'an empty one' "''" "'' is no valid package name"
refused 'none' 'NULL' "'' is no valid package name"
is 'the messages have no control characters in them' "$(LC_ALL=C tr -d '\n\040-\377' <"$WORK/ts.err" | wc -c)" 0

# ---- types, nulls, times --------------------------------------------------------------------------

# left_alone SENTENCE COLUMNS VALUES REASON
left_alone() {
    client_sql acme "TRUNCATE background_jobs, background_job_histories;
        INSERT INTO background_jobs ($2) VALUES ($3);
        INSERT INTO background_jobs (type, package_name, next_run_at, active)
        VALUES ('interval', 'Test', '2020-01-02', true)"
    before=$(client_sql acme 'SELECT * FROM background_jobs ORDER BY id LIMIT 1')
    run_ts -v run
    is "$1: the row is left alone, and the next one runs" \
        "$TS_CODE $(client_sql acme 'SELECT count(*) FROM background_job_histories') $(client_sql acme 'SELECT * FROM background_jobs ORDER BY id LIMIT 1')" \
        "0 1 $before"
    like 'and why is said with -v' "$TS_ERR" "job [0-9]+ \\(.*\\).*: .*$4"
}

left_alone 'a type we do not know' 'type, package_name, next_run_at, active' \
    "'twice', 'Test', '2020-01-01', true" "neither 'interval' nor 'once'"
left_alone 'another case' 'type, package_name, next_run_at, active' \
    "'Interval', 'Test', '2020-01-01', true" "neither 'interval' nor 'once'"
left_alone 'null in every column' 'type' 'NULL' "neither 'interval' nor 'once'"
left_alone 'a null type' 'package_name, next_run_at, active' "'Test', '2020-01-01', true" "neither 'interval' nor 'once'"
left_alone 'active is null' 'type, package_name, next_run_at' "'interval', 'Test', '2020-01-01'" 'is not active'
left_alone 'no next time' 'type, package_name, active' "'interval', 'Test', true" 'has no next_run_at'
left_alone 'a time beyond all times' 'type, package_name, next_run_at, active' \
    "'interval', 'Test', 'infinity', true" 'is not due yet: next_run_at is infinity'
left_alone 'the year 9999' 'type, package_name, next_run_at, active' \
    "'interval', 'Test', '9999-12-31 23:59:59.999999', true" 'is not due yet: next_run_at is 9999-12-31'
left_alone 'the last year there is' 'type, package_name, next_run_at, active' \
    "'interval', 'Test', '294276-12-31', true" 'is not due yet: next_run_at is 294276-12-31'
left_alone 'a once job that has run' 'type, package_name, next_run_at, active, last_run_at' \
    "'once', 'Test', '2020-01-01', true, '-infinity'" 'has run once already'
left_alone 'a once job that will' 'type, package_name, next_run_at, active, cron_spec' \
    "'once', 'Test', 'infinity', true, '0 3 * * *'" 'is not due yet'
left_alone 'another node' 'type, package_name, next_run_at, active, node_id' \
    "'interval', 'Test', '2020-01-01', true, E'else\\nwhere'" "its node is 'else.nwhere', ours 'test'"

# runs_now SENTENCE COLUMNS VALUES: next_run_at is in the future then.
runs_now() {
    client_sql acme "TRUNCATE background_jobs, background_job_histories;
        INSERT INTO background_jobs ($2) VALUES ($3)"
    run_ts run
    is "$1: the job runs, once" "$TS_CODE $(history acme) $(run_ts run; client_sql acme "SELECT count(*)
        FROM background_job_histories, background_jobs AS b WHERE b.next_run_at > localtimestamp")" '0 Test|success|1| 1'
}

runs_now 'a time before all times' 'type, package_name, next_run_at, active, cron_spec' \
    "'interval', 'Test', '-infinity', true, '0 3 * * *'"
runs_now 'a year before Christ' 'type, package_name, next_run_at, active, cron_spec' \
    "'interval', 'Test', '0001-12-24 BC', true, '0 3 * * *'"
runs_now 'the first year there is' 'type, package_name, next_run_at, active, cron_spec' \
    "'interval', 'Test', '4713-01-01 BC', true, '0 3 * * *'"
runs_now 'a fraction of a second' 'type, package_name, next_run_at, active, cron_spec' \
    "'interval', 'Test', '2020-01-01 03:00:00.123456', true, '0 3 * * *'"
# They are due again with the next minute, which must not come between two runs.
[ "$(date +%-S)" -lt 40 ] || sleep $((61 - $(date +%-S)))
runs_now 'no schedule, which is every minute' 'type, package_name, next_run_at, active' \
    "'interval', 'Test', '2020-01-01', true"
runs_now 'an empty one' 'type, package_name, next_run_at, active, cron_spec' \
    "'interval', 'Test', '2020-01-01', true, ' '"
runs_now 'a once job without a time' 'type, package_name, active' "'once', 'Test', true"
runs_now 'a once job with a future time and no schedule' 'type, package_name, active, next_run_at' \
    "'once', 'Test', true, localtimestamp + interval '1 hour'"
runs_now 'a once job with an empty schedule' 'type, package_name, active, next_run_at, cron_spec' \
    "'once', 'Test', true, localtimestamp + interval '1 hour', ''"

# ---- data -----------------------------------------------------------------------------------------

# fails_on SENTENCE DATABASE DATA-EXPRESSION ERROR
fails_on() {
    pg_psql "$2" -c "TRUNCATE background_jobs, background_job_histories;
        INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data)
        VALUES ('interval', 'Test', '0 3 * * *', '2020-01-01', true, $3),
            ('interval', 'Test', '0 3 * * *', '2020-01-02', true, NULL)"
    run_ts run
    like "$1: the job fails, and what and where is said" \
        "$(pg_psql "$2" -c "SELECT status, error FROM background_job_histories ORDER BY id LIMIT 1")" "^failure[|].*$4"
    is 'the history has the data as they are' "$(pg_psql "$2" -c "SELECT h.data IS NOT DISTINCT FROM b.data
        FROM background_job_histories AS h, background_jobs AS b
        WHERE h.status = 'failure' AND b.next_run_at > localtimestamp ORDER BY b.id LIMIT 1")" t
    is 'once, and the job behind it runs' "$TS_CODE $(run_ts run; pg_psql "$2" -c "SELECT string_agg(status, ' ' ORDER BY id)
        FROM background_job_histories")" '0 failure success'
}

acme=$(client_db acme)
fails_on 'broken YAML' "$acme" "E'a: 1\\nb: [1, 2'" 'line [23]'
fails_on 'a duplicate key' "$acme" "E'a: 1\\na: 2'" '(a|line 2)'
fails_on 'something deeper' "$acme" "'a: {b: {c: 1}}'" 'a'
fails_on 'a list at the top' "$acme" "'[1, 2]'" 'data'
fails_on 'more than 1 MiB' "$acme" "'result: ' || repeat('x', 1100000)" '(1 MiB|1048576)'
fails_on 'aliases without end' "$acme" "E'a: &a [x,x]\\nb: &b [*a,*a]\\nc: [*b,*b]'" '(b|line)'
fails_on 'what is not even text' "$acme" "E'\\x01\\x02'" 'byte 1'
client_sql acme "TRUNCATE background_jobs, background_job_histories;
    INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data)
    VALUES ('interval', 'Test', '0 3 * * *', '2020-01-01', true, 'result: ' || repeat('ü', 500000))"
run_ts run
is 'just below 1 MiB' "$(client_sql acme 'SELECT status, length(result) FROM background_job_histories')" 'success|500000'
client_sql acme "TRUNCATE background_jobs, background_job_histories;
    INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data)
    VALUES ('interval', 'Test', '0 3 * * *', '2020-01-01', true, 'result: \"a\\0b\"')"
run_ts run
is 'a NUL is no text for a database' "$TS_CODE $(client_sql acme 'SELECT count(*) FROM background_job_histories')" '0 1'

# ---- encodings ------------------------------------------------------------------------------------

# encoded CLIENT ENCODING: a client whose database has another encoding.
encoded() {
    encoded_db=$(client_db "$1")
    pg_psql postgres -c "CREATE DATABASE \"$encoded_db\" TEMPLATE template0 ENCODING '$2' LC_COLLATE 'C' LC_CTYPE 'C'"
    pg_psql "$encoded_db" -1 -f "$TEST_ROOT/tests/sql/client.sql"
    add_client "$1" --dbname "$encoded_db"
}

# add_encoded CLIENT DATA-EXPRESSION: in a session with the database's own encoding.
add_encoded() {
    PGOPTIONS='' "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db "$1")" \
        -c "TRUNCATE background_jobs, background_job_histories" \
        -c "INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data, description)
            VALUES ('interval', 'Test', '0 3 * * *', '2020-01-01', true, $2, convert_from('\\xfc', 'LATIN1'))"
}

encoded latin LATIN1
add_encoded latin "convert_from('\\x726573756c743a204dfc6c6c6572', 'LATIN1')"
run_ts run
is 'a LATIN1 database: umlauts arrive' "$(history latin) $(client_sql latin 'SELECT description FROM background_job_histories')" \
    'Test|success|Müller| ü'
add_encoded latin "'result: \"\\u20ac\"'"
run_ts run
like 'what it cannot hold makes the job fail' "$(history latin)" '^Test[|]failure[|][|].*LATIN1'
add_encoded latin "'exception: \"\\u20ac\"'"
run_ts run
like 'also in a failure' "$(history latin)" '^Test[|]failure[|][|].'
is 'which does not come again' "$(run_ts run; client_sql latin 'SELECT count(*) FROM background_job_histories')" 1

encoded bytes SQL_ASCII
pg_psql "$(client_db bytes)" -c "
    INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data, description)
    VALUES ('interval', 'Test', '0 3 * * *', '2020-01-01', true, E'result: M\\xfcller', E'M\\xfcller'),
        ('interval', 'Test', '0 3 * * *', '2020-01-02', true, 'result: Müller', 'Müller')"
run_ts run
is 'a database without an encoding: the run ends well' "$TS_CODE" 0
like 'Latin-1 bytes make a job fail that would need them' \
    "$(pg_psql "$(client_db bytes)" -c 'SELECT status, error FROM background_job_histories ORDER BY id LIMIT 1')" '^failure[|].*(UTF-8|utf|line)'
is 'UTF-8 arrives' "$(pg_psql "$(client_db bytes)" -c 'SELECT status, result, description FROM background_job_histories ORDER BY id DESC LIMIT 1')" \
    'success|Müller|Müller'
is 'nothing comes again' "$(run_ts run; pg_psql "$(client_db bytes)" -c 'SELECT count(*) FROM background_job_histories')" 2
is 'the rows are as they were' "$(pg_psql "$(client_db bytes)" -c "SELECT data = E'result: M\\xfcller', description = E'M\\xfcller'
    FROM background_jobs ORDER BY id LIMIT 1")" 't|t'
done_testing
