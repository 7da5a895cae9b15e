#!/bin/sh
# CleanAuthSessions: expired sessions go with their content and their files, whoever else is busy
# with them, and nothing else goes.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme
add_client beta
files=$INSTALLATION/users/session_files

# auth_psql [OPTIONS] SQL: as superuser, in the place of this shell; for (auth_psql … ) &.
auth_psql() {
    exec "$PG_BIN/psql" -X -q -h "$PG_HOST" -p "$PG_PORT" -U postgres -d "$AUTH_DB" -c "$1" \
        >/dev/null 2>&1
}

# session ID MINUTES: one of that age, with two rows of content and a file.
session() {
    pg_psql "$AUTH_DB" -v id="$1" -v minutes="$2" <<'END'
INSERT INTO auth.session (id, mtime) VALUES (:'id', now() - :'minutes' * interval '1 minute');
INSERT INTO auth.session_content (session_id, sess_key) VALUES (:'id', 'a'), (:'id', 'b');
END
    session_dir=$(printf %s "$1" | LC_ALL=C tr -cd 'A-Za-z0-9')
    if [ -n "$session_dir" ]; then
        mkdir -p "$files/$session_dir"
        echo x >"$files/$session_dir/upload.csv"
    fi
    own_installation
}

ids() {
    auth_sql "SELECT string_agg(id, ' ' ORDER BY id) FROM auth.session"
}

left_files() {
    (cd "$files" && find . -mindepth 1 | sort | tr '\n' ' ')
}

clean() {
    perform acme CleanAuthSessions
}

is 'without sessions and their folder it answers 1' "$(clean)" 'success|1|NULL'

session fresh 479
session old 481
session older 100000
mkdir -p "$files/old/sub/dir"
touch "$files/old/sub/dir/x" "$files/unrelated" "$INSTALLATION/users/keep"
ln -s ../../keep "$files/old/sub/link"
ln -s ../../../users "$files/old/sub/users"
own_installation
auth_sql "INSERT INTO auth.session (id, mtime) VALUES ('timeless', NULL)"
is 'expired sessions go' "$(clean) $(ids)" 'success|1|NULL fresh timeless'
is 'with their content' "$(auth_sql 'SELECT DISTINCT session_id FROM auth.session_content')" fresh
is 'and their files, and only theirs' "$(left_files)" './fresh ./fresh/upload.csv ./unrelated '
ok 'links are not followed' test -e "$INSTALLATION/users/keep"

# shellcheck disable=SC1003  # a backslash
for id in 'a-b/../c' '..' '/' '-' 'x"y\z,{}' "it's" 'NULL' 'ümlaut' ' ' '' "$(printf '%0300d' 0)" 'evil/../../..'; do
    session "$id" 500
done 2>/dev/null
ln -s ../keep "$files/linked"
auth_sql "INSERT INTO auth.session (id, mtime) VALUES ('linked', '2001-01-01')"
is 'whatever their ids are' "$(clean) $(ids)" 'success|1|NULL fresh timeless'
is 'their files go too' "$(left_files)" './fresh ./fresh/upload.csv ./unrelated '
ok 'and nothing above' test -e "$INSTALLATION/users/keep"

# ---- time -----------------------------------------------------------------------------------------

pg_admin postgres -c "ALTER DATABASE \"$AUTH_DB\" SET timezone = 'Pacific/Auckland'"
auth_sql "UPDATE auth.session SET mtime = now() - interval '479 minutes' WHERE id = 'fresh'"
session old 481
is "the auth database's clock and zone decide" "$(clean) $(ids)" 'success|1|NULL fresh timeless'
sed 's/session_timeout = .*/session_timeout = 60/' "$INSTALLATION/config/kivitendo.conf" >"$WORK/conf" &&
    cat "$WORK/conf" >"$INSTALLATION/config/kivitendo.conf"
session young 59
is 'the timeout comes from the configuration' "$(clean) $(ids)" 'success|1|NULL timeless young'
auth_sql 'DELETE FROM auth.session'
rm -rf "$files"

# ---- what cannot be removed -----------------------------------------------------------------------

session old 500
session stuck 500
chmod 0555 "$files/stuck"
is 'files that cannot be removed do not hold up their session, but are told of' "$(clean) $(ids)" \
    'success|1; files of 1 expired sessions could not be removed, first: stuck: upload.csv: Permission denied|NULL '
is 'the others go' "$(left_files)" './stuck ./stuck/upload.csv '
chmod 0755 "$files/stuck"
rm -rf "$files"
touch "$files"
session old 500 2>/dev/null
like 'a folder that is none is told of' "$(clean) $(ids)" \
    '^success[|]1; .*/users/session_files: Not a directory[|]NULL $'
rm -f "$files"

# ---- others at work -------------------------------------------------------------------------------

session locked 500
session old 500
(auth_psql "BEGIN; SELECT FROM auth.session WHERE id = 'locked' FOR UPDATE; SELECT pg_sleep(60)") &
holder=$!
own_pids="$own_pids $holder"
sleeping() {
    test "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
        WHERE datname = '$AUTH_DB' AND wait_event = 'PgSleep'")" = 1
}
wait_until 10 sleeping
is 'a session that somebody has locked is passed over' "$(clean) $(ids)" 'success|1|NULL locked'
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$AUTH_DB'" >/dev/null
wait "$holder"
is 'and goes the next time' "$(clean) $(ids)" 'success|1|NULL '

# A page that ends a session deletes the content first.  Our side is made to be the one that finds
# the deadlock, and so the one that loses it.
pg_admin postgres -c "ALTER DATABASE \"$AUTH_DB\" SET deadlock_timeout = '1500ms'"
session both 500
session other 500
(auth_psql "SET deadlock_timeout = '60s'; BEGIN; DELETE FROM auth.session_content WHERE session_id = 'both';
    DO \$\$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP
        PERFORM pg_sleep(0.05); END LOOP; END \$\$;
    DELETE FROM auth.session WHERE id = 'both'; COMMIT") &
own_pids="$own_pids $!"
wait_until 10 sleeping
is 'a deadlock with a page is tried once more' "$(clean) $(ids)" 'success|1|NULL '
deadlocks() {
    test "$(pg_admin postgres -c "SELECT deadlocks FROM pg_stat_database WHERE datname = '$AUTH_DB'")" = 1
}
ok 'and there was one' wait_until 20 deadlocks

# ---- told to stop -----------------------------------------------------------------------------------

ts_setting 'stop_grace = 1'
session old 500
add_job acme CleanAuthSessions '30 6 * * *' due
runs=$(history acme | wc -l)
(auth_psql 'BEGIN; LOCK auth.session; SELECT pg_sleep(60)') &
own_pids="$own_pids $!"
wait_until 10 sleeping
start_ts stopped run
waiting() {
    test "$(pg_admin postgres -c "SELECT count(*) FROM pg_stat_activity
        WHERE datname = '$AUTH_DB' AND wait_event_type = 'Lock'")" = 1
}
ok 'the job waits for whoever has the table' wait_until 10 waiting
kill -TERM "$TS_PID"
wait_ts stopped
is 'a job that is told to stop leaves no history' "$(history acme | wc -l)" "$runs"
is 'and stays due' "$(job_field acme "$JOB_ID" "next_run_at < '$(date '+%F %T')'")" t
pg_admin postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = '$AUTH_DB' AND wait_event = 'PgSleep'" >/dev/null
run_ts -q run
is 'and runs the next time' "$(last_run acme) $(ids)" 'success|1|NULL '

# ---- many -----------------------------------------------------------------------------------------

many=20000
[ -z "$TEST_LONG" ] || many=100000
auth_sql "INSERT INTO auth.session (id, mtime)
    SELECT md5(n::text), now() - interval '1 minute' * CASE n % 10 WHEN 0 THEN 1 ELSE 500 END
    FROM generate_series(1, $many) AS n;
    INSERT INTO auth.session_content (session_id, sess_key) SELECT id, 'x' FROM auth.session"
for client in acme beta; do
    add_job $client CleanAuthSessions '30 6 * * *' due
done
run_ts -q run
is 'two clients clean at once' "$(last_run acme) $(last_run beta)" 'success|1|NULL success|1|NULL'
is "$many sessions, of which a tenth stays" \
    "$(auth_sql "SELECT count(*), count(*) FILTER (WHERE mtime > now() - interval '60 minutes'),
        (SELECT count(*) FROM auth.session_content) FROM auth.session")" \
    "$((many / 10))|$((many / 10))|$((many / 10))"

auth_sql 'ALTER TABLE auth.session_content RENAME TO elsewhere'
like 'what the auth database refuses is a failure of the job' "$(clean)" \
    '^failure[|]NULL[|]authentication database: .*session_content'
done_testing
