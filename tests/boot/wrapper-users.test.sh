#!/bin/sh
# slow
# scripts/task_server where more than one user has a hand in it: root, the jobs' user, others.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
setup
make_installation "$WORK/kivi"
config=$INSTALLATION/config/kivitendo.conf

# ---- what root has armed --------------------------------------------------------------------------

arm --scheduler cron.d start
ARM_AS=$PG_USER arm_like "what root has armed, the jobs' user finds armed" '^0 already armed: the file ' start
is 'once' "$(in_cron)" 1
ARM_AS=$PG_USER arm_like 'and cannot move it to his crontab' \
    '^4 *task_server: armed by the file /etc/cron.d/.*; only root can move it' --scheduler crontab start
is 'nor arm it twice' "$(in_cron)" 1
ARM_AS=$PG_USER arm_like 'restart is for root' '^4 *task_server: only root' restart
is 'and leaves it armed' "$(in_cron)" 1
ts_setting 'scheduler = cron.d'
ARM_AS=$PG_USER arm_like 'nor does it trouble him where the configuration names it' '^0 already armed: the file ' start
sed -i '/^scheduler/d' "$config"
echo '# changed' >>"$(ls /etc/cron.d/kivitendo-jobs-*)"
ARM_AS=$PG_USER arm_like 'what start would change is for root' '^4 *task_server: only root may write' start
arm stop
is 'nothing is left' "$(in_cron)" 0

# ---- what stop cannot take away -------------------------------------------------------------------

file=$(ls /etc/cron.d/kivitendo-jobs-* 2>/dev/null || { arm --scheduler cron.d start; ls /etc/cron.d/kivitendo-jobs-*; })
sed 's/^\* /#* /' "$file" >"$WORK/off" && cat "$WORK/off" >"$file"
ARM_AS=$PG_USER arm_like "an entry of root's that was commented out is named" \
    '^0 not armed this is left, and only root can remove it: the file /etc/cron.d/' stop
mount -o remount,ro /etc/cron.d
arm_like 'where root cannot remove it either, stop fails' '^4 not armed .*cannot remove /etc/cron.d/.*Read-only' stop
mount -o remount,rw /etc/cron.d
arm_like 'else it goes' '^0 not armed removed what was left: the file' stop
arm --scheduler crontab start
crontab -u "$PG_USER" -l >"$WORK/tab"
arm --scheduler cron.d start
crontab -u "$PG_USER" "$WORK/tab"
is 'armed twice' "$(in_cron)" 2
mount -o remount,ro /etc/cron.d
arm_like 'what can be disarmed, is' '^4 disarmed: the crontab .*cannot remove /etc/cron.d/.*Read-only' stop
is 'and the other one stays' "$(in_cron)" 1
ok 'as the pages know' test -e "$(find "$INSTALLATION/users/task_server" -name '*.armed')"
mount -o remount,rw /etc/cron.d
if command -v systemctl >/dev/null 2>&1; then
    mkdir -p /run/systemd/system
    SYSTEMD_OFFLINE=1
    export SYSTEMD_OFFLINE
    arm status
    unlike 'a systemd that ignores all questions has not armed it' "$ARM_OUT" '^armed: the timer'
    arm_like 'nor does it keep stop from disarming' '^0 disarmed: the file /etc/cron.d/' stop
    unset SYSTEMD_OFFLINE
    rm -r /run/systemd
else
    skip 'a systemd that ignores all questions has not armed it' 'no systemctl(1)'
    arm stop
fi
is 'nothing is left' "$(in_cron)" 0

# ---- one's own crontab ----------------------------------------------------------------------------

ARM_AS=$PG_USER arm --scheduler crontab start
chown -R daemon "$INSTALLATION/users"
ARM_AS=$PG_USER arm_like 'an entry in the own crontab is seen when users/ has another owner' \
    "^[14] armed: the crontab of $PG_USER" status
ARM_AS=$PG_USER arm_like 'and can be taken out' "^[04] disarmed: the crontab of $PG_USER" stop
is 'really' "$(in_cron)" 0
own_installation
ARM_AS=$PG_USER arm --scheduler crontab start
mv "$INSTALLATION" "$INSTALLATION.gone"
ARM_AS=$PG_USER arm_like 'or when the installation is gone' \
    "^0 disarmed: the crontab of $PG_USER task_server: cannot go to $INSTALLATION *$" stop
mv "$INSTALLATION.gone" "$INSTALLATION"
is 'really, too' "$(in_cron)" 0

# ---- others' crontabs -----------------------------------------------------------------------------

echo "* * * * * true # kivitendo-jobs for $INSTALLATION" | crontab -u games -
cron -f &
own_pids="$own_pids $!"
arm_like "what another user's crontab says is not enough" \
    "^1 armed: the crontab of games  *but: jobs run as $PG_USER, and this crontab is another user's" status
arm_like 'check finds that, too' "trouble: jobs run as $PG_USER" check
arm_like 'start puts it where it belongs' "^0 armed: the crontab of $PG_USER" --scheduler crontab start
arm_like 'which is armed' "^0 armed: the crontab of $PG_USER" status
arm stop

# ---- files that runs leave ------------------------------------------------------------------------

arm run
rm -f "$INSTALLATION"/users/pid/*.pid
fifo=$INSTALLATION/users/pid/config.kivitendo.conf.pid
as_user "$PG_USER" mkfifo "$fifo"
(while sleep 10 && [ -p "$fifo" ]; do : <>"$fifo"; done) & # so that who waits for it goes on
own_pids="$own_pids $!"
arm_like 'a fifo in the place of the pid file is not waited for' '^4 not armed .*running: cannot be told' status
rm "$fifo"

cp "$(command -v sleep)" "$WORK/bin/sleeper" && mkdir "$WORK/fake" && mv "$WORK/bin/sleeper" "$WORK/fake/task-server"
"$WORK/fake/task-server" 600 &
fake=$!
own_pids="$own_pids $fake"
echo "$fake" >"$INSTALLATION/users/pid/config.kivitendo.conf.pid"
stamp=$(ls "$INSTALLATION"/users/task_server/*.last-run)
printf 'run\t%s\t1\njob\t1700000000000000\tnative\t7\t1\t1\tTest\033]0;T\302\2331mA\tKäse\033[2J\n' "$fake" >"${stamp%.last-run}.busy"
own_installation
arm status
like 'what a run is on is told' "$ARM_OUT" 'Käse.2J.: job 7 .Test.0;T1mA.'
is "without anything that drives root's terminal" "$(printf '%s' "$ARM_OUT" | tr -d '\n' | LC_ALL=C grep -c "$(printf '[\001-\037]\|\302[\200-\237]')")" 0
rm "$INSTALLATION/users/pid/config.kivitendo.conf.pid"

# shellcheck disable=SC2016  # for the inner shell
since() {
    LC_ALL=C sh -c 'here=$1 readers_locale=C pid=$2; . "$1/arm/words.sh"; . "$1/arm/settings.sh"; run_since' \
        sh "$WORK/scripts" "$1"
}
like 'a process runs since it was started' "$(since "$fake")" "^$(date +%Y)-"
kill "$fake"
wait "$fake" 2>/dev/null
is 'one that has ended meanwhile has no time' "$(since "$fake")" 'just now'

# ---- a user who is not there ----------------------------------------------------------------------

rm -f "$INSTALLATION"/users/pid/*
chown -R root "$INSTALLATION/users"
grep -v '^www-data:' /etc/passwd >"$WORK/passwd"
mount --bind "$WORK/passwd" /etc/passwd
arm_like 'where nobody could run jobs, nothing is armed' "^3 not armed last run: [a-z ]* running: no *task_server: there is no user 'www-data': set run_as in .task_server. *$" status
arm_like 'nor is there anything to stop' "^0 not armed task_server: there is no user 'www-data': set run_as in .task_server. *$" stop
arm_like 'start says why' "^6 *task_server: there is no user 'www-data': set run_as in .task_server. *$" --scheduler crontab start
umount /etc/passwd
own_installation

# ---- users/ is a link -----------------------------------------------------------------------------

own_crontab() {
    crontab -u "$1" -l 2>/dev/null | grep -c 'kivitendo-jobs for'
}
mv "$INSTALLATION/users" "$INSTALLATION/elsewhere"
ln -s elsewhere "$INSTALLATION/users"
chown -R daemon "$INSTALLATION/elsewhere"
chown -h "$PG_USER" "$INSTALLATION/users"
arm --scheduler crontab start
is "who makes a link to what is another user's gets none of his rights" "$(own_crontab daemon)" 0
arm stop
chown -h root "$INSTALLATION/users"
arm --scheduler crontab start
is "root's link means whom it leads to" "$(own_crontab daemon)" 3
arm stop
rm "$INSTALLATION/users"
mv "$INSTALLATION/elsewhere" "$INSTALLATION/users"
own_installation

# ---- run_as ---------------------------------------------------------------------------------------

# Everything above a configuration with run_as must be safe, so /tmp will not do.
mount -t tmpfs -o mode=0755 none /srv

make_installation /srv/safe
config=$INSTALLATION/config/kivitendo.conf
ts_setting 'run_as = daemon'
chown -R root "$INSTALLATION" && chmod a+rX "$INSTALLATION" "$INSTALLATION/config" && chmod a+r "$config"
chown -R daemon "$INSTALLATION/users"
arm_like "jobs of another user than the one who owns users/" '^0 armed: the crontab of daemon' --scheduler crontab start
chown -R "$PG_USER" "$INSTALLATION/users"
cp "$config" "$config.kept"
echo 'max_parallel = many' >>"$config"
arm_like 'whose entry is seen with a broken configuration' '^1 armed: the crontab of daemon' status
sed -i '/^max_parallel/d; s/^run_as.*/run_as = '"$PG_USER"/ "$config"
arm_like 'and with another user in it' '^1 armed: the crontab of daemon' status
arm check
like 'check wants it moved' "$ARM_OUT" 'trouble: the crontab of daemon is not what start would write'
arm_like 'which start does' "^0 armed: the crontab of $PG_USER" --scheduler crontab start
is 'to one place' "$(own_crontab daemon) $(own_crontab "$PG_USER")" '0 3'
arm stop
mv "$config.kept" "$config"
chown -R daemon "$INSTALLATION/users"
arm --scheduler crontab start
mv "$config" "$config.gone"
chown -R "$PG_USER" "$INSTALLATION/users"
arm_like 'stop finds it without a configuration' '^0 disarmed: the crontab of daemon' stop
is 'and nothing is left' "$(own_crontab daemon)" 0
mv "$config.gone" "$config"
sed -i '/^run_as/d' "$config"

# refused SENTENCE TEXT: by every verb that takes the configuration's word, and nothing is armed or run.
refused() {
    for verb in start restart check reload install uninstall run --run-job=1; do
        arm --scheduler cron.d $verb
        like "$1: $verb" "$ARM_CODE $ARM_OUT $ARM_ERR" "$2"
    done
    is "$1: nothing is armed" "$(in_cron)" 0
    ok "$1: nobody else's code has run" test ! -e "$INSTALLATION/users/proof"
    arm_like "$1: stop does without" '^0 not armed' stop
}

chown -R "$PG_USER" "$INSTALLATION"
chown -R daemon "$INSTALLATION/users"
mkdir -p "$INSTALLATION/SL"
printf '%s\n' 'package SL::Auth;' 'system("id >users/proof"); 1;' >"$INSTALLATION/SL/Auth.pm"
ts_setting 'run_as = daemon'
refused "run_as in a configuration of another user's" 'configuration file .* is not safe.* belongs to the user'
sed -i 's/^run_as.*/run_as = root/' "$config"
chown -R root "$INSTALLATION"
chown -R daemon "$INSTALLATION/users"
refused 'run_as = root' 'run_as must not be root'
sed -i 's/^run_as.*/run_as = daemon/' "$config"
arm_like 'as it should be, it arms' '^0 armed' --scheduler cron.d start
arm stop
done_testing
