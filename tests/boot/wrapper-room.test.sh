#!/bin/sh
# slow
# Where TMPDIR has no room left, scripts/task_server says so and leaves every crontab as it is.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
setup
make_installation "$WORK/kivi"
arm_wrapper
tab=/var/spool/cron/crontabs/$PG_USER
small=$WORK/small
mkdir "$small"

# in_room SIZE ARGUMENTS…: TMPDIR is that large.
in_room() {
    mount -t tmpfs -o "size=$1" none "$small"
    shift
    TMPDIR=$small
    export TMPDIR
    arm "$@"
    unset TMPDIR
    umount "$small"
}

# unchanged SENTENCE SIZE ARGUMENTS…
unchanged() {
    unchanged_sentence=$1
    shift
    cp "$tab" "$WORK/before"
    in_room "$@"
    like "$unchanged_sentence" "$ARM_CODE $ARM_ERR" '^4 .*crontab of '
    unlike "$unchanged_sentence: nothing was done" "$ARM_OUT" '^(armed|disarmed)'
    ok "$unchanged_sentence: no line is lost" cmp "$tab" "$WORK/before"
}

lines() {
    awk -v end="$1" 'BEGIN { for (i = 0; i < 500; i++) printf "# a comment of mine, line %d%s\n", i, end }'
}

for end in '' '\r'; do
    for size in 4k 36k 44k; do
        lines "$end" | crontab -u "$PG_USER" -
        unchanged "start in $size ($end)" "$size" --scheduler crontab start
        like "start in $size ($end): the reason is told" "$ARM_ERR" 'no room in /|No space left'
        arm --scheduler crontab start
        is "with room it is armed ($end)" "$ARM_CODE $(in_cron)" '0 1'
        unchanged "stop in $size ($end)" "$size" stop
        arm stop
        is "with room it is disarmed ($end)" "$ARM_CODE $(in_cron) $(grep -c 'comment of mine' "$tab")" '0 0 500'
    done
done
in_room 4m --scheduler crontab start
is 'where there is room enough, it arms' "$ARM_CODE $(in_cron)" '0 1'
done_testing
