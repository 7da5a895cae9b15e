#!/bin/sh
# A client database that is behind kivitendo's code: its Perl jobs are held until it is upgraded.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
upgrades=$INSTALLATION/sql/Pg-upgrade2
mkdir -p "$upgrades"
printf -- '-- @tag: first_upgrade\n-- @description: x\n' >"$upgrades/first_upgrade.sql"
printf '# @tag: second_upgrade\n# @description: x\npackage X;\n' >"$upgrades/second_upgrade.pl"
printf -- '-- @tag: never\n-- @ignore: 1\n' >"$upgrades/never.sql"
printf -- '-- @tag: no_upgrade\n' >"$upgrades/notes.txt"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Echo = /bin/echo done
END
own_installation
add_client acme
add_client beta
for client in acme beta; do
    client_sql $client "INSERT INTO schema_info (tag) VALUES ('first_upgrade')"
    add_job $client Speaks '0 3 * * *' due
    perl_job=$JOB_ID
    add_job $client Nothing '0 3 * * *' due
    add_job $client UpdateEmployeeBaseData '0 3 * * *' due
    add_job $client Echo '0 3 * * *' due
done
client_sql beta "INSERT INTO schema_info (tag) VALUES ('second_upgrade'), ('of another branch')"

ran() {
    client_sql "$1" "SELECT package_name || ' ' || status FROM background_job_histories ORDER BY 1"
}

ok 'a run succeeds' run_ts run
is 'in the client that is behind the native job and the command run, and no Perl job' "$(ran acme)" \
    'Echo success
UpdateEmployeeBaseData success'
is 'in the other one all of them do' "$(ran beta | grep -c success)" 4
is 'a job that is held stays due' \
    "$(job_field acme "$perl_job" 'next_run_at < now() AND last_run_at IS NULL')" t
is 'it is told, once for all its jobs, with the upgrade that is missing' "$(printf '%s\n' "$TS_ERR" |
    grep -c "client 'acme': its Perl jobs are held: .*behind kivitendo's code (1 upgrade is missing: second_upgrade)")" 1
unlike 'and not of the other' "$TS_ERR" "'beta'.*held"

ok 'the next run succeeds too' run_ts run
is 'and has nothing more to say' "$TS_ERR" ''
is 'nothing was recorded' "$(ran acme | wc -l)" 2

fails 'by hand it is not run either: try again later' 75 run_ts run-job "$perl_job" --client acme
like 'with the reason' "$TS_ERR" 'job [0-9]+ \(Speaks\): not run: held: its database is behind'
unlike 'for which Perl need not be loaded' "$TS_ERR" 'Perl bridge'

client_sql acme "INSERT INTO schema_info (tag) VALUES ('second_upgrade')"
ok 'after the upgrade a run succeeds' run_ts run
like 'and says that it is over' "$TS_ERR" "client 'acme': its Perl jobs run again"
is 'both have run' "$(ran acme | grep -c -e Speaks -e Nothing)" 2

printf -- '-- @tag: third_upgrade\n' >"$upgrades/third_upgrade.sql"
client_sql beta "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
run_ts run
like 'new code makes the next client wait' "$TS_ERR" "'beta': its Perl jobs are held: .*third_upgrade"
remembered() {
    grep -r -c '^held/' "$INSTALLATION/users/task_server" --include='*incidents' -h | tr '\n' ' '
}
is 'which is remembered' "$(remembered)" '1 '
auth_sql "UPDATE auth.clients SET task_server_user_id = NULL WHERE name = 'beta'"
run_ts run
is 'until the client is no longer enabled' "$(remembered)" '0 '
auth_sql "UPDATE auth.clients SET task_server_user_id = (SELECT id FROM auth.\"user\" LIMIT 1)"

client_sql beta 'DROP TABLE schema_info'
run_ts run
like 'where it cannot be found out the jobs wait as well' "$TS_ERR" \
    "'beta': its Perl jobs are held: whether .* cannot be found out: .*schema_info"
done_testing
