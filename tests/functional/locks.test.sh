#!/bin/sh
# slow
# What keeps a run from working: the installation's lock, another run, the old server, a full disk.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
ts_setting "state_dir = $WORK/state"
add_client acme
pid_dir=$INSTALLATION/users/pid
pid_file=$pid_dir/config.kivitendo.conf.pid
nologin=$INSTALLATION/users/nologin

# ---- users/nologin --------------------------------------------------------------------------------

add_job acme Test '0 3 * * *' due --data 'result: one'
touch "$nologin"
run_ts run
is 'while the installation is locked nothing is run' "$TS_CODE $(runs_of acme)" '0 0'
like 'and it is said' "$TS_ERR" "nothing is run: the installation $INSTALLATION is locked \\(users/nologin exists\\)"
run_ts run
is 'once' "$TS_CODE $TS_ERR" '0 '
rm "$nologin"
mkdir "$nologin"
run_ts run
is 'a directory of that name means nothing, as in kivitendo' "$TS_CODE $(runs_of acme)" '0 1'
like 'the end of it is said' "$TS_ERR" 'the installation is unlocked: jobs run'
rmdir "$nologin"
run_ts run
is 'once, too' "$TS_ERR" ''

# In the middle of a run.
add_held_job acme
add_job acme Test '0 3 * * *' due --data 'result: two'
hold_up acme
start_ts one -v run
under_way acme
touch "$nologin"
let_go acme
wait_ts one
is 'locked in the middle of a run: the job under way is recorded, the next one is not started' \
    "$TS_CODE $(client_sql acme "SELECT string_agg(package_name || ':' || result, ' ' ORDER BY id) FROM background_job_histories")" \
    "0 Test:one $HELD_JOB:1"
like 'which is said with -v' "$TS_ERR" 'job [0-9]+ \(Test\): not started: nothing is run: the installation .* is locked'
printf '[debug]\nkeep_installation_unlocked = 1\n' | cat - "$INSTALLATION/config/kivitendo.conf" >"$WORK/unlocked.conf"
chmod 0644 "$WORK/unlocked.conf"
run_ts -c "$WORK/unlocked.conf" run
is 'keep_installation_unlocked: nobody looks' "$TS_CODE $(runs_of acme)" '0 3'
rm "$nologin"

# Elsewhere, as [paths] userspath says.
add_job acme Test '0 3 * * *' due --data 'result: three'
mkdir "$WORK/elsewhere"
touch "$WORK/elsewhere/nologin"
printf '[paths]\nuserspath = %s\n' "$WORK/elsewhere" | cat - "$INSTALLATION/config/kivitendo.conf" >"$WORK/elsewhere.conf"
chmod -R a+rX "$WORK/elsewhere" "$WORK/elsewhere.conf"
run_ts -c "$WORK/elsewhere.conf" run
is 'the file lies where userspath says' "$TS_CODE $(runs_of acme)" '0 3'
rm "$WORK/elsewhere/nologin"
if [ "$(id -u)" -eq 0 ]; then
    chown root "$WORK/elsewhere"
    chmod 0700 "$WORK/elsewhere"
    run_ts -c "$WORK/elsewhere.conf" -v run
    is 'where that cannot be told nothing is run' "$TS_CODE $(runs_of acme)" '77 3'
    like 'and that is said' "$TS_ERR" 'nothing is run: cannot tell whether the installation is locked'
else
    skip 'where that cannot be told nothing is run' 'not root'
    skip 'and that is said' 'not root'
fi
run_ts run
is 'unlocked, all is done' "$(runs_of acme)" 4

# ---- another run ----------------------------------------------------------------------------------

add_held_job acme
hold_up acme
start_ts one run
under_way acme
began=$(milliseconds)
run_ts -v run
took=$(($(milliseconds) - began))
is 'while a run is at work another one ends with 0' "$TS_CODE" 0
like 'says who, and since when' "$TS_ERR" "another run is at work: pid $TS_PID, since [0-9-]+ [0-9]+:[0-9]+:[0-9]+ \\+0[12]00"
ok 'after two seconds of patience' test $took -ge 1900 -a $took -lt 8000
run_ts run
is 'cron hears nothing of it' "$TS_OUT$TS_ERR" ''
start_ts two -v run
sleep 0.3
let_go acme
ok 'patience pays' wait_ts two
like 'the run that waited works' "$TS_ERR" 'a pass begins'
wait_ts one

# ---- the pid file ---------------------------------------------------------------------------------

echo 1 >"$pid_file"
ok 'a pid file that a dead server left is no obstacle' run_ts run
is 'it is emptied, for the pages to see that nobody runs' "$(stat -c %s "$pid_file")" 0
is 'nobody else may read or write it' "$(rm "$pid_file"; run_ts run; stat -c %a "$pid_file")" 600
rm -rf "$pid_dir"
ok 'a missing users/pid is created' run_ts run
rm "$pid_file"
touch "$WORK/precious"
ln -s "$WORK/precious" "$pid_file"
run_ts run
like 'a link in its place is refused' "$TS_CODE $TS_ERR" "^77 .*$pid_file is a link: remove it"
rm "$pid_file"
ln "$WORK/precious" "$pid_file"
own_installation
run_ts run
like 'so is a second name of another file' "$TS_CODE $TS_ERR" "^77 .*$pid_file is no regular file with a single name"
rm "$pid_file"
mkdir "$pid_file"
run_ts run
like 'and a directory' "$TS_CODE $TS_ERR" "^7[17] .*$pid_file"
rmdir "$pid_file"
if [ "$(id -u)" -eq 0 ]; then
    chown root "$pid_dir"
    run_ts run
    like 'a directory that is not ours is a matter of permission' "$TS_CODE $TS_ERR" "^77 .*$pid_dir"
    own_installation
else
    skip 'a directory that is not ours is a matter of permission' 'not root'
fi

# ---- a full disk ----------------------------------------------------------------------------------

add_job acme Test '0 3 * * *' due --data 'result: after the disk was full'
runs=$(runs_of acme)
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=16k,mode=0777 none "$pid_dir" 2>/dev/null; then
    at_exit "umount '$pid_dir' 2>/dev/null"
    dd if=/dev/zero of="$pid_dir/full" bs=4096 2>/dev/null
    run_ts run
    like 'a full disk for the pid file' "$TS_CODE $TS_ERR" '^71 cannot write the pid to .*No space left on device'
    is 'and nothing is run' "$(runs_of acme)" "$runs"
    rm "$pid_dir/full"
    ok 'when there is room again' run_ts run
    is 'it is' "$(($(runs_of acme) - runs))" 1
    umount "$pid_dir"
else
    skip 'a full disk for the pid file' 'no mount here'
    run_ts run
fi
add_job acme Test '0 3 * * *' due --data 'result: a full state directory'
runs=$(runs_of acme)
rm -rf "$WORK/state"
mkdir "$WORK/state"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o "size=16k,mode=0700,uid=$(id -u "$PG_USER")" none "$WORK/state" 2>/dev/null; then
    at_exit "umount '$WORK/state' 2>/dev/null"
    dd if=/dev/zero of="$WORK/state/full" bs=4096 2>/dev/null
    run_ts run
    like 'a full state directory is said' "$TS_CODE $TS_ERR" '^0 .*No space left on device'
    is 'but is no obstacle' "$(($(runs_of acme) - runs))" 1
    umount "$WORK/state"
    rmdir "$WORK/state"
else
    skip 'a full state directory is said' 'no mount here'
    run_ts run
fi

# As good as full: a limit for files, which by itself would end the process.
[ -d "$WORK/state" ] || mkdir "$WORK/state"
[ "$(id -u)" -ne 0 ] || chown "$PG_USER" "$WORK/state"
add_job acme Test '0 3 * * *' due
run_ts run
add_job acme Test '0 3 * * *' due --data 'result: a file may not grow'
runs=$(runs_of acme)
for log in "$WORK"/state/*.runs; do
    head -c 9000 /dev/zero | tr '\0' '\n' >>"$log"
done
limited=$(
    ulimit -f 8
    run_ts run
    echo "$TS_CODE $TS_ERR"
)
like 'a file that may not grow is said' "$limited" '^0 .*File too large'
is 'and is no obstacle, either' "$(($(runs_of acme) - runs))" 1
rm -f "$WORK"/state/*.runs

# ---- the old server -------------------------------------------------------------------------------

command -v perl >/dev/null || skip_all 'no perl here'
. "$TEST_ROOT/tests/lib/old_server.sh"
add_job acme Test '0 3 * * *' due --data 'result: after the old server'
runs=$(runs_of acme)
start_old_server
run_ts run
like "kivitendo's old server is no other run, but in the way" "$TS_CODE $TS_ERR" \
    "^75 nothing is run: kivitendo's old task_server.pl is running \\(pid $old_server, since .*\\); stop it, and keep it from being started at boot"
run_ts run
is 'it is told once' "$TS_CODE $TS_ERR" '75 '
is 'and its pid file is left alone' "$(cat "$pid_file")" "$old_server"
sed -i 's/^\([^ ]*\) \([^ ]*\) [^ ]*/\1 \2 1000000000/' "$WORK"/state/*.incidents
run_ts run
like 'and a day later' "$TS_ERR" 'old task_server.pl is running'
stop_old_server
run_ts run
like 'when it is gone jobs run, and that is said' "$TS_CODE $TS_ERR" '^0 the old task_server.pl is gone: jobs run'
is 'once' "$(runs_of acme) $(run_ts run; cat "$WORK/ts.err")" "$((runs + 1)) "

# ---- another command at the holds -----------------------------------------------------------------

exec 8<"$WORK/state"
flock 8
fails 'while another process has the state directory locked nothing is held: try again later' 75 run_ts hold
like 'and it is said' "$TS_ERR" "cannot lock $WORK/state: another process keeps it; try again"
exec 8<&-
ok 'when it lets go, it works' run_ts hold
done_testing
