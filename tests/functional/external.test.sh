#!/bin/sh
# Commands and Perl jobs, from the due row to its history.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme

mkdir "$WORK/bin"
cat >"$WORK/bin/show" <<'EOF'
#!/bin/sh
echo "$1|$TASK_CLIENT_ID|$TASK_CLIENT_NAME|$TASK_JOB_ID|$TASK_PACKAGE|$TASK_NODE_ID|$(cat)"
EOF
chmod -R 0755 "$WORK/bin"
cat >>"$INSTALLATION/config/kivitendo.conf" <<EOF

[task_server/commands]
Show = /bin/sh $WORK/bin/show "one argument"
False = /bin/false
Missing = $WORK/bin/missing
EOF
add_job acme Show '0 3 * * *' due --data 'from: the row'
show=$JOB_ID
run_ts -v run
cat "$WORK/ts.err" >&2
is 'a command runs' "$(history acme)" "Show|success|one argument|1|acme|$show|Show|test|from: the row|"
add_job acme Speaks '0 3 * * *' due
run_ts -v run
cat "$WORK/ts.err" >&2
history acme >&2
done_testing
