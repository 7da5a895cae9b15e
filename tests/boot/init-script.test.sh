#!/bin/sh
# The init script arms and disarms cron's entry; its header satisfies insserv (tests/boot/sysv.test.sh).
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
setup
make_installation "$WORK/kivi"
arm status
mount -t tmpfs -o mode=0755 none /etc/default
cat >/etc/default/kivitendo-jobs <<EOF
WRAPPER=$WORK/scripts/task_server
TASK_SERVER_ARGUMENTS='-C $INSTALLATION'
EOF

# init VERB: its exit code, and the number of entries in cron.
init() {
    (unset TASK_SERVER && "$TEST_ROOT/scripts/boot/system-v/kivitendo-jobs" "$@") >"$WORK/init.out" 2>&1
    echo "$? $(in_cron)"
}

for row in 'not armed at first|status|3 0' 'start|start|0 1' 'start again|start|0 1' \
    'status (no daemon)|status|1 1' 'reload|reload|0 1' 'force-reload|force-reload|0 1' \
    'restart|restart|0 1' 'try-restart|try-restart|0 1' 'stop|stop|0 0' 'stop again|stop|0 0' \
    'try-restart of what is stopped|try-restart|0 0' 'force-reload of it|force-reload|7 0' \
    'an unknown verb|begin|2 0' 'no verb||2 0'; do
    verb=${row#*|}
    is "${row%%|*}" "$(init "${verb%%|*}")" "${row##*|}"
done
echo 'WRAPPER=/nowhere' >/etc/default/kivitendo-jobs
is 'without the wrapper' "$(init start)" '5 0'

upstart=$TEST_ROOT/scripts/boot/upstart/kivitendo-jobs.conf
# shellcheck disable=SC2016  # a dollar sign is looked for
is 'the upstart job calls it so, too' "$(sed -n 's/^pre-start exec $WRAPPER //p; s/^post-stop exec $WRAPPER //p' "$upstart" | tr '\n' '|')" \
    '--scheduler cron.d start|stop --now|'
sed -n 's/^[a-z-]* exec //p' "$upstart" >"$WORK/upstart.sh"
is 'the shell can parse what it runs' "$(grep -c . "$WORK/upstart.sh") $(sh -n "$WORK/upstart.sh" 2>&1)" '2 '
is 'it has no other stanzas than upstart knows' \
    "$(grep -v -E '^(#.*|)$|^(description|env|start on|stop on|kill timeout|pre-start exec|post-stop exec) ' "$upstart")" ''
env_wrapper=$(sed -n 's/^env //p' "$upstart")
for row in 'its start arms|1 0 1' 'its stop disarms|2 0 0'; do
    numbers=${row#*|}
    # What the line runs, with the test's wrapper and installation.
    line=$(sed -n "${numbers%% *}p" "$WORK/upstart.sh" | sed "s,\$WRAPPER,$WORK/scripts/task_server -C $INSTALLATION,")
    (unset TASK_SERVER && sh -c "$line") >"$WORK/init.out" 2>&1
    is "upstart: ${row%%|*}" "$? $(in_cron)" "${numbers#* }"
done
is 'the wrapper is where it is installed' "$env_wrapper" 'WRAPPER=/usr/local/sbin/task_server'
if command -v init-checkconf >/dev/null 2>&1; then
    ok 'and upstart reads it' init-checkconf "$upstart"
else
    skip 'and upstart reads it' 'there is no init-checkconf'
fi
done_testing
