#!/bin/sh
# slow
# How a Perl job can end: each in its own way, and none of them harms the bridge or the other jobs.
# One run has them all, so the later ones prove that the bridge is still there.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
ts_setting 'job_timeout = 20'
ts_setting 'kill_grace = 1'
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/timeouts]
Stubborn = 1
Sleeps = 1
END
add_client acme
add_client beta

for package in Exits Dies DiesLatin1 DiesObject DiesSilently Killed Execs ClosesAll Daemonises \
    LeavesTransaction FailsInTransaction LooksInTransaction Broken Lacks Stubborn Sleeps ForksOut \
    Nothing Sabotages StoresSession UpdateEmployeeBaseData; do
    add_job acme $package '0 3 * * *' due
done
add_job acme PrintsALot '0 3 * * *' due --data 100
add_job acme Speaks '0 3 * * *' due
last_job=$JOB_ID
add_job beta Speaks '0 3 * * *' due

ok 'a run over all of them succeeds' run_ts -v run
cp "$WORK/ts.err" "$WORK/first.err"

# end_of PACKAGE: status|result|error, one line.
end_of() {
    client_sql acme "SELECT status, coalesce(result, 'NULL'), coalesce(error, 'NULL')
        FROM background_job_histories WHERE package_name = '$1'" | tr '\n' ' ' | sed 's/ *$//'
}

is 'every job has one history row' \
    "$(client_sql acme 'SELECT count(*), count(DISTINCT package_name) FROM background_job_histories')" \
    '23|23'
is 'every job goes on at its next regular time' \
    "$(client_sql acme 'SELECT count(*) FROM background_jobs
        WHERE next_run_at <= now() OR last_run_at IS NULL')" 0

like 'a job that calls exit has failed, with its status' "$(end_of Exits)" \
    '^failure\|NULL\|exit status 7'
is 'one that dies, with what it said' "$(end_of Dies)" 'failure|NULL|Oh grausame Welt: ä'
is 'also when it said it in Latin-1' "$(end_of DiesLatin1)" 'failure|NULL|Konto für 5 § fehlt'
is 'or with an object' "$(end_of DiesObject)" 'failure|NULL|Standin::Exception: no such account'
is 'or without a word' "$(end_of DiesSilently)" 'failure|NULL|failed without a message'
is 'one that is killed, with the signal' "$(end_of Killed)" 'failure|NULL|killed by SIGKILL'
is 'one that became another program, with its status and its words' "$(end_of Execs)" \
    'failure|NULL|exit status 3, without a result: now a shell'
is 'one that closes all its descriptors has succeeded' "$(end_of ClosesAll)" 'success|closed|NULL'
is 'so has one that leaves a mess in its process' "$(end_of Sabotages)" 'success|still fine|NULL'
is 'one whose child came out of run() like itself has one result' "$(end_of ForksOut)" \
    'success|parent, child ended with 0|NULL'
is 'one that returned nothing has null' "$(end_of Nothing)" 'success|NULL|NULL'
is 'one that printed 100 MB has succeeded' "$(end_of PrintsALot)" 'success|printed|NULL'
is 'one that left changes uncommitted has failed' "$(end_of LeavesTransaction)" \
    'failure|NULL|a transaction with changes was left open; they were rolled back'
is 'and they are not there' \
    "$(client_sql acme "SELECT count(*) FROM employee WHERE name IN ('new', 'changed')")" 0
is 'one that overlooked an error in its transaction has failed' "$(end_of FailsInTransaction)" \
    'failure|NULL|a transaction that had failed was left open'
is 'one that only looked has succeeded' "$(end_of LooksInTransaction)" 'success|42|NULL'
# shellcheck disable=SC2016  # Perl's variable, not the shell's
like 'a class that does not compile, with the words of Perl' "$(end_of Broken)" \
    '^failure\|NULL\|Global symbol "\$no_such_variable".*Broken\.pm line 7'
like 'a module that is not installed, with its name' "$(end_of Lacks)" \
    '^failure\|NULL\|.*Standin/Not/Installed\.pm.*'
like 'one that takes too long has timed out' "$(end_of Sleeps)" \
    '^failure\|NULL\|ended after 1 seconds? \(timeout\)'
like 'so has one that would not end' "$(end_of Stubborn)" \
    '^failure\|NULL\|ended after 1 seconds? \(timeout.*asleep'
like 'the last of them still had its bridge' "$(end_of Speaks)" '^success\|Grüße'
is 'so had the other client' "$(client_sql beta 'SELECT status FROM background_job_histories')" success
is 'and the native job ran' "$(end_of UpdateEmployeeBaseData)" 'success|1|NULL'

is 'all of them had one bridge, which did not die' \
    "$(grep -c 'bridge has died' "$WORK/first.err")" 0
like 'what a job prints is in the log, with client and job' "$(cat "$WORK/first.err")" \
    "client 'acme': job $last_job \(Speaks\) after [0-9]+ ms: it says: Grüße: €"
is 'of 100 MB some are, and how many are not' \
    "$(grep '(PrintsALot) .*: it says: ' "$WORK/first.err" | awk '
        / bytes/ { said = $0 } { bytes += length }
        END { print (bytes < 200000), (said != "") }')" '1 1'
like 'daemons are told of' "$(cat "$WORK/first.err")" '\(Daemonises\) after [0-9]+ ms: processes that it left behind, and that were ended: 1'

daemon=$(client_sql acme "SELECT result FROM background_job_histories WHERE package_name = 'Daemonises'")
is 'the daemon is gone' "$(process_runs "${daemon:-1}" && echo still there)" ''
is 'nothing of it is left running' "$(jobs_running)" ''
is 'no sessions are left in the auth database' "$(auth_sql 'SELECT count(*) FROM auth.session')" 0
is 'nothing is left in the journal' \
    "$(find "$INSTALLATION/users/task_server/journal" -type f ! -name '*.lock' 2>/dev/null | grep -v '/bad/')" ''
is 'nor in the bridge directory, but locks that limit how many run' \
    "$(find "$INSTALLATION/users/task_server/bridge" -type f ! -name 'external.*' ! -name 'perl.*')" ''

# ---- what the administrator sees who looks with psql ----
is 'no connection is left open' "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
    WHERE datname IN ('$(client_db acme)', '$(client_db beta)') AND pid <> pg_backend_pid()")" 0
done_testing
