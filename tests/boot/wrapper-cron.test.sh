#!/bin/sh
# slow
# A real cron daemon fires what scripts/task_server has armed, from cron.d and from a crontab.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
command -v cron >/dev/null 2>&1 || skip_all 'there is no cron daemon called cron'
setup

# fired DIRECTORY: has the job of that installation run, after it was armed?
fired() {
    AUTH_DB=$(cat "$WORK/$1.db")
    [ "$(history acme)" = 'Test|success|hello|' ]
}

# due DIRECTORY SCHEDULER: an armed installation with a job that only a later run can find.
due() {
    make_installation "$WORK/$1"
    echo "$AUTH_DB" >"$WORK/$1.db"
    add_client acme
    arm --scheduler "$2" start
    is "$1 is armed" "$ARM_CODE" 0
    # Due in any zone: cron runs it in the system's, not in the test's.
    add_job acme Test '0 3 * * *' '2020-01-01 03:00' --data 'result: hello'
}

cron -f &
own_pids="$own_pids $!"
due first cron.d
due second crontab
for name in first second; do
    INSTALLATION=$WORK/$name
    arm_like "$name: status is content" '^0 armed: .* next run: 20' status
    ok "$name: its job has run within the minute" wait_until 75 fired $name
    is "$name: as the user it belongs to" \
        "$(find "$INSTALLATION/users/task_server" -name '*.last-run' -printf '%u')" "$PG_USER"
    arm stop
done
is 'nothing is left in cron' "$(in_cron)" 0
done_testing
