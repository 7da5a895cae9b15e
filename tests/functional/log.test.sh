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

ts_setting 'log = stderr'
again
like 'log = stderr: what is so anyway' "$TS_ERR" 'failed, next'
sed -i '/^log = stderr/d' "$INSTALLATION/config/kivitendo.conf"
ts_setting 'log = file'
again
is 'log = file: standard error stays empty' "$TS_ERR" ''
is "kivitendo's own lines stay" "$(head -n 1 "$log")" '2026-01-01 00:00:00.000 1 [1] info: kivitendo was here'
like 'ours follow in its form' "$(sed -n 2p "$log")" \
    "^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} ([0-9]+) \[[0-9]+\] ERROR: client 'acme': job $JOB_ID \(Test\) after [0-9]+ ms: failed"
like 'with the summary' "$(tail -n 1 "$log")" '\] info: run ended; jobs: 0 succeeded, 1 failed'
lines=$(wc -l <"$log")
run_ts run
is 'a quiet run writes nothing' "$(wc -l <"$log") $TS_ERR" "$lines "
ts_setting 'debug = 1'
run_ts run
like 'debug = 1 tells every decision' "$(tail -n +$((lines + 1)) "$log")" 'debug1: a pass begins; enabled clients: 1'
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
# syslog(3) looks for /dev/log, so a daemon of ours gets a /dev of its own.
own_syslog() {
    mkdir "$WORK/dev"
    # shellcheck disable=SC2016  # for the inner shell
    unshare -m sh -c 'mount -t tmpfs tmpfs "$1/dev" && cp -a /dev/null /dev/zero /dev/random /dev/urandom "$1/dev" &&
        mount --bind "$1/dev" /dev && exec busybox syslogd -n -O "$1/syslog"' sh "$WORK" 2>"$WORK/syslog.err" &
    syslog_pid=$!
    wait_until 10 nsenter -t $syslog_pid -m test -S /dev/log
}
if [ "$(id -u)" -eq 0 ] && busybox syslogd --help >/dev/null 2>&1 && own_syslog; then
    client_sql acme "UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
    nsenter -t "$syslog_pid" -m runuser -u "$PG_USER" -- "$TASK_SERVER" -C "$INSTALLATION" run
    has_arrived() {
        grep -q "cron.err task-server\[[0-9]*\]: client 'acme': job $JOB_ID (Test) after [0-9]* ms: failed" "$WORK/syslog"
    }
    ok 'a syslog daemon gets it, with its priority' wait_until 10 has_arrived
    kill "$syslog_pid"
    wait "$syslog_pid" 2>/dev/null
else
    skip 'a syslog daemon gets it, with its priority' "no syslogd of busybox, or no /dev of our own: $(head -n 1 "$WORK/syslog.err" 2>/dev/null)"
fi
sed -i 's/^log = syslog/log = elsewhere/' "$INSTALLATION/config/kivitendo.conf"
fails 'any other word is refused' 78 run_ts run
done_testing
