#!/bin/sh
# As whom it runs.  What io/identity decides has its own tests; these are whole runs, for root only.
. "$(dirname "$0")/../lib/tap.sh"
[ "$(id -u)" -eq 0 ] || skip_all 'not root'
setup
# Everything above a configuration must be safe, so /tmp will not do.
safe=$(mktemp -d /var/lib/ts-safe.XXXXXX 2>/dev/null) || skip_all 'no safe directory'
at_exit "rm -rf '$safe'"
chmod 0755 "$safe"
make_installation "$safe/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
add_client acme
config=$INSTALLATION/config/kivitendo.conf
TS_AS=root
export TS_AS

run_ts run
like 'root without run_as is refused' "$TS_CODE $TS_ERR" \
    "^77 started as root: set \\[task_server\\] run_as to the web server's user, or start it as that user"
run_ts run-job 1
is 'run-job, too' "$TS_CODE" 77
is 'nothing was touched' "$(find "$INSTALLATION/users" -type f)" ''

ts_setting "run_as = $PG_USER"
add_held_job acme
hold_up acme
start_ts one run
under_way acme
ids="$(id -u "$PG_USER") $(id -g "$PG_USER")"
for pid in $TS_PID $(process_children "$TS_PID"); do
    awk '/^Uid:/ { u = $2 " " $3 " " $4 " " $5 } /^Gid:/ { g = $2 " " $3 " " $4 " " $5 } END { print u, g }' "/proc/$pid/status"
done | sort -u >"$WORK/ids"
is 'with run_as all its processes are that user, for good' "$(cat "$WORK/ids")" \
    "$(echo "$ids" | awk '{ print $1, $1, $1, $1, $2, $2, $2, $2 }')"
is "without root's groups" "$(awk '/^Groups:/ { $1 = ""; print }' "/proc/$TS_PID/status" | tr ' ' '\n' | grep -c -x 0)" 0
let_go acme
ok 'such a run succeeds' wait_ts one
is 'what it leaves belongs to that user' "$(find "$INSTALLATION/users" -type f -printf '%u\n' | sort -u)" "$PG_USER"

# unsafe SENTENCE COMMAND…: after the command a run is refused; SAFE makes it good again.
unsafe() {
    unsafe_sentence=$1
    shift
    "$@"
    run_ts run
    like "$unsafe_sentence" "$TS_CODE $TS_ERR" "^77 started as root, but the configuration file $config is not safe"
    chown root "$config" "$INSTALLATION/config" && chmod 0644 "$config" && chmod 0755 "$INSTALLATION/config"
}

unsafe 'a file that others may write' chmod 0666 "$config"
unsafe 'a directory that others may write' chmod 0777 "$INSTALLATION/config"
unsafe 'a file that belongs to somebody else' chown nobody "$config"
ok 'safe again' run_ts run
sed -i 's/^run_as.*/run_as = no-such-user/' "$config"
run_ts run
like 'a user that does not exist' "$TS_CODE $TS_ERR" "^78 .*run_as: there is no user 'no-such-user'"
sed -i 's/^run_as.*/run_as = root/' "$config"
run_ts run
like 'root again' "$TS_CODE $TS_ERR" '^77 .*run_as must not be root'
sed -i '/^run_as/d' "$config"
run_ts --allow-root run
like '--allow-root wants files that are root'\''s' "$TS_CODE $TS_ERR" '^77 .*is not safe'
chown -R root "$INSTALLATION"
ok 'and gets them' run_ts --allow-root run

TS_AS=$PG_USER
own_installation
ts_setting 'run_as = nobody'
run_ts run
like 'who is not root cannot become anybody' "$TS_CODE $TS_ERR" '^0 .*run_as = nobody has no effect'
done_testing
