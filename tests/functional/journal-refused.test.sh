#!/bin/sh
# A job that has ended, but whose outcome the database refuses: it is not run again meanwhile.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[task_server]
state_dir = $INSTALLATION/state

[task_server/commands]
Mark = /bin/sh -c "echo started >>$INSTALLATION/users/starts; echo done"
Much = /bin/sh -c "head -c 4096 /dev/zero | tr '\\\\0' x"
Wide = /bin/sh -c "head -c 20000 /dev/urandom | base64 -w 0"
EOF
own_installation

starts() {
    wc -l <"$INSTALLATION/users/starts" | tr -d ' '
}

entries() {
    find "$INSTALLATION/state/journal" -name '*.entry' | wc -l | tr -d ' '
}

# waiting: how many of them are not given up.
waiting() {
    find "$INSTALLATION/state/journal" -name '*.entry' ! -path '*/bad/*' | wc -l | tr -d ' '
}

bad() {
    find "$INSTALLATION/state/journal" -path '*/bad/*.entry' | wc -l | tr -d ' '
}

# refuse STATE: every history row, with this SQLSTATE.
refuse() {
    client_sql acme "
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            \$\$ BEGIN RAISE 'no room for it' USING ERRCODE = '$1'; END \$\$;
        CREATE TRIGGER refuse BEFORE INSERT ON background_job_histories
            FOR EACH ROW WHEN (NEW.package_name = 'Mark') EXECUTE PROCEDURE refuse()" >/dev/null
}

accept() {
    client_sql acme 'DROP TRIGGER refuse ON background_job_histories; DROP FUNCTION refuse()' >/dev/null
}

# The very first entry of an installation, and a full disk.
add_job acme Mark '0 3 * * *' due
mark=$JOB_ID
refuse 53100
add_job acme Test '0 3 * * *' due
run_ts run
is 'a job runs whose outcome the database has no room for' "$(starts)" 1
is 'which is told, in one line' "$TS_CODE $(printf '%s\n' "$TS_ERR" | sed 's/(SQLSTATE [0-9]*) //')" \
    "75 client 'acme': the outcome of job $mark waits in the journal: no room for it (told again once a day while it lasts)"
is 'and waits in the journal' "$(entries)" 1
is 'those behind it run' "$(history acme)" 'Test|success|1|'
run_ts check
unlike 'that it waits is nothing to warn of yet' "$TS_OUT" 'has waited in the journal'
find "$INSTALLATION/state/journal" -name '*.entry' -exec touch -d '2 hours ago' {} +
run_ts check --nagios
like 'but after an hour' "$TS_OUT" 'outcome has waited in the journal for more than an hour: 1'
run_ts status
like 'it is shown' "$TS_OUT" "^20.*  client 'acme': the outcome of job $mark waits in the journal"

run_ts run
run_ts run
is 'it is not run again while that is so' "$(starts)" 1
is 'nor told again' "$TS_CODE $TS_ERR" '75 '
is 'and its entry stays' "$(entries)" 1
run_ts run-job "$mark"
is 'nor by hand' "$TS_CODE $(starts)" '75 1'
like 'which says why' "$TS_ERR" "the outcome of job $mark waits in the journal: no room for it"
client_sql acme "UPDATE background_jobs SET next_run_at = '2020-01-01' WHERE package_name = 'Test'"
client_sql acme 'DELETE FROM background_job_histories'

accept
run_at_us=$(cat "$INSTALLATION"/state/journal/*/*.entry | sed -n 's/^run_at_us //p')
ended_us=$(cat "$INSTALLATION"/state/journal/*/*.entry | sed -n 's/^ended_us //p')
hold acme "SELECT id FROM background_jobs WHERE id = $mark FOR UPDATE"
start_ts one run
ok 'its row is locked for a while' under_way acme
let_go acme
wait_ts one
is 'when there is room it is recorded, and other jobs run' "$(history acme)" 'Mark|success|done|
Test|success|1|'
like 'which is told' "$TS_ERR" "client 'acme': all its jobs run again, after"
is 'without another start' "$(starts)" 1
is 'and the journal is empty' "$(entries)" 0
took_ms=$(client_sql acme "SELECT ($ended_us - $run_at_us) / 1000")
is 'how long we waited to record it is not how long it ran' \
    "$(awk -F '\t' '$6 == "Mark" { print $4 }' "$INSTALLATION"/state/*.runs)" "$took_ms"
is 'the job goes on at its next time' \
    "$(client_sql acme "SELECT next_run_at > now() FROM background_jobs WHERE id = $mark")" t

# By hand, without a run between: what waits is recorded first.
refuse 53100
run_ts run-job "$mark"
is 'by hand, its outcome waits in the journal as well' "$(starts) $(entries)" '2 1'
accept
run_ts run-job "$mark"
is 'the next one by hand records both' "$TS_CODE $(starts) $(entries)" '0 3 0'
is 'each once' "$(history acme | grep -c Mark)" 3

# What the database will never take.
for state in P0001 23514 42883 54000 XX000; do
    refuse "$state"
    run_ts run-job "$mark"
    run_ts run
    is "an entry that is refused for good, with $state, goes to bad/" "$(bad)$(waiting)" 10
    like 'with the reason beside it' "$(cat "$INSTALLATION"/state/journal/*/bad/*.why)" 'no room for it'
    accept
    run_ts run
    is 'and holds up nobody' "$TS_CODE $(waiting)" '0 0'
    rm -r "$INSTALLATION"/state/journal/*/bad
done

# An index has no room for a long text, and never will.
client_sql acme 'CREATE INDEX narrow ON background_job_histories(result)' >/dev/null
add_job acme Wide '0 3 * * *' due
run_ts run
is 'an outcome that is too long for an index is recorded in short' \
    "$(client_sql acme "SELECT status, error LIKE '%index row requires%' FROM background_job_histories
        WHERE package_name = 'Wide'") $(entries)" 'failure|t 0'
client_sql acme 'DROP INDEX narrow' >/dev/null

# The same, with a message that quotes what the job has printed, at a length that is cut.
client_sql acme "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN RAISE 'too long: %', NEW.result; END \$\$;
    CREATE TRIGGER refuse BEFORE INSERT ON background_job_histories
        FOR EACH ROW WHEN (length(NEW.result) > 3000) EXECUTE PROCEDURE refuse()" >/dev/null
add_job acme Much '0 3 * * *' due
run_ts run
is 'an outcome that is refused with a long message is recorded in short' \
    "$(client_sql acme "SELECT status, error LIKE 'xxxx%too long: xxxx%' FROM background_job_histories
        WHERE package_name = 'Much'") $(waiting)" 'failure|t 0'
accept

# What the database refuses for a moment only, for the state it is in: nothing is made of the outcome.
for state in 53100 53200 25006 40P01 55P03 57014; do
    client_sql acme 'CREATE SEQUENCE turns' >/dev/null
    client_sql acme "
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            \$\$ BEGIN
                IF nextval('turns') = 1 THEN
                    RAISE 'not just now' USING ERRCODE = '$state';
                END IF;
                RETURN NEW;
            END \$\$;
        CREATE TRIGGER refuse BEFORE INSERT ON background_job_histories
            FOR EACH ROW EXECUTE PROCEDURE refuse();
        DELETE FROM background_job_histories" >/dev/null
    client_sql acme "UPDATE background_jobs SET next_run_at = '2020-01-01' WHERE id = $mark" >/dev/null
    run_ts run
    is "refused once, with $state: it waits in the journal" "$(waiting)$(history acme)" 1
    run_ts run
    is 'and is recorded as what it was' "$(waiting) $(history acme)" '0 Mark|success|done|'
    accept
    client_sql acme 'DROP SEQUENCE turns' >/dev/null
done
done_testing
