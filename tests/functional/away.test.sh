#!/bin/sh
# slow
# A database that cannot be used costs one clear message, never the other clients, and no password.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
ts_setting 'connect_timeout = 1'
ts_setting "state_dir = $WORK/state"

# One that listens and never answers.
deaf() {
    mkdir "$WORK/deaf"
    (exec perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
        bind($s, pack_sockaddr_un($ARGV[0])) or die "$!"; listen($s, 100) or die; chmod 0777, $ARGV[0]; sleep 3600' \
        "$WORK/deaf/.s.PGSQL.$PG_PORT" 2>"$WORK/deaf.err") &
    own_pids="$own_pids $!"
    wait_until 10 test -S "$WORK/deaf/.s.PGSQL.$PG_PORT"
}

# incidents: the lasting conditions we remember.
incidents() {
    cut -d' ' -f1 "$WORK"/state/*.incidents | sort | tr '\n' ' '
}

# ---- clients --------------------------------------------------------------------------------------

command -v perl >/dev/null || skip_all 'no perl here'
deaf
add_client first
add_client absent
add_client wrongpw --role kivi_pw --password 'not the s3cret'
add_client nohost --host "$WORK/nowhere"
add_client noname --host 'no-such-host.invalid'
add_client deaf --host "$WORK/deaf"
add_client notables
add_client nohistory
add_client readonly
add_client forbidden
add_client last
pg_psql postgres -c "DROP DATABASE \"$(client_db absent)\""
client_sql notables 'DROP TABLE background_jobs'
client_sql nohistory 'DROP TABLE background_job_histories'
for client in first last nohistory forbidden readonly; do
    add_job $client Test '0 3 * * *' '2020-01-01'
done
pg_psql postgres -c "ALTER DATABASE \"$(client_db readonly)\" SET default_transaction_read_only = on"
pg_admin "$(client_db forbidden)" -c 'ALTER TABLE background_jobs OWNER TO postgres'

run_ts run
is 'a run with databases away ends with 75' "$TS_CODE" 75
is 'the first client and the last are served' "$(runs_of first) $(runs_of last)" '1 1'

# told [PATTERN]: how many clients are named, with that behind it.
told() {
    printf '%s\n' "$TS_ERR" | grep -E -c "^client '[a-z]+'( is not served)?: .*${1:-}"
}

# away CLIENT MESSAGE
away() {
    like "$1: $2" "$TS_ERR" "^client '$1'( is not served)?: .*$2.* \\(told again once a day while it lasts\\)\$"
}
away absent 'cannot connect: .*does not exist'
away wrongpw 'cannot connect: .*password authentication failed'
away nohost 'cannot connect: .*nowhere.*No such file or directory'
away noname 'cannot connect: .*no-such-host.invalid'
away deaf 'cannot connect: no answer within 1 seconds'
away notables "its database has no tables of kivitendo's background jobs"
away nohistory 'job [0-9]+ cannot be claimed: relation "public.background_job_histories" does not exist'
away readonly 'its database is read-only: no run could be recorded, so nothing is run'
away forbidden 'cannot read its jobs: permission denied'
is 'one message each' "$(told 'told again once a day')" 9
unlike 'without a password' "$TS_ERR" 's3cret'
is 'nothing was run where it could not be recorded' \
    "$(pg_admin "$(client_db readonly)" -c 'SELECT count(*), min(next_run_at) FROM background_jobs WHERE last_run_at IS NULL')" \
    '1|2020-01-01 00:00:00'

run_ts run
is 'the next run ends with 75, too, and does not tell it again' "$TS_CODE $TS_ERR" '75 '
run_ts -v run
ok 'but with -v (once in each pass)' test "$(told 'told already')" -ge 9
began=$(milliseconds)
run_ts run
took=$(($(milliseconds) - began))
diag "took $took ms"
ok 'none takes longer than connect_timeout' test $took -lt 20000

# A day later.
sed -i 's/^\([^ ]*\) \([^ ]*\) [^ ]*/\1 \2 1000000000/' "$WORK"/state/*.incidents
run_ts run
is 'a day later each is told once more' "$(told 'still; a reminder comes once a day')" 9
run_ts run
is 'and then not for another day' "$TS_ERR" ''
sed -i 's/^\([^ ]*\) \([^ ]*\) [^ ]*/\1 \2 99999999999/' "$WORK"/state/*.incidents
run_ts run
is 'a clock that was wrong does not silence it for ever' "$(told)" 9

# Mended.
pg_psql postgres -c "ALTER DATABASE \"$(client_db readonly)\" RESET default_transaction_read_only"
pg_admin "$(client_db forbidden)" -c 'ALTER TABLE background_jobs OWNER TO kivitendo'
run_ts run
like 'the end is told' "$TS_ERR" "client 'readonly' is served again, after [0-9]+ (s|min)"
like 'of each' "$TS_ERR" "client 'forbidden' is served again, after"
is 'and what was due is done' "$(runs_of readonly) $(runs_of forbidden)" '1 1'
auth_sql "UPDATE auth.clients SET task_server_user_id = NULL WHERE name NOT IN ('first', 'last')"
ok 'without the others all is well' run_ts run
ok 'again and again' run_ts run

# An interrupted write, or somebody's editor.
printf 'client/1\n\001\n  \nkey since told\n' >"$(echo "$WORK"/state/*.incidents)"
ok 'memories that make no sense count as none' run_ts run
: >"$(echo "$WORK"/state/*.incidents)"
ok 'an empty memory, too' run_ts run
rm -rf "$WORK/state"
: >"$WORK/state"
run_ts run
like 'without a state directory jobs run, and it is said' "$TS_CODE $TS_ERR" '^0 no state directory: .*state'
rm -f "$WORK/state"

# ---- the authentication database ------------------------------------------------------------------

cp "$INSTALLATION/config/kivitendo.conf" "$WORK/good.conf"

# auth SENTENCE CODE MESSAGE KEY VALUE [KEY VALUE]: with these settings.
auth() {
    auth_sentence=$1
    auth_code=$2
    auth_message=$3
    shift 3
    cp "$WORK/good.conf" "$INSTALLATION/config/kivitendo.conf"
    while [ $# -gt 0 ]; do
        sed -i "s,^$1 *=.*,$1 = $2," "$INSTALLATION/config/kivitendo.conf"
        shift 2
    done
    rm -rf "$WORK/state"
    run_ts run
    like "$auth_sentence" "$TS_CODE $TS_ERR" "^$auth_code authentication database '.*': .*$auth_message.*\\(told again once a day"
    unlike 'without a password' "$TS_ERR" 's3cret'
    run_ts run
    is 'told once, but the exit code stays' "$TS_CODE $TS_ERR" "$auth_code "
}

auth 'the server is away' 75 'cannot connect: .*nowhere' host "$WORK/nowhere"
auth 'it does not answer' 75 'cannot connect: no answer within 1 seconds' host "$WORK/deaf"
auth 'a wrong password' 75 'password authentication failed' user kivi_pw password 'the s3cret'
auth 'no such database' 75 'does not exist' db nowhere
auth "a database that is not kivitendo's" 78 'no table auth.clients.*check host, port and db' db postgres
auth 'one of a client' 78 'no table auth.clients' db "$(client_db first)"
cp "$WORK/good.conf" "$INSTALLATION/config/kivitendo.conf"
rm -rf "$WORK/state"
run_ts run
auth_sql 'ALTER TABLE auth.clients RENAME task_server_user_id TO something_else'
run_ts run
like 'one that is too old' "$TS_CODE $TS_ERR" '^78 .*no column auth.clients.task_server_user_id.*upgrade'
run_ts run-job 1
like 'run-job says so, too' "$TS_CODE $TS_ERR" '^78 .*task_server_user_id'
auth_sql 'ALTER TABLE auth.clients RENAME something_else TO task_server_user_id'
run_ts run
like 'mended, it is told' "$TS_CODE $TS_ERR" '^0 the clients can be read again, after [0-9]+ (s|min)'
auth_sql 'DELETE FROM auth.clients_users; DELETE FROM auth.clients'
ok 'no clients at all are no error' run_ts run

# ---- no password anywhere -------------------------------------------------------------------------

add_client secret --role kivi_pw --password "$PG_PASSWORD" --dbname "$(client_db last)"
sed -i "s,^user *=.*,user = kivi_pw,; s;^password *=.*;password = $(printf '%s' "$PG_PASSWORD" | sed 's/[&;]/\\&/g');" \
    "$INSTALLATION/config/kivitendo.conf"
client_sql last 'TRUNCATE background_jobs, background_job_histories'
add_held_job last
hold_up last
start_ts one -v run
ok 'with passwords a job is under way' under_way last
for pid in $TS_PID $(process_children "$TS_PID"); do
    cat "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null
done | tr '\0' '\n' >"$WORK/seen"
pg_admin postgres -c 'SELECT application_name, query FROM pg_stat_activity' >>"$WORK/seen"
let_go last
ok 'and done' wait_ts one
cat "$WORK/one.out" "$WORK/one.err" "$WORK"/state/* >>"$WORK/seen"
ok 'there was something to look at' test "$(wc -l <"$WORK/seen")" -gt 20
is 'the password is in no argument, environment, message or file of ours' "$(grep -c -F geheim "$WORK/seen")" 0
done_testing
