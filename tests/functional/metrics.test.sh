#!/bin/sh
# metrics_file: what Prometheus is told of runs, clients and jobs, in a form that its own tool accepts.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
mkdir "$WORK/collector"
chmod 0777 "$WORK/collector"
prom=$WORK/collector/kivitendo.prom
state=$INSTALLATION/users/task_server
ts_setting "metrics_file = $prom"

# value NAME[{LABELS}]: of that series; nothing where there is none, all of them where it is there twice.
value() {
    SERIES="task_server_$1 " awk 'BEGIN { series = ENVIRON["SERIES"] }
        substr($0, 1, length(series)) == series { print substr($0, length(series) + 1) }' "$prom"
}
jobs_ended() {
    value "jobs_total{client=\"$1\",package=\"$2\",outcome=\"$3\"}"
}
overdue() {
    value "overdue_seconds{client=\"$1\"}"
}
accepted() {
    if command -v promtool >/dev/null; then
        is "$1" "$(promtool check metrics <"$prom" 2>&1)" ''
    else
        skip "$1" 'promtool (package prometheus) is not installed'
    fi
}
due_again() {
    client_sql "$1" "UPDATE background_jobs SET next_run_at = now() - interval '${2:-1 minute}'"
}

# ---- a run ----------------------------------------------------------------------------------------

add_client acme
add_client odd --name 'a"b\c'
before=$(date +%s)
ok 'a run without jobs' run_ts run
ok 'leaves a file' test -s "$prom"
is 'that everybody may read' "$(stat -c %a "$prom")" 644
is 'and nothing beside it' "$(ls "$WORK/collector")" kivitendo.prom
accepted 'promtool accepts it'
ok 'it says when the run ended' test "$(value last_run_timestamp_seconds | cut -d. -f1)" -ge "$before"
like 'how long it took' "$(value last_run_duration_seconds)" '^[0-9]+\.[0-9]{3}$'
is 'that all went well' "$(value last_run_success)" 1
is 'how many clients there are' "$(value clients)" 2
is 'of which nothing is wrong' "$(value clients_unreachable) $(value clients_held) $(value journal_entries)" '0 0 0'
is 'and that nobody is late' "$(overdue acme) $(overdue 'a\"b\\c')" '0 0'

# ---- counters -------------------------------------------------------------------------------------

add_job acme Test '0 3 * * *' due --data 'exception: no paper'
add_job acme UpdateEmployeeBaseData '0 3 * * *' due
add_job odd Test '0 3 * * *' due
ok 'a run with jobs' run_ts run
accepted 'promtool accepts a name with a quote and a backslash'
is 'what succeeded and what failed is counted' "$(jobs_ended acme Test failure) $(jobs_ended acme Test success) \
$(jobs_ended acme UpdateEmployeeBaseData success) $(jobs_ended 'a\"b\\c' Test success)" '1 0 1 1'
is 'what did not happen is zero' "$(jobs_ended acme Test lost) $(jobs_ended acme Test interrupted)" '0 0'
is 'a failed job is no failed run' "$(value last_run_success)" 1
due_again acme
ok 'another run' run_ts run
is 'goes on counting' "$(jobs_ended acme Test failure) $(jobs_ended 'a\"b\\c' Test success)" '2 1'
rm "$prom"
client_sql acme "UPDATE background_jobs SET data = NULL"
due_again acme
ok 'another one, after somebody has deleted the file' run_ts run
is 'does so, too' "$(jobs_ended acme Test failure) $(jobs_ended acme Test success) \
$(jobs_ended acme UpdateEmployeeBaseData success)" '2 1 3'
job=$(client_sql acme "SELECT id FROM background_jobs WHERE package_name = 'Test'")
run_ts run-job "$job" --client acme
ok 'a run after run-job' run_ts run
is 'counts what was run by hand' "$(jobs_ended acme Test success)" 2

# Another session has the claim: LOST.
due_again acme
hold acme "SELECT pg_advisory_lock($((0x6b6a6f62)), $job)"
run_ts run
let_go acme
is 'a job that another node has claimed is lost' "$(jobs_ended acme Test lost) $(jobs_ended acme Test success)" '1 2'
run_ts run
is 'and succeeds when it can be claimed' "$(jobs_ended acme Test success)" 3

# ---- overdue --------------------------------------------------------------------------------------

due_again acme '2 hours'
run_ts run
ok 'how late the latest job was' test "$(overdue acme)" -ge 7200
is 'of each client' "$(overdue 'a\"b\\c')" 0
run_ts run
is 'and not any more when it has run' "$(overdue acme)" 0
client_sql acme "UPDATE background_jobs SET next_run_at = '-infinity' WHERE id = $job"
run_ts run
is 'for how long it has been due since ever nobody can say' "$(overdue acme) $(value clients_unreachable)" '0 0'

# ---- what keeps jobs from running -----------------------------------------------------------------

pg_psql postgres -c "ALTER DATABASE \"$(client_db acme)\" RENAME TO \"$(client_db away)\""
run_ts run
accepted 'promtool accepts what is written when a client is away'
is 'a client that is away' "$(value clients) $(value clients_unreachable) $(value last_run_success)" '2 1 0'
is 'whose lateness is not known' "$(overdue acme)" ''
is 'while the counters stay' "$(jobs_ended acme Test failure)" 2
pg_psql postgres -c "ALTER DATABASE \"$(client_db away)\" RENAME TO \"$(client_db acme)\""
run_ts run
is 'and is back' "$(value clients_unreachable) $(value last_run_success)" '0 1'

mkdir -p "$INSTALLATION/sql/Pg-upgrade2"
printf -- '-- @tag: an_upgrade\n' >"$INSTALLATION/sql/Pg-upgrade2/an_upgrade.sql"
add_job acme Speaks '0 3 * * *' due
run_ts run
is 'a client whose Perl jobs are held' "$(value clients_held) $(value clients_unreachable)" '1 0'
client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '3 hours' WHERE package_name = 'Speaks'"
run_ts run
ok 'they are late' test "$(overdue acme)" -ge 10800
client_sql acme "INSERT INTO schema_info (tag) VALUES ('an_upgrade')"
run_ts run
is 'and held no more' "$(value clients_held) $(jobs_ended acme Speaks success)" '0 1'

run_ts hold --client acme
run_ts run
is 'a client that somebody holds' "$(value clients) $(value clients_held) $(value all_held)" '2 1 0'
run_ts release --client acme
run_ts hold
run_ts run
accepted 'promtool accepts what is written when all clients are held'
is 'all of them' "$(value clients)|$(value all_held)" '|1'
is 'of the single ones nothing is known then' "$(value clients_unreachable)|$(value clients_held)" '|'
run_ts release
touch "$INSTALLATION/users/nologin"
run_ts run
is 'released in a locked installation nobody is held' "$(value installation_locked) $(value all_held)" '1 0'
rm "$INSTALLATION/users/nologin"
run_ts run
is 'and none' "$(value clients) $(value clients_held) $(value all_held)" '2 0 0'

touch "$INSTALLATION/users/nologin"
run_ts run
accepted 'promtool accepts what is written of a locked installation'
is 'users/nologin' "$(value installation_locked) $(value last_run_success)" '1 1'
is 'how many clients there are is not known then' "$(value clients)" ''
rm "$INSTALLATION/users/nologin"
run_ts run
is 'is gone' "$(value installation_locked) $(value clients)" '0 2'

sed -i 's/^db *=.*/db = nowhere/' "$INSTALLATION/config/kivitendo.conf"
run_ts run
is 'without the authentication database there is a file, too' "$(value clients)|$(value last_run_success)" '|0'
is 'of clients it knows nothing' "$(value clients_unreachable)|$(value clients_held)" '|'
sed -i "s/^db *=.*/db = $AUTH_DB/" "$INSTALLATION/config/kivitendo.conf"

# ---- places ---------------------------------------------------------------------------------------

due_again acme
before=$(jobs_ended acme Test success)
sed -i "s,^metrics_file.*,metrics_file = $WORK/not/there.prom," "$INSTALLATION/config/kivitendo.conf"
ok 'a place that cannot be written to fails no run' run_ts run
like 'but is told' "$TS_ERR" "metrics_file: cannot write $WORK/not/there.prom.new: No such file.*told again once a day"
run_ts run
is 'once' "$TS_ERR" ''
sed -i "s,^metrics_file.*,metrics_file = $prom," "$INSTALLATION/config/kivitendo.conf"
run_ts run
like 'and so is its end' "$TS_ERR" 'metrics_file can be written again, after [0-9]+ (s|min)'
is 'what happened meanwhile was counted' "$(jobs_ended acme Test success)" $((before + 1))
printf 'rubbish\nacme\tTest\t-1\n' >"$(echo "$state"/*.counters)"
due_again acme
ok 'counters that make no sense' run_ts run
is 'begin anew' "$(jobs_ended acme Test success)" 1
accepted 'in a file that promtool accepts'
rm "$prom"
sed -i '/^metrics_file/d' "$INSTALLATION/config/kivitendo.conf"
run_ts run
ok 'without the setting there is no file' test ! -e "$prom"
done_testing
