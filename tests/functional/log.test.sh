#!/bin/sh
# Where messages go: standard error, kivitendo's own log in its form, syslog; debug = 1; texts from a
# database that want to be more than text.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme
log=$INSTALLATION/users/kivitendo-debug.log
printf '%s\n' '2026-01-01 00:00:00.000 1 [1] info: kivitendo was here' >"$log"
own_installation
again() {
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
    run_ts run
}

add_job acme Test '0 3 * * *' due --data 'exception: "no\n<0>good\e[2J\x85"'
run_ts run
like 'a failure goes to standard error, control characters made harmless' "$TS_ERR" \
    "^client 'acme': job $JOB_ID \(Test\) after [0-9]+ ms: failed, next .*: Oh cruel world: no.n<0>good.x1B\[2J.x85\$"
is 'in one line' "$(printf '%s\n' "$TS_ERR" | wc -l)" 1

ts_setting 'log = file'
again
is 'log = file: standard error stays empty' "$TS_ERR" ''
is "kivitendo's own lines stay" "$(head -n 1 "$log")" '2026-01-01 00:00:00.000 1 [1] info: kivitendo was here'
like 'ours follow in its form' "$(sed -n 2p "$log")" \
    "^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} ([0-9]+) \[[0-9]+\] ERROR: client 'acme': job $JOB_ID \(Test\) after [0-9]+ ms: failed"
like 'with the summary' "$(tail -n 1 "$log")" '\] info: run ended: 0 jobs succeeded, 1 failed'
lines=$(wc -l <"$log")
run_ts run
is 'a quiet run writes nothing' "$(wc -l <"$log") $TS_ERR" "$lines "
ts_setting 'debug = 1'
run_ts run
like 'debug = 1 tells every decision' "$(tail -n +$((lines + 1)) "$log")" 'debug1: a pass begins: 1 enabled clients'
run_ts -q run
rm "$log"
mkdir "$log"
own_installation
again
like 'a log that cannot be written is told on standard error, and the job runs' "$TS_ERR" \
    'log = file: cannot write to .*users/kivitendo-debug.log.*'
like 'with everything else' "$TS_ERR" "job $JOB_ID \(Test\) after [0-9]+ ms: failed"
rmdir "$log"

sed -i 's/^log = file/log = syslog/' "$INSTALLATION/config/kivitendo.conf"
again
is 'log = syslog: standard error stays empty' "$TS_ERR" ''
sed -i 's/^log = syslog/log = elsewhere/' "$INSTALLATION/config/kivitendo.conf"
fails 'any other word is refused' 78 run_ts run
done_testing
