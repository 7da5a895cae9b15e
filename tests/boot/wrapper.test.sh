#!/bin/sh
# slow
# scripts/task_server with cron's two backends: every verb, every exit code, and bad input.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
setup
make_installation "$WORK/kivi"
add_client acme
add_job acme Test '0 3 * * *' due --data 'result: hello'
config=$INSTALLATION/config/kivitendo.conf

# tab [FILE]: the crontab of the user who runs jobs, byte for byte, without the head that Debian's crontab(1)
# puts there; with a file, sets it.
tab() {
    if [ $# -gt 0 ]; then
        crontab -u "$PG_USER" "$1"
    else
        sed '1,3{/^# DO NOT EDIT/d; /^# (/d}' "/var/spool/cron/crontabs/$PG_USER" 2>/dev/null
    fi
}

ran() {
    [ "$(history acme)" = 'Test|success|hello|' ]
}

# ---- the usual way --------------------------------------------------------------------------------

arm_like 'not armed at first' '^3 not armed' status
arm_like 'check says so, too' 'not armed' check
arm_like 'stop has nothing to do' '^0 not armed' stop
arm_like 'reload neither' '^7 .*not armed' reload

for backend in cron.d crontab; do
    arm_like "start arms ($backend)" '^0 armed: the ' --scheduler $backend start
    is "one entry ($backend)" "$(in_cron)" 1
    arm_like "starting again changes nothing ($backend)" '^0 already armed: the ' --scheduler $backend start
    is "still one ($backend)" "$(in_cron)" 1
    arm_like "status knows that no daemon runs ($backend)" '^1 armed: the ' status
    like "and says so ($backend)" "$ARM_OUT" 'but: no cron daemon is running'
    like "and tells of the last run ($backend)" "$ARM_OUT" '^last run: 20.* ended well'
    like "and of none at present ($backend)" "$ARM_OUT" '^running: no'
    arm_like "restart arms anew ($backend)" '^0 disarmed: ' --scheduler $backend restart
    is "one entry ($backend)" "$(in_cron)" 1
    arm_like "reload finds nothing to do ($backend)" '^0 nothing to do' reload
    ok "the state directory says it for the pages ($backend)" grep -q -x "scheduler $backend" \
        "$INSTALLATION"/users/task_server/*.armed
    arm_like "stop disarms ($backend)" '^0 disarmed: the ' stop
    is "no entry ($backend)" "$(in_cron)" 0
    is "and nothing in the state directory ($backend)" "$(find "$INSTALLATION/users" -name '*.armed')" ''
done
is 'no file is left behind' "$(ls -A /etc/cron.d)" ''
ok 'the first run ran the job' wait_until 10 ran

arm --scheduler crontab start
arm_like 'another scheduler takes over' 'disarmed: the crontab' --scheduler cron.d start
is 'and there is one entry' "$(in_cron)" 1
is 'it is silent unless something is wrong' "$(grep -v '^#' /etc/cron.d/* | grep -c -e ' -v ')" 0
is 'and runs as the user who owns users/' \
    "$(awk '/task-server/ && !/^#/ { print $6 }' /etc/cron.d/*)" "$PG_USER"
command=$(sed -n "s/^\* \* \* \* \* $PG_USER //p" /etc/cron.d/*)
ok 'and its command works' as_user "$PG_USER" sh -c "$command"
arm stop
ts_setting 'scheduler = crontab'
arm start
is 'the configuration chooses' "$(tab | grep -c -v '^#')" 1
ARM_AS=$PG_USER arm_like 'its user may stop' '^0 disarmed: the crontab' stop
ARM_AS=$PG_USER arm_like 'and start' '^0 armed: the crontab' start
ARM_AS=nobody arm_like 'another may not' '^4 ' stop
ARM_AS=nobody arm_like 'nor start' '^4 ' start
is 'it is armed still' "$(in_cron)" 1
arm stop
sed -i '/^scheduler/d' "$config"

# ---- in German ------------------------------------------------------------------------------------

arm_wrapper
mkdir -p "$WORK/share"
cp -R "$TEST_ROOT/build/release/locale" "$WORK/share"
chmod -R a+rX "$WORK/share"
german() {
    unset LC_ALL
    LANG=de_DE.UTF-8
    export LANG
}
english() {
    unset LANG
    LC_ALL=C
    export LC_ALL
}
for backend in cron.d crontab; do
    german
    arm_like "start in German ($backend)" '^0 eingerichtet: .*ein erster Lauf beginnt' --scheduler $backend start
    english
    arm_like "is for the whole world ($backend)" '^0 already armed' --scheduler $backend start
    is "one entry ($backend)" "$(in_cron)" 1
    ok "the pages understand it ($backend)" grep -q -x "scheduler $backend" "$INSTALLATION"/users/task_server/*.armed
    german
    arm_like "status in German ($backend)" '^1 eingerichtet: .* aber: kein Cron-Dienst läuft letzter Lauf: ' status
    arm_like "stop in German ($backend)" '^0 abgeschaltet: ' stop
    english
    is "leaves nothing ($backend)" "$(in_cron)$(find "$INSTALLATION/users" -name '*.armed')" 0
done

# ---- several --------------------------------------------------------------------------------------

sed 's/^node_id.*/node_id = other/' "$config" >"$INSTALLATION/config/b 100%.conf"
first=$INSTALLATION
for backend in cron.d crontab; do
    INSTALLATION=$first
    arm --scheduler $backend start
    arm -c "$INSTALLATION/config/b 100%.conf" --scheduler $backend start
    is "two configurations, two entries ($backend)" "$ARM_CODE $(in_cron)" '0 2'
    arm_like "the first is armed, and current ($backend)" '^0 already armed' --scheduler $backend start
    arm check
    unlike "check sees nothing of the other ($backend)" "$ARM_OUT" 'is not what start would write'
    arm_like "the other path to it is the same ($backend)" '^0 already armed' -c kivi/config/../config/'b 100%.conf' --scheduler $backend start
    mkdir -p "$WORK/kivi2" && cp -R "$first/." "$WORK/kivi2" && chown -R "$PG_USER" "$WORK/kivi2"
    INSTALLATION=$WORK/kivi2
    arm --scheduler $backend start
    INSTALLATION=$first
    arm stop
    is "one is stopped, the others stay ($backend)" "$(in_cron)" 1
    arm_like "stopping again finds nothing that was left ($backend)" '^0 not armed *$' stop
    arm_like "and are armed ($backend)" '^1 armed' -c "$INSTALLATION/config/b 100%.conf" status
    command=$(cat /etc/cron.d/* /var/spool/cron/crontabs/* 2>/dev/null | grep -v '^#' | grep -F 'b 100' |
        sed "s/^\* \* \* \* \* \($PG_USER \)\{0,1\}//; s/\\\\%/%/g")
    ok "a percent sign and blanks arrive ($backend)" as_user "$PG_USER" sh -c "$command"
    arm -c "$INSTALLATION/config/b 100%.conf" stop
    INSTALLATION=$WORK/kivi2
    is "the second installation was left alone ($backend)" "$(in_cron)" 1
    arm stop
    INSTALLATION=$first
done
ok 'each has its own stamp' test "$(find "$first/users/task_server" -name '*.last-run' | wc -l)" -eq 2

# ---- crontabs with strange contents ---------------------------------------------------------------

# strange SENTENCE: $WORK/tab is set, then armed and disarmed; other lines must be as they were.
strange() {
    tab "$WORK/tab"
    is "$1: start" "$(arm --scheduler crontab start; echo "$ARM_CODE $(in_cron)")" '0 1'
    tab | grep -v -F '# kivitendo-jobs for ' >"$WORK/others"
    ok "$1: other lines stay" cmp "$WORK/others" "${2:-$WORK/tab}"
    arm stop
    tab >"$WORK/after"
    ok "$1: and are alone after stop" cmp "$WORK/after" "${2:-$WORK/tab}"
}

printf 'MAILTO=me\r\n*/5 * * * * true\r\n# BEGIN\r\n' >"$WORK/tab"
strange 'CRLF'
printf '* 1 * * * printf a\\r\n# \\n \\\\ \\x41 \\c %%s \r in the middle\n# \001\033[1m\t\377\r\n  \n# \\r\r\n' >"$WORK/tab"
strange 'backslashes, carriage returns, controls, and what is no UTF-8'
awk 'BEGIN { for (i = 0; i < 10000; i++) print "# line " i }' >"$WORK/tab"
tab "$WORK/tab"
arm_like "10,000 lines are crontab(1)'s limit" '^4 .*is not changed: .*too long' --scheduler crontab start
tab >"$WORK/after"
ok 'and nothing has changed' cmp "$WORK/after" "$WORK/tab"
sed -i 9000q "$WORK/tab"
strange '9,000 lines'
echo '1 2 * * * echo task-server # kivitendo-jobs for somewhere else' >"$WORK/elsewhere"
{ cat "$WORK/elsewhere" && echo "# kivitendo-jobs for $INSTALLATION/more"; } >"$WORK/tab"
tab "$WORK/tab"
arm --scheduler crontab start
arm stop
tab >"$WORK/after"
ok 'the entries of others that look like ours stay' cmp "$WORK/after" "$WORK/tab"

arm --scheduler crontab start
tab | grep -v '# END' | sed 's/^\* /*\/7 /' >"$WORK/broken"
echo '5 5 * * * true' >>"$WORK/broken"
tab "$WORK/broken"
arm_like 'check sees a block that was changed' 'trouble: the crontab of .* is not what start would write' check
arm --scheduler crontab start
is 'a block without its end is mended' "$(tab | grep -c '# END')$(in_cron)" 11
arm stop
is 'and removed, and nothing else' "$(tab | tail -n 1)" '5 5 * * * true'
arm --scheduler crontab start
tab | sed 's/^\* /#* /' >"$WORK/off"
tab "$WORK/off"
arm_like 'an entry that was commented out is not armed' '^3 ' status
arm stop
is 'and stop takes it away' "$(tab | grep -c 'kivitendo-jobs for '"$INSTALLATION"'$')" 0
crontab -u "$PG_USER" -r

printf '1 2 3 4 5 true' >/var/spool/cron/crontabs/"$PG_USER"
chown "$PG_USER":crontab /var/spool/cron/crontabs/"$PG_USER" && chmod 0600 /var/spool/cron/crontabs/"$PG_USER"
arm --scheduler crontab start
is 'no newline at its end' "$ARM_CODE $(tab | head -n 1) $(in_cron)" '0 1 2 3 4 5 true 1'
crontab -u "$PG_USER" -r

# ---- what is missing or forbidden -----------------------------------------------------------------

mkdir "$WORK/tools"
for tool in sh env sed awk grep cat id stat date mktemp readlink dirname rm mv cut head tr cksum cmp getent setpriv flock; do
    ln -s "$(command -v $tool)" "$WORK/tools/$tool"
done
ARM_PATH=$WORK/tools arm_like 'without crontab(1)' '^5 .*there is no crontab\(1\)' --scheduler crontab start
ln -s /bin/false "$WORK/tools/crontab"
ARM_PATH=$WORK/tools arm_like 'a crontab(1) that refuses' '^4 .*cannot read the crontab' --scheduler crontab start
ARM_PATH=$WORK/tools arm_like 'then status cannot tell' '^4 cannot tell' status
mount -o remount,ro /etc/cron.d
arm_like 'a read-only /etc' '^4 .*cannot write /etc/cron.d/.*Read-only' --scheduler cron.d start
mount -o remount,rw /etc/cron.d
ARM_AS=$PG_USER arm_like 'cron.d is for root' '^4 .*only root' --scheduler cron.d start
arm_like 'no systemd' '^5 .*systemd is not running' --scheduler systemd start
is 'nothing was done by any of these' "$(in_cron)" 0

arm --scheduler cron.d start
mv "$config" "$config.gone"
arm_like 'without its configuration start says so' '^6 .*no configuration file' start
arm_like 'status is not content, and says why' '^1 armed: .*no configuration file' status
arm_like 'stop works all the same' '^0 disarmed' stop
is 'it is disarmed' "$(in_cron)" 0
is 'and the pages know' "$(find "$INSTALLATION/users" -name '*.armed')" ''
mv "$config.gone" "$config"

printf '%s\n' "* * * * * task-server -C $INSTALLATION run" >"$WORK/tab"
tab "$WORK/tab"
arm check
like 'check sees what somebody wrote into the crontab by hand' "$ARM_OUT" "trouble: the crontab of $PG_USER has a line of yours"
sed "s/ run$/ -c config\/other.conf run/" "$WORK/tab" >"$WORK/other"
tab "$WORK/other"
arm check
unlike 'but not what is for another configuration' "$ARM_OUT" 'has a line of yours'
cp "$config" "$INSTALLATION/config/other.conf"
arm -c "$INSTALLATION/config/other.conf" check
like 'whose check sees it' "$ARM_OUT" "trouble: the crontab of $PG_USER has a line of yours"
rm "$INSTALLATION/config/other.conf"
crontab -u "$PG_USER" -r

arm --scheduler cron.d start
mv "$WORK/bin/task-server" "$WORK/bin/away"
arm_like 'without the program start says so' '^5 .*task-server is not installed' start
arm_like 'stop works all the same' '^0 disarmed' stop
mv "$WORK/bin/away" "$WORK/bin/task-server"
is 'it is disarmed, too' "$(in_cron)" 0

for backend in cron.d crontab; do
    arm --scheduler $backend start
    arm_like "restart with a scheduler that is not there ($backend)" '^5 .*systemd is not running' --scheduler systemd restart
    is "leaves it armed ($backend)" "$(in_cron)" 1
    mv "$INSTALLATION" "$INSTALLATION.gone"
    arm_like "stop disarms what belongs to a directory that is gone ($backend)" '^0 disarmed: ' stop
    arm_like "which is no place to start from ($backend)" "^6 .*is not kivitendo's directory" start
    mv "$INSTALLATION.gone" "$INSTALLATION"
    is "nothing is left ($backend)" "$(in_cron)" 0
done

state=$INSTALLATION/users/task_server
chmod 0700 /etc/cron.d
ARM_AS=$PG_USER arm_like 'a cron.d that may not be looked into is not an empty one' \
    '^4 cannot tell whether armed: the file ' status
ARM_AS=$PG_USER arm --scheduler crontab start
ARM_AS=$PG_USER arm_like 'what is armed is armed' '^1 cannot tell .* armed: the crontab' status
ARM_AS=$PG_USER arm_like 'and can be stopped' '^0 .*disarmed: the crontab' stop
ARM_AS=$PG_USER arm_like 'but once more it cannot be told' '^4 .*cannot tell whether armed' stop
ARM_AS=$PG_USER arm_like 'reload cannot tell either' '^4 .*cannot tell whether' reload
chmod 0755 /etc/cron.d
chown root "$state"
arm_like 'a state directory that may not be read' '^4 not armed .*cannot open the state directory' status
ARM_AS=$PG_USER arm_like 'nor by its user' '^4 not armed .*cannot open the state directory' status
arm_like 'reload says so, too' '^4 ' reload
chown "$PG_USER" "$state"
chown root "$INSTALLATION/users/pid" && chmod 0700 "$INSTALLATION/users/pid"
ARM_AS=$PG_USER arm_like 'nor is it told that no run is at work' '^4 .*running: cannot be told' status
arm_like 'by stop' '^4 .*cannot tell whether a run is at work' stop
chown "$PG_USER" "$INSTALLATION/users/pid"
ARM_AS=nobody arm_like "somebody else cannot tell anything" '^4 cannot tell whether armed: the crontab' status
ARM_AS=nobody arm_like 'nor stop it' '^4 .*cannot tell whether armed: the crontab' stop
ARM_AS=nobody arm check
unlike 'and check does not say that it is not armed' "$ARM_OUT" '^not armed'
chown root "$config" && chmod 0600 "$config"
arm_like 'what only the user may not read is no secret to root' '^4 not armed last run: 20' status
chown "$PG_USER" "$config" && chmod 0644 "$config"
ts_setting 'run_as = nosuch'
arm_like 'a user who is not there keeps nothing from being seen' "^3 not armed last run: 20.* running: no .*no user 'nosuch'" status
arm_like 'nor stop from working' '^0 not armed' stop
sed -i '/^run_as/d' "$config"

for row in 'no verb||^2 ' 'an unknown verb|begin|^2 ' 'two verbs|start stop|^2 ' 'an unknown option|-x start|^2 ' \
    'an unknown scheduler|--scheduler at start|^2 ' '-c without a file|start -c|^2 ' \
    'help|help|^0 usage: task_server' 'version|version|^0 task-server [0-9]' \
    '--now elsewhere|--now status|^2 ' 'a -c file that is not there|-c /nowhere/x start|^6 ' \
    'a run|run|^0 ' 'a run that tells everything|debug|^0 .*run ended' \
    'a job that is not there|--run-job=4711|^64 '; do
    args=${row#*|}
    # shellcheck disable=SC2086  # words
    arm_like "arguments: ${row%%|*}" "${row##*|}" ${args%%|*}
done
arm_like 'one job, as before' '^0 ' --run-job="$JOB_ID"

# ---- a run at work --------------------------------------------------------------------------------

. "$TEST_ROOT/tests/lib/held.sh"
add_held_job acme
hold_up acme
start_ts one run
under_way acme
touch -d '2001-01-01' "$INSTALLATION"/users/pid/*.pid
arm_like 'status tells of a run at work, and since when' \
    "running: pid $TS_PID, since 20[2-9]" status
names_it() {
    arm status
    printf '%s\n' "$ARM_OUT" | grep -q -x "  client 'acme': job $JOB_ID ($HELD_JOB), since 20.*"
}
ok 'and, after a while, of the job it is on' wait_until 30 names_it
arm_like 'reload wakes it' "^0 the run of pid $TS_PID looks again" reload
arm --scheduler cron.d start
arm_like 'stop need not wait' 'it ends by itself' stop --no-wait
(arm stop; echo "$ARM_CODE $ARM_OUT" >"$WORK/stopped") &
stopping=$!
sleep 1
ok 'stop waits for it' test ! -e "$WORK/stopped"
let_go acme
wait $stopping
like 'until it has ended' "$(cat "$WORK/stopped")" 'the run has ended'
is 'and says once for which job' "$(grep -c "client 'acme': job $JOB_ID ($HELD_JOB), since 20" "$WORK/stopped")" 1
wait_ts one
hold_up acme
add_job acme Test '0 3 * * *' due
client_sql acme "UPDATE background_jobs SET next_run_at = '2020-01-01'"
ts_setting 'stop_grace = 0'
start_ts two run
under_way acme
mv "$config" "$config.gone"
arm_like 'stop --now ends it, also without a configuration' '^0 not armed ending the run of pid .*has ended' stop --now
mv "$config.gone" "$config"
fails 'it is gone' 1 kill -0 "$TS_PID"
client_sql acme "UPDATE background_jobs SET next_run_at = '2020-01-01'"
arm --scheduler crontab start
ok 'a first run is at work' under_way acme
ok 'and keeps nobody from the crontab' flock -n "$(getent passwd "$PG_USER" | cut -d: -f6)" true
arm_like 'it is ended, too' '^0 .*ending the run of pid .*has ended' stop --now
let_go acme

# ---- kivitendo's own server -----------------------------------------------------------------------

cat >"$INSTALLATION/task_server.pl" <<'EOF'
use Fcntl ':flock';
open my $fh, '>', $ARGV[0] or die;
flock $fh, LOCK_EX or die;
syswrite $fh, "$$\n";
sleep 600;
EOF
pid_file=$INSTALLATION/users/pid/config.kivitendo.conf.pid
(as_user_exec "$PG_USER" perl "$INSTALLATION/task_server.pl" "$pid_file") &
old=$!
own_pids="$own_pids $old"
wait_until 5 test -s "$pid_file"
arm_like 'the old server at work: start refuses' "^1 .*old task_server.pl: it is running \\(pid $old\\)" --scheduler cron.d start
like 'and prints two commands' "$ARM_ERR" "^ *$INSTALLATION/scripts/task_server.pl stop"
like 'and the second' "$ARM_ERR" '^ *systemctl disable kivitendo-task-server'
arm_like 'status tells of it' 'running: kivitendo.s old task_server.pl' status
kill $old
mount -t tmpfs none /etc/rc2.d
touch /etc/rc2.d/S03kivitendo-task-server
arm_like 'so does its init script' '^1 .*init script .* is enabled' --scheduler cron.d start
like 'with the command for it' "$ARM_ERR" 'update-rc.d kivitendo-task-server disable'
umount /etc/rc2.d
is 'nothing was armed' "$(in_cron)" 0

# ---- uninstall ------------------------------------------------------------------------------------

[ ! -d /etc/systemd/system ] || mount -t tmpfs -o mode=0755 none /etc/systemd/system
if [ -d /etc/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
    ln -s /dev/null /etc/systemd/system/kivitendo-jobs@.service
    arm_like 'a masked unit' '^5 .*is masked; please: systemctl unmask kivitendo-jobs@.service' install
    is 'leaves nothing half installed' "$(ls /etc/systemd/system)" kivitendo-jobs@.service
    rm /etc/systemd/system/kivitendo-jobs@.service
fi
client_sql acme 'DELETE FROM background_jobs' >/dev/null
arm --scheduler cron.d start
arm_like '--fix belongs to uninstall' '^2 ' stop --fix
ARM_AS=$PG_USER arm_like 'only root may uninstall' '^4 ' uninstall
arm_like 'nothing is found' '^0 .*nothing would trouble task_server.pl' uninstall
is 'it disarms' "$(in_cron)" 0
add_job acme Test '@daily' null
arm_like 'what would trouble the old server is listed' "^0 not armed .*acme *$JOB_ID  Test .*refuses its schedule '@daily'.*mend it with: task_server -C $INSTALLATION uninstall --fix" uninstall
is 'and left' "$(job_field acme "$JOB_ID" active)" t
arm_like '--fix mends it' "^0 .*acme *$JOB_ID  Test .*made inactive" uninstall --fix
is 'really' "$(job_field acme "$JOB_ID" active)" f
ok 'a database that is away' sed -i 's/^port .*/port = 1/' "$config"
arm_like 'is no reason to stay' '^0 .*cannot connect.*look again when that is mended: task-server .*handover.*kept: ' uninstall

place=$INSTALLATION/modules/override/SL/System/TaskServer.pm
page_module() {
    arm_wrapper
    "$WORK/scripts/perl/page-module" -C "$INSTALLATION" >/dev/null
}
page_module
arm_like 'the module for the pages stays with --no-web' '^0 .*kept: ' --no-web uninstall
ok 'as it was' test -e "$place"
arm --scheduler cron.d start
arm_like 'and while the pages show what is armed' "^0 .*kept: the module for kivitendo's pages" -c "$INSTALLATION/config/b 100%.conf" uninstall
ok 'as it was, too' test -e "$place"
echo '# changed' >>"$place"
mkdir -p /etc/systemd/system/timers.target.wants
: >/etc/systemd/system/timers.target.wants/kivitendo-jobs@other.timer
arm_like 'else it goes, also with other installations about' "^0 .*removed; restart.*somebody had changed it.*other installations are armed" uninstall
ok 'really' test ! -e "$place"
rm /etc/systemd/system/timers.target.wants/kivitendo-jobs@other.timer
page_module
sed -i '/^# Belongs to task-server,/d' "$place"
arm_like 'a file that is not ours is no trouble' '^0 .*is not one of ours; it is left as it is' uninstall
ok 'and stays' test -e "$place"
cp -R "$TEST_ROOT/scripts/boot" "$WORK/scripts"
arm_like 'nor does it keep install from all else' "^0 .*what comes next: task_server -C $INSTALLATION start .*is not one of ours" install
rm "$place"
mount --bind "$INSTALLATION/modules" "$INSTALLATION/modules" && mount -o remount,ro,bind "$INSTALLATION/modules"
arm_like 'a module that cannot be put in place is one' '^1 .*what comes next: .*cannot create' install
umount "$INSTALLATION/modules"
page_module
mount --bind "${place%/*}" "${place%/*}" && mount -o remount,ro,bind "${place%/*}"
arm_like 'ours that cannot be removed' "^1 .*kept: .*cannot remove $place: Read-only" uninstall
umount "${place%/*}"
touch /etc/systemd/system/kivitendo-jobs.timer
mount -o remount,ro /etc/systemd/system
arm_like 'nor a unit' "^4 .*cannot remove /etc/systemd/system/kivitendo-jobs.timer: Read-only" uninstall
mount -o remount,rw /etc/systemd/system
ok 'all else goes' test ! -e "$place"
arm_like 'and once more, all' '^0 .*removed: /etc/systemd/system/kivitendo-jobs.timer' uninstall
arm_like '--no-web belongs to two verbs' '^2 ' --no-web start
mv "$config" "$config.away"
page_module
arm_like 'nor is a configuration that is gone' '^0 .*was not looked at: see above.*TaskServer.pm removed' uninstall
done_testing
