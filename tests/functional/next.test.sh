#!/bin/sh
# task-server next: fire times on standard output, one a line; everything else on standard error.
# Which times they are is the business of the unit tests; needs no database and no installation.
. "$(dirname "$0")/../lib/tap.sh"
WORK=$(make_workdir ts-next) || exit 1
at_exit "rm -rf '$WORK'"
TASK_SERVER=${TASK_SERVER:-$TEST_ROOT/build/release/task-server}

# next_ts ARGUMENTS…: as run_ts, without an installation.
next_ts() {
    (cd / && exec "$TASK_SERVER" next "$@") >"$WORK/ts.out" 2>"$WORK/ts.err"
    TS_CODE=$?
    TS_OUT=$(cat "$WORK/ts.out")
    TS_ERR=$(cat "$WORK/ts.err")
    return $TS_CODE
}

# shows SENTENCE TIMES ARGUMENTS…: exactly these lines, nothing said, exit code 0.
shows() {
    shows_sentence=$1
    shows_times=$2
    shift 2
    next_ts "$@"
    is "$shows_sentence" "$TS_CODE:$TS_OUT$TS_ERR" "0:$shows_times"
}

# refuses SENTENCE CODE PATTERN ARGUMENTS…: no lines, and a message that matches.
refuses() {
    refuses_sentence=$1
    refuses_code=$2
    refuses_pattern=$3
    shift 3
    next_ts "$@"
    is "$refuses_sentence: exit code, and no times" "$TS_CODE:$TS_OUT" "$refuses_code:"
    like "$refuses_sentence: the message" "$TS_ERR" "$refuses_pattern"
}

shows 'local time with its offset' '2026-03-28 02:30:00 +0100
2026-03-29 03:00:00 +0200
2026-03-30 02:30:00 +0200' '30 2 * * *' --from '2026-03-28 00:00' --count 3
shows 'both times of an hour that repeats' '2026-10-25 02:30:00 +0200
2026-10-25 02:30:00 +0100' '30 * * * *' --from '2026-10-25 01:30:00' --count 2
shows 'after WHEN, not at it' '2026-05-06 12:00:00 +0200' '0 12 * * *' --from '2026-05-05 12:00' --count 1
shows 'seconds of WHEN count' '2026-05-05 12:00:00 +0200' '0 12 * * *' --from '2026-05-05 11:59:59' --count 1
shows 'seconds since 1970' '1970-01-01 01:01:00 +0100' '* * * * *' --from @0 --count 1
shows 'before 1970 too' '1969-12-31 23:01:00 +0100' '* * * * *' --from @-7200 --count 1
shows 'WHEN as it is printed' '2026-10-25 02:45:00 +0100' '45 * * * *' --from '2026-10-25 02:30:00 +0100' --count 1
shows 'options may come first' '1970-01-01 01:01:00 +0100' --count=1 --from=@0 '* * * * *'
shows 'names and words' '2026-06-01 00:00:00 +0200' '0 0 1 jun *' --from '2026-05-05 12:00' --count 1
shows 'an empty spec is every minute' '1970-01-01 01:01:00 +0100' '' --from @0 --count 1

next_ts '0 0 1 1 *'
is 'ten times unless told otherwise' "$(wc -l <"$WORK/ts.out" | tr -d ' ')" 10
like 'from now on' "$TS_OUT" "^$(($(date +%Y) + 1))-01-01 00:00:00 \+0100\$"

next_ts '0 * * * *' --from tomorrow --count 1
is 'from tomorrow on' "$(echo "$TS_OUT" | cut -c1-19)" "$(date -d 'tomorrow 01:00' '+%F %T')"

TZ=America/Santiago next_ts '0 0 8 9 *' --from @1704067200 --count 1
is 'TZ decides' "$TS_OUT" '2024-09-08 01:00:00 -0300'
TZ='<+0545>-5:45' next_ts '0 0 * * *' --from @0 --count 1
is 'TZ may be a rule' "$TS_OUT" '1970-01-02 00:00:00 +0545'
TZ='' next_ts '0 0 * * *' --from @0 --count 1
is 'an empty TZ is UTC' "$TS_OUT" '1970-01-02 00:00:00 +0000'
TZ=Europe/Berlln
refuses 'a TZ that means nothing' 78 "TZ='Europe/Berlln' is neither" '* * * * *'
TZ=Europe/Berlin

next_ts '1,foo,5 * * * *' --from @0 --count 2
is 'a spec with nonsense in it has its times' "$TS_CODE:$TS_OUT" '0:1970-01-01 01:01:00 +0100
1970-01-01 01:05:00 +0100'
like 'and a warning' "$TS_ERR" "cron spec '1,foo,5 \* \* \* \*': 'foo' in the minute field picks nothing"
refuses 'a spec that never fires' 0 "cron spec '0 0 31 2 \*' never fires" '0 0 31 2 *'

refuses 'a value out of range' 64 "cron spec '61 \* \* \* \*': minute field '61': 61 is not within 0-59" \
    '61 * * * *'
refuses 'too few fields' 64 "cron spec '\* \* \*': only 3 of 5 fields" '* * *'
refuses 'a spec with control characters' 64 "cron spec 'x.x1By'" "$(printf 'x\033y')"
refuses 'a spec in several words' 64 'quoted' 0 3 '*' '*' '*'
refuses 'no spec' 64 'quoted'
refuses 'a count of nothing' 64 "--count '0'" '* * * * *' --count 0
refuses 'a count that is none' 64 "--count '5x'" '* * * * *' --count 5x
refuses 'a WHEN that is none' 64 "--from 'sometime'" '* * * * *' --from sometime
refuses 'a WHEN that does not exist' 64 "--from '2026-02-30 00:00': there is no such day" '* * * * *' --from '2026-02-30 00:00'
refuses 'a WHEN beyond all times' 64 "--from '@99999999999999999999'" '* * * * *' \
    --from @99999999999999999999
refuses 'a WHEN of endless length' 64 '--from' '* * * * *' --from "$(printf '1%0500d' 0)"
refuses 'an unknown option' 64 'unrecognized' '* * * * *' --bogus
refuses 'an option without its value' 64 'requires' '* * * * *' --from

next_ts --help
like 'help is on standard output' "$TS_CODE:$TS_OUT" '^0:usage: task-server next SPEC'
next_to_full() {
    "$TASK_SERVER" next '* * * * *' >/dev/full
}
fails 'a full standard output is an error' 71 next_to_full
done_testing
