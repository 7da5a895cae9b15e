#!/bin/sh
# history and history stats: filters, durations, order over clients, JSON, tables at several widths.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme --name 'Müller'
add_client old --old
add_client off --disabled
add_job acme Test '0 3 * * *' due --data 'result: all well' --description 'a test'
run_ts run
client_sql acme "UPDATE background_jobs SET data = 'exception: disk full', next_run_at = now() - interval '1 minute'"
run_ts run
client_sql acme "INSERT INTO background_job_histories (package_name, run_at, status, error)
    VALUES ('Other', '2026-01-01 12:00:00', 'failure', 'interrupted: it went down')"
client_sql old "INSERT INTO background_job_histories (package_name, run_at, status, result)
    VALUES ('Nightly', '2026-01-02 12:00:00.5', 'success', E'two\nlines')"

ok 'history succeeds' run_ts history
is 'it has a head and a line per run' "$(echo "$TS_OUT" | wc -l)" 5
like 'the newest first' "$(echo "$TS_OUT" | sed -n 2p)" \
    '^[-0-9]+ [0-9:]+ \+0[12]00  Müller  Test     failure      +[0-9]+ ms  Oh cruel world: disk full$'
like 'with what succeeded' "$(echo "$TS_OUT" | sed -n 3p)" 'Test     success      +[0-9]+ ms  all well$'
like 'over all clients, a duration only where it is known' "$(printf '%s\n' "$TS_OUT" | sed -n 4p)" \
    '^2026-01-02 12:00:00 \+0100  old     Nightly  success  +two.lines$'
like 'an interrupted run is called so' "$(echo "$TS_OUT" | sed -n 5p)" 'interrupted '

lines() {
    run_ts history "$@"
    printf '%s\n' "$TS_OUT" | tail -n +2 | grep -c -v '^… '
}
is '--client by name' "$(lines --client Müller)" 3
is '--client by id' "$(lines --client 2)" 1
is '--package' "$(lines --package Test)" 2
is '--status success' "$(lines --status success)" 2
is '--status failure counts interruptions' "$(lines --status failure)" 2
is '--status interrupted' "$(lines --status interrupted)" 1
is '--since a time' "$(lines --since '2026-01-02')" 3
is '--since a span' "$(lines --since 1h)" 2
is '--since a compound span' "$(lines --since 1h30m)" 2
is '--since a word' "$(lines --since today)" "$(client_sql acme 'SELECT count(*) FROM background_job_histories WHERE run_at >= current_date')"
is '--since a time with its zone' "$(lines --since '2026-01-02T11:00:00Z')" 3
is '--since a time as it is shown' "$(lines --since "$(run_ts history --package Nightly; echo "$TS_OUT" | sed -n '2s/  old.*//p')")" 3
is '--limit' "$(lines --limit 1)" 1
run_ts history --limit 3
is 'it is said that there are more' "$(printf '%s\n' "$TS_OUT" | tail -n 1) $(printf '%s\n' "$TS_OUT" | wc -l)" \
    '… and more: --limit N 5'
run_ts history --limit 4
unlike 'where there are' "$TS_OUT" 'and more'
run_ts history --package Nobody
is 'none at all' "$TS_OUT" 'no runs'
client_sql old "INSERT INTO background_job_histories (package_name, run_at, status)
    SELECT 'Many', timestamp '2026-01-02 13:00' + n * interval '1 minute', 'success' FROM generate_series(1, 60) n"
run_ts history
is 'without a limit 50 runs are shown, and that there are more' "$(lines) $(printf '%s\n' "$TS_OUT" | tail -n 1)" '50 … and more: --limit N'
is '--since shows all' "$(lines --since '2026-01-01') $(lines --since '2026-01-01' --limit 5)" '64 5'
run_ts history --json
is '--json has as many' "$(printf '%s\n' "$TS_OUT" | grep -c '^{') $TS_ERR" \
    '50 history: these are the newest 50 runs, and there are more: --limit N'
run_ts history --json --limit 60
is 'or as many as are wanted' "$(printf '%s\n' "$TS_OUT" | grep -c '^{')$TS_ERR" 60
client_sql old "DELETE FROM background_job_histories WHERE package_name = 'Many'"

run_ts history --json
is 'JSON has everything, whole' "$(printf '%s\n' "$TS_OUT" | python3 -c '
import json, sys
rows = json.load(sys.stdin)
print(len(rows), rows[0]["client"], rows[0]["package"], rows[0]["status"], rows[0]["description"],
    rows[0]["data"], rows[2]["run_at"], rows[0]["duration_ms"] >= 0, rows[2]["result"] == "two\nlines", "duration_ms" in rows[2], sep="|")')" \
    '4|Müller|Test|failure|a test|exception: disk full|2026-01-02 12:00:00 +0100|True|True|False'

ok 'history stats succeeds' run_ts history stats --client Müller
like 'runs, failures, median, longest, the last failure' "$(echo "$TS_OUT" | sed -n 3p)" \
    '^Müller  Test +2 +1 +[0-9]+ ms +[0-9]+ ms  20[-0-9: ]{14} \+0[12]00  Oh cruel world: disk full$'
is 'as JSON' "$(run_ts history stats --json; echo "$TS_OUT" | python3 -c '
import json, sys
for r in json.load(sys.stdin): print(r["client"], r["package"], r["runs"], r["failures"], r["last_error"], sep="|")')" \
    "Müller|Other|1|1|interrupted: it went down
Müller|Test|2|1|Oh cruel world: disk full
old|Nightly|1|0|None"
is 'with times as elsewhere' "$(run_ts history stats --json --package Other; echo "$TS_OUT" | python3 -c '
import json, sys
for r in json.load(sys.stdin): print(r["last_run"], r["last_failure"], sep="|")')" \
    '2026-01-01 12:00:00 +0100|2026-01-01 12:00:00 +0100'

client_sql acme "UPDATE background_job_histories SET error = repeat('a long error ', 30) WHERE error IS NOT NULL"
is 'stats --json has the last error whole' "$(run_ts history stats --json --package Other; echo "$TS_OUT" | python3 -c '
import json, sys
print(len(json.load(sys.stdin)[0]["last_error"]))')" 390
widest() {
    printf '%s\n' "$TS_OUT" | python3 -c '
import os, sys
print(max(len(line.rstrip("\n")) for line in sys.stdin) <= int(os.environ["COLUMNS"]))'
}
for COLUMNS in 60 80 200; do
    export COLUMNS
    run_ts history
    is "a terminal of $COLUMNS columns: nothing wider than it" "$(widest)" True
    run_ts history stats
    is 'stats fit too' "$(widest)" True
done
COLUMNS=80
run_ts history
like 'an error that does not fit stands below its run, whole' "$(printf '%s\n' "$TS_OUT" | sed -n 3p)" \
    '^    a long error( a long error)+ a long$'
is 'and says where it was shortened' "$(printf '%s\n' "$TS_OUT" | grep -c '^    .*…$')" 2
use_catalogues
auth_sql "UPDATE auth.clients SET name = 'Wirtschaftsprüfung und Steuerberatung Übersee' WHERE name = 'Müller'"
LC_ALL=C.UTF-8 LANGUAGE=de run_ts history
like 'how a run ended is never cut' "$TS_OUT" ' Fehlschlag( |$)'
auth_sql "UPDATE auth.clients SET name = 'Müller' WHERE name LIKE 'W%'"
unset COLUMNS

fails 'an unknown status' 64 run_ts history --status good
fails 'a limit that is none' 64 run_ts history --limit x
fails 'a limit for stats' 64 run_ts history stats --limit 5
fails 'a day that does not exist' 64 run_ts history --since 2026-11-31
like 'is said to be one' "$TS_ERR" "^--since '2026-11-31': there is no such day\$"
ok 'help behind stats' run_ts history stats --help
fails 'a word too much' 64 run_ts history again
fails 'a word too much behind stats' 64 run_ts history stats again
like 'is named' "$TS_ERR" "'again' is not understood"
fails 'an unknown client' 64 run_ts history --client nobody
auth_sql "UPDATE auth.clients SET dbname = 'nowhere' WHERE id = 2"
fails 'a client that is away: the others are shown' 75 run_ts history
is 'all of theirs' "$(printf '%s\n' "$TS_OUT" | wc -l)" 4
like 'and it is named' "$TS_ERR" "client 'old': .*nowhere"
run_ts history --client old
is 'whether it has runs is not known' "$TS_CODE $TS_OUT" '75 '
done_testing
