#!/bin/sh
# SetNumberRange and SetClosedTo: the one row of defaults before and after.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme
add_client old --old
year=$(date +%Y)
next=$((year + 1))

# ranges CLIENT: the columns of an old database, or all of them, by name.
ranges() {
    client_sql "$1" "SELECT string_agg(key || '=' || coalesce(value, 'NULL'), ' ' ORDER BY key)
        FROM defaults AS d, jsonb_each_text(to_jsonb(d)) WHERE key LIKE '%number'
        AND key NOT IN ('customernumber', 'vendornumber', 'articlenumber', 'businessnumber')"
}

# set_ranges: a different corner case in each column.
set_ranges() {
    client_sql acme "UPDATE defaults SET invnumber = 'RE2025', cnnumber = 'RE-', soinumber = 'R2025-001',
        pqinumber = '', sonumber = NULL, ponumber = '00042', pocnumber = '0000000042', sqnumber = 'Ä \"x\" \\1',
        rfqnumber = '99999999999999999999', sdonumber = 'x', pdonumber = '%s', sudonumber = '''; DROP',
        rdonumber = '1.5', s_reclamation_record_number = '0', p_reclamation_record_number = 'P0'"
}

# ---- yearly ---------------------------------------------------------------------------------------

set_ranges
client_sql acme "UPDATE defaults SET customernumber = 'K1'"
is "the handbook's example answers 1" "$(perform acme SetNumberRange 'multiplier: 100')" 'success|1|NULL'
is 'and sets every range that is not null' "$(ranges acme)" "cnnumber=RE-${next}00 \
invnumber=RE${next}00 p_reclamation_record_number=P${next}00 pdonumber=%s${next}00 \
pocnumber=0000${next}00 ponumber=${next}00 pqinumber=${next}00 rdonumber=1.${next}00 \
rfqnumber=00000000000000${next}00 s_reclamation_record_number=${next}00 sdonumber=x${next}00 \
soinumber=R2025-${next}00 sonumber=NULL sqnumber=Ä \"x\" \\${next}00 sudonumber='; DROP${next}00"
is 'and no other number' "$(client_sql acme 'SELECT customernumber, vendornumber, closedto FROM defaults')" 'K1||'

invnumber() {
    client_sql acme 'SELECT invnumber FROM defaults'
}

# becomes SENTENCE DATA WANTED: of RE00042.
becomes() {
    client_sql acme "UPDATE defaults SET invnumber = 'RE00042'"
    becomes_run=$(perform acme SetNumberRange "$2")
    is "$1" "$becomes_run $(invnumber)" "success|1|NULL $3"
}

becomes 'two digits of the year' 'digits_year: 2' "RE0$((next % 100))00"
becomes 'four digits' 'digits_year: 4' "RE${next}00"
becomes 'this year' '{"current_year": true}' "RE${year}00"
becomes 'a small multiplier' 'multiplier: 10' "RE${next}0"
becomes 'multiplier 0, the default' 'multiplier: 0' "RE${next}00"
becomes 'monthly' 'monthly: 1' "$(date +%y-%m-000)"
becomes 'monthly, with a postfix' '{"monthly": 1, "monthly_postfix": "0001"}' "$(date +%y-%m-0001)"
becomes 'monthly, in words' 'monthly: 1
monthly_strftime: "%B/"' "$(LC_ALL=C date +%B/000)"
is 'monthly: every range, also the null one' \
    "$(client_sql acme 'SELECT DISTINCT sonumber, sonumber = p_reclamation_record_number FROM defaults')" \
    "$(LC_ALL=C date +%B/000)|t"
is 'result comes from data' "$(perform acme SetNumberRange 'result: neu')" 'success|neu|NULL'

# refuses SENTENCE DATA ERROR: and nothing changes.
refuses() {
    client_sql acme "UPDATE defaults SET invnumber = 'RE00042'"
    refuses_run=$(perform acme SetNumberRange "$2")
    is "$1" "$refuses_run $(invnumber)" "failure|NULL|$3 RE00042"
}

refuses 'digits_year 3' 'digits_year: 3' 'digits_year: 3 is neither 2 nor 4'
refuses 'digits_year abc' 'digits_year: abc' "digits_year: 'abc' is not a whole number"
refuses 'multiplier 15' 'multiplier: 15' 'multiplier: 15 is not a multiple of 10'
refuses 'multiplier 1e3' 'multiplier: 1e3' "multiplier: '1e3' is not a whole number"
refuses 'a format that only Perl knows' '{"monthly": 1, "monthly_strftime": "%{year}"}' \
    'monthly_strftime: the directive %{ is not supported'
client_sql acme "UPDATE defaults SET rdonumber = E'A\n1'"
refuses 'a range with a line break' '' 'the number range rdonumber: contains a line break'
client_sql acme "UPDATE defaults SET rdonumber = '0'; INSERT INTO defaults (invnumber) VALUES ('RE00042')"
is 'two rows of defaults' "$(perform acme SetNumberRange)" \
    'failure|NULL|the table defaults has 2 rows instead of one'
client_sql acme 'DELETE FROM defaults WHERE id > 1'

client_sql old "UPDATE defaults SET invnumber = 'RE1', pdonumber = NULL"
is 'older tables lack some columns' "$(perform old SetNumberRange)" 'success|1|NULL'
is 'the others are set' "$(ranges old)" "cnnumber=${next}00 invnumber=RE${next}00 pdonumber=NULL \
ponumber=${next}00 rfqnumber=${next}00 sdonumber=${next}00 sonumber=${next}00 sqnumber=${next}00"

# An invoice that is being posted changes the row and commits only after the job has begun.
(exec "$PG_BIN/psql" -X -q -h "$PG_HOST" -p "$PG_PORT" -U kivitendo -d "$(client_db acme)" -c "BEGIN;
    UPDATE defaults SET invnumber = 'NEW00042'; SELECT pg_sleep(0.7); COMMIT" >/dev/null) &
own_pids="$own_pids $!"
posting() {
    test "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
        WHERE datname = '$(client_db acme)' AND wait_event = 'PgSleep'")" = 1
}
wait_until 5 posting
is 'the job waits for whoever has the row' "$(perform acme SetNumberRange)" 'success|1|NULL'
is 'and reads what was written' "$(invnumber)" "NEW${next}00"

# ---- at New Year ----------------------------------------------------------------------------------

# late SENTENCE NOW DUE WANTED: the active job, due then, runs now.
late() {
    if at_time "$2"; then
        client_sql acme "UPDATE defaults SET invnumber = 'RE00042'; DELETE FROM background_jobs"
        add_job acme SetNumberRange '59 23 31 12 *' "$3" --data 'multiplier: 100'
        run_ts -q run
        is "$1" "$(last_run acme) $(invnumber) $(job_field acme "$JOB_ID" next_run_at)" "success|1|NULL $4"
        real_time
    else
        skip "$1" 'no faketime here'
    fi
}

late 'in time' '2025-12-31 23:59:10' '2025-12-31 23:59:00' 'RE202600 2026-12-31 23:59:00'
late 'late past New Year' '2026-01-01 00:00:30' '2025-12-31 23:59:00' 'RE202600 2026-12-31 23:59:00'
late 'months late' '2026-03-29 12:00:00' '2025-12-31 23:59:00' 'RE202600 2026-12-31 23:59:00'
if at_time '2026-01-01 00:00:30'; then
    client_sql acme "UPDATE defaults SET invnumber = 'RE00042'"
    perform acme SetNumberRange >/dev/null
    is 'on demand it is the year of today' "$(invnumber)" RE202700
    perform acme SetNumberRange 'monthly: 1' >/dev/null
    is 'and the month of today, by local time' "$(invnumber)" 26-01-000
    real_time
else
    skip 'on demand it is the year of today' 'no faketime here'
    skip 'and the month of today, by local time' 'no faketime here'
fi

# ---- SetClosedTo ----------------------------------------------------------------------------------

closedto() {
    client_sql "$1" 'SELECT closedto FROM defaults'
}

# closes SENTENCE NOW DATA WANTED
closes() {
    if at_time "$2"; then
        client_sql acme 'UPDATE defaults SET closedto = NULL'
        closes_run=$(perform acme SetClosedTo "$3")
        is "$1" "$closes_run $(closedto acme)" "success|1|NULL $4"
        real_time
    else
        skip "$1" 'no faketime here'
    fi
}

closes 'the standard: last of the month before last' '2025-03-10 00:01:00' '{}' 2025-01-31
closes 'to the last of February' '2025-04-10 00:01:00' '{}' 2025-02-28
closes 'to the last of a February with 29 days' '2024-04-10 00:01:00' '{}' 2024-02-29
closes 'from the last of February to the last of January' '2024-03-10 00:01:00' '{}' 2024-01-31
closes 'a day before the last stays what it is' '2024-03-10 12:00:00' 'subtract_days: 11' 2024-01-28
closes 'a day the month does not have becomes its last' '2025-04-10 12:00:00' 'subtract_days: 11' 2025-02-28
closes 'midnight by local time' '2025-03-11 00:30:00' '{}' 2025-02-01
closes 'other days and months' '2025-03-10 00:01:00' '{"subtract_days": 1, "subtract_month": 14}' 2024-01-09
closes '0 means the default' '2025-03-10 00:01:00' '{"subtract_days": 0, "subtract_month": "0"}' 2025-01-31

client_sql acme "UPDATE defaults SET closedto = '2999-01-01'"
is 'books are never opened again' "$(perform acme SetClosedTo) $(closedto acme)" 'success|1|NULL 2999-01-01'
client_sql old "UPDATE defaults SET closedto = '1999-01-01'"
perform old SetClosedTo 'subtract_days: 31' >/dev/null
is 'but closed further, in older tables too' \
    "$(client_sql old "SELECT closedto BETWEEN current_date - 70 AND current_date - 55 FROM defaults")" t
for value in 1.5 -1 abc '" 10"' 1e1 '[1]' 100001; do
    like "subtract_days: $value fails" "$(perform acme SetClosedTo "subtract_days: $value")" \
        '^failure[|]NULL[|]subtract_days: '
done
like 'subtract_month: x fails' "$(perform acme SetClosedTo 'subtract_month: x')" '^failure.*subtract_month: '
is 'and changes nothing' "$(closedto acme)" 2999-01-01
done_testing
