#!/bin/sh
# slow
# A client whose database is not the one it was is held until somebody releases it.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme
add_client beta
for client in acme beta; do
    add_job $client Test '0 3 * * *' due
done
state=$INSTALLATION/users/task_server
copy=$(client_db copy)
id=$(auth_sql "SELECT id FROM auth.clients WHERE name = 'acme'")

make_due() {
    client_sql "$1" "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
}

runs() {
    client_sql "$1" 'SELECT count(*) FROM background_job_histories'
}

remembered() {
    cut -f 1 "$state"/*.databases | sort | tr '\n' ' '
}

ok 'a run succeeds' run_ts run
is 'every client has run' "$(runs acme) $(runs beta)" '1 1'
is 'and its database is remembered' "$(remembered)" "$id $((id + 1)) "
is 'in a file that is ours alone' "$(stat -c %a "$state"/*.databases)" 600
before=$(cat "$state"/*.databases)
make_due acme
run_ts run
is 'the same database goes on' "$(runs acme)" 2
is 'and nothing is written' "$(cat "$state"/*.databases)" "$before"

# ---- a restored copy ------------------------------------------------------------------------------

make_due acme
pg_psql postgres -c "CREATE DATABASE \"$copy\" TEMPLATE \"$(client_db acme)\"" \
    -c "ALTER DATABASE \"$(client_db acme)\" RENAME TO \"$(client_db original)\"" \
    -c "ALTER DATABASE \"$copy\" RENAME TO \"$(client_db acme)\""
make_due beta
ok 'with a copy in its place a run succeeds' run_ts run
is 'nothing is run in the copy' "$(runs acme)" 2
is 'but in the other client' "$(runs beta)" 2
like 'the log says what it was, what it is, and what to do' "$TS_ERR" \
    "client 'acme' is held: its database is not the one it was, but '.*_acme' on .* \(oid [0-9]+, system [0-9]+\) instead of '.*_acme' on .* \(oid [0-9]+, system [0-9]+\): .*task-server release --client $id"
run_ts run
is 'once' "$TS_ERR" ''
fails 'by hand neither: try again later' 75 run_ts run-job "$JOB_ID" --client acme
like 'with the reason' "$TS_ERR" "client 'acme': held: its database is not the one it was"
ok 'unless somebody insists' run_ts run-job "$JOB_ID" --client acme --force
is 'then it has run' "$(runs acme)" 3
make_due acme

run_ts hold --client acme --why 'the copy is looked at'
run_ts status
like 'held by hand besides, both are told' "$TS_OUT" 'held: its database is not the one it was.*; besides held by [a-z]+: the copy is looked at$'
ok 'that hold can be ended' run_ts release --client acme
like 'which does not accept the database in passing' "$TS_OUT" "still client 'acme' is held: its database is not the one it was"
unlike 'really not' "$TS_OUT" 'from now on'
ok 'released' run_ts release --client acme
like 'it is said which database that is now' "$TS_OUT" "from now on its database is '.*_acme' on .* \(oid"
run_ts run
is 'it runs' "$(runs acme)" 4
like 'and the log says that it is over' "$TS_ERR" "client 'acme' is released: its jobs run again"
ok 'to release it again' run_ts release --client acme
unlike 'changes nothing' "$TS_OUT" 'from now on'

# ---- another name in auth.clients -----------------------------------------------------------------

make_due acme
auth_sql "UPDATE auth.clients SET dbname = '$(client_db original)' WHERE name = 'acme'"
ok 'with another name in auth.clients a run succeeds' run_ts run
is 'nothing is run there' "$(client_sql original 'SELECT count(*) FROM background_job_histories')" 2
like 'the log says both names' "$TS_ERR" \
    "client 'acme' is held: its database is not the one it was, but '.*_original' on .* \(oid .*\) instead of '.*_acme'"
fails 'by hand neither' 75 run_ts run-job "$JOB_ID" --client acme
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)' WHERE name = 'acme'"
run_ts run
is 'with the old name again it runs, without anybody' "$(runs acme)" 5
like 'and that is said' "$TS_ERR" "client 'acme' is released"

auth_sql "UPDATE auth.clients SET task_server_user_id = NULL, dbname = '$(client_db original)' WHERE name = 'acme'"
run_ts run
auth_sql "UPDATE auth.clients SET task_server_user_id = (SELECT id FROM auth.\"user\" LIMIT 1) WHERE name = 'acme'"
run_ts run
like 'a client that comes back with another database is held as well' "$TS_ERR" "client 'acme' is held"
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)' WHERE name = 'acme'"
run_ts run

# A name that leads nowhere.
auth_sql "UPDATE auth.clients SET dbname = 'ts_nowhere' WHERE name = 'acme'"
fails 'a name in auth.clients that no database has is a database that cannot be reached' 75 run_ts run
like 'and the log says so' "$TS_ERR" "client 'acme' is not served: .*ts_nowhere.* does not exist"
unlike 'with no word of releasing it' "$TS_ERR" 'release'
fails 'by hand the same' 75 run_ts run-job "$JOB_ID" --client acme
like 'and says so' "$TS_ERR" 'ts_nowhere.* does not exist'
run_ts status
like 'status calls it away' "$TS_OUT" "away: .*ts_nowhere.* does not exist"
fails 'to release it changes nothing' 75 run_ts release --client acme
like 'and that is said' "$TS_ERR" 'whether its database is the one it was cannot be told'
auth_sql "UPDATE auth.clients SET dbname = '$(client_db acme)' WHERE name = 'acme'"
run_ts run

# ---- what was remembered cannot be read -----------------------------------------------------------

databases=$(echo "$state"/*.databases)
cp -p "$databases" "$WORK/databases"
head -c 1100000 /dev/zero | tr '\0' '\n' >>"$databases"
ok 'where the file has grown beyond all measure status answers all the same' run_ts status --json
like 'with what cannot be read' "$TS_OUT" '"databases_trouble":"cannot read .*\.databases: File too large"'
like 'and the clients' "$TS_OUT" '"client":"beta",'
run_ts status
like 'so it does for people' "$TS_OUT" '^databases +which ones the clients had is not known, .*File too large'
run_ts check
like 'check warns' "$TS_OUT" '^! .*which databases the clients had is not known, .*File too large'
like 'and says what to do' "$TS_OUT" 'remove it'
ok 'jobs are shown' run_ts jobs
fails 'a database cannot be accepted then' 71 run_ts release --client acme
like 'which is said' "$TS_ERR" "client 'acme': whether its database is the one it was cannot be told: .*File too large"
run_ts run
like 'a run says so' "$TS_ERR" '^which databases the clients had is not known: .*File too large .told again once a day'
run_ts run
is 'once' "$TS_ERR" ''
run_ts status
is 'status shows it once, too' "$(printf '%s\n' "$TS_OUT" | grep -c 'clients had is not known')" 1
cp -p "$WORK/databases" "$databases"
run_ts run
like 'the end of it is said' "$TS_ERR" 'which databases the clients had is known again, after'

# ---- a server that does not tell its identifier ---------------------------------------------------

own_cluster
make_installation "$WORK/other"
state=$INSTALLATION/users/task_server
add_client gamma
add_job gamma Test '0 3 * * *' due
pg_admin "$(client_db gamma)" -c 'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC'
ok 'where the server does not tell its identifier a run succeeds' run_ts run
is 'and the job has run' "$(runs gamma)" 1
is 'the oid is remembered' "$(cut -f 2,3 "$state"/*.databases | tr '\t' ':')" \
    ":$(pg_psql postgres -c "SELECT oid FROM pg_database WHERE datname = '$(client_db gamma)'")"
refusals() {
    grep -c 'permission denied for function pg_control_system' "$PG_DIR/log"
}
once=$(refusals)
run_ts run
is 'it is not asked for again' "$(refusals)" "$once"
auth_sql "UPDATE auth.clients SET dbhost = '$PG_HOST/' WHERE name = 'gamma'"
make_due gamma
run_ts run
like 'then another host is another database' "$TS_ERR" "client 'gamma' is held"
is 'in which nothing is run' "$(runs gamma)" 1
ok 'until it is released' run_ts release --client gamma
run_ts run
is 'and runs' "$(runs gamma)" 2
done_testing
