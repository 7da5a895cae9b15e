#!/bin/sh
# Test and the jobs that delete old rows: what they answer, what goes and what stays.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme
add_client old --old

# ago 'N days': local wall-clock time so long ago.
ago() {
    date -d "$1 ago" '+%F %T'
}

# ---- Test, and what data may be -------------------------------------------------------------------

is 'Test without data answers 1' "$(perform acme Test)" 'success|1|NULL'
is 'Test answers what its data says' "$(perform acme Test 'result: Grüße, 5 %')" 'success|Grüße, 5 %|NULL'
is 'a null result is null' "$(perform acme Test 'result: ~')" 'success|NULL|NULL'
is 'an empty one is empty' "$(perform acme Test "result: ''")" 'success||NULL'
is 'JSON will do' "$(perform acme Test '{"result": true, "other": [1, 2]}')" 'success|1|NULL'
is 'an exception fails' "$(perform acme Test 'exception: text')" 'failure|NULL|Oh cruel world: text'
is 'a false exception does not' "$(perform acme Test 'exception: 0')" 'success|1|NULL'
is 'a list is no result' "$(perform acme Test 'result: [1]')" 'failure|NULL|result: a list is not a text'
is 'broken YAML fails and says where' "$(perform acme Test 'a: [1, 2')" \
    "failure|NULL|data, line 2, column 1: did not find expected ',' or ']'"
is 'so does a map in the map' "$(perform acme Test 'a: {b: 1}')" \
    'failure|NULL|data, line 1, column 4: a map inside the map is not supported'
is 'so does a key that stands twice' "$(perform acme Test 'a: 1
a: 2')" "failure|NULL|data, line 2, column 1: the key 'a' is a duplicate"
client_sql acme "INSERT INTO background_jobs (package_name, data) VALUES ('Test', 'a: ' || repeat('x', 1048576))"
run_ts -q run-job "$(client_sql acme 'SELECT max(id) FROM background_jobs')" --client acme
is 'so does a megabyte too much' "$(last_run acme)" 'failure|NULL|data is larger than 1048576 bytes'
is 'data goes into the history as it is' \
    "$(client_sql acme "SELECT data FROM background_job_histories WHERE error LIKE '%duplicate'")" 'a: 1
a: 2'

# ---- BackgroundJobCleanup -------------------------------------------------------------------------

client_sql acme "DELETE FROM background_jobs;
    INSERT INTO background_jobs (type, last_run_at, description) VALUES
    ('once', '$(date -d '1 day ago 10 minutes ago' '+%F %T')', 'once, a day and ten minutes ago'),
    ('once', '$(date -d '1 day ago 10 minutes' '+%F %T')', 'once, a day less ten minutes ago'),
    ('once', NULL, 'once, not yet'),
    ('interval', '2001-01-01', 'interval, long ago'),
    (NULL, '2001-01-01', 'neither, long ago')"
is 'BackgroundJobCleanup answers 1' "$(perform acme BackgroundJobCleanup)" 'success|1|NULL'
is 'and deletes only once jobs that ran over a day ago' \
    "$(client_sql acme "SELECT description FROM background_jobs WHERE description IS NOT NULL ORDER BY id")" \
    'once, a day less ten minutes ago
once, not yet
interval, long ago
neither, long ago'

# ---- CleanBackgroundJobHistory --------------------------------------------------------------------

# histories CLIENT: rows of every age in days, at midnight and a second before.
histories() {
    client_sql "$1" "DELETE FROM background_job_histories;
        INSERT INTO background_job_histories (package_name, status, run_at)
        SELECT days || mark, status, date '$(date +%F)' - days - early
        FROM unnest('{1,3,14,90,400}'::int[]) AS days,
            unnest('{success,failure,other}'::text[]) AS status,
            (VALUES ('', interval '0'), ('-', interval '1 second')) AS at (mark, early)"
}

# kept CLIENT: what of it is left.
kept() {
    client_sql "$1" "SELECT status || ' ' || string_agg(package_name, ' ' ORDER BY run_at DESC)
        FROM background_job_histories WHERE package_name <> 'CleanBackgroundJobHistory'
        GROUP BY status ORDER BY status DESC"
}

all='1 1- 3 3- 14 14- 90 90- 400 400-'
histories acme
is 'CleanBackgroundJobHistory answers 1' "$(perform acme CleanBackgroundJobHistory)" 'success|1|NULL'
is 'and keeps 14 and 90 days, counted from midnight' "$(kept acme)" "success 1 1- 3 3- 14
other $all
failure 1 1- 3 3- 14 14- 90"
histories old
perform old CleanBackgroundJobHistory 'retention_success: 3
retention_failure: 1' >/dev/null
is 'or as many as it is told, in the older tables too' "$(kept old)" "success 1 1- 3
other $all
failure 1"
histories acme
perform acme CleanBackgroundJobHistory '{"retention_success": 0, "retention_failure": null}' >/dev/null
is '0 and null mean the default' "$(kept acme | cut -c1-20)" "success 1 1- 3 3- 14
other 1 1- 3 3- 14 1
failure 1 1- 3 3- 14"
histories acme
is 'a very long retention' "$(perform acme CleanBackgroundJobHistory '{"retention_success": 999999999, "retention_failure": 400}')" \
    'success|1|NULL'
is 'keeps everything' "$(kept acme)" "success $all
other $all
failure 1 1- 3 3- 14 14- 90 90- 400"
is 'a retention that is no number fails' "$(perform acme CleanBackgroundJobHistory 'retention_failure: 1 year')" \
    "failure|NULL|retention_failure: '1 year' is not a whole number"
is 'a negative one too' "$(perform acme CleanBackgroundJobHistory 'retention_success: -1')" \
    "failure|NULL|retention_success: '-1' is not a whole number"
is 'and nothing is deleted then' "$(kept acme | cut -c1-40)" "success $all
other $all
failure 1 1- 3 3- 14 14- 90 90- 400"

# ---- ValidityTokenCleanup -------------------------------------------------------------------------

client_sql acme "INSERT INTO validity_tokens (scope, token, valid_until) VALUES
    ('x', 'old', '$(ago '10 minutes')'), ('x', 'new', '$(date -d '10 minutes' '+%F %T')'),
    ('x', 'ancient', '2001-01-01'), ('x', 'for ever', 'infinity')"
is 'ValidityTokenCleanup answers 1' "$(perform acme ValidityTokenCleanup)" 'success|1|NULL'
is 'and deletes what is not valid any more' \
    "$(client_sql acme 'SELECT token FROM validity_tokens ORDER BY valid_until')" 'new
for ever'
like 'a database without the table gets a failure that says so' "$(perform old ValidityTokenCleanup)" \
    '^failure[|]NULL[|].*validity_tokens'

# ---- the clocks -----------------------------------------------------------------------------------

pg_admin postgres -c "ALTER DATABASE \"$(client_db acme)\" SET timezone = 'Pacific/Auckland'"
client_sql acme "DELETE FROM validity_tokens; INSERT INTO validity_tokens (scope, token, valid_until) VALUES
    ('x', 'new', '$(date -d '10 minutes' '+%F %T')')"
perform acme ValidityTokenCleanup >/dev/null
is "the server's zone does not matter" "$(client_sql acme 'SELECT token FROM validity_tokens')" new

if at_time '2025-03-30 12:00:00'; then
    client_sql acme "INSERT INTO background_jobs (type, last_run_at, description) VALUES
        ('once', '2025-03-29 11:59:59', 'before'), ('once', '2025-03-29 12:00:01', 'after')"
    perform acme BackgroundJobCleanup >/dev/null
    is 'a day ago is the same time yesterday, also when clocks have changed' \
        "$(client_sql acme "SELECT description FROM background_jobs WHERE last_run_at::date = '2025-03-29'")" after
    real_time
else
    skip 'a day ago is the same time yesterday, also when clocks have changed' 'no faketime here'
fi
done_testing
