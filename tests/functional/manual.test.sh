#!/bin/sh
# The manual pages: they are well formed, and tell of all commands, options and settings.
. "$(dirname "$0")/../lib/tap.sh"
setup
doc=$TEST_ROOT/doc
pages='task-server.1 kivitendo.conf.5 task_server.8'

# Behind this, what the pages say is one line of words each.
for page in $pages; do
    sed -e 's/\\-/-/g' "$doc/$page" | tr -s '\n' ' ' >"$WORK/$page.text"
done

# tells PAGE TEXT
tells() {
    grep -q -F -e "$2" "$WORK/$1.text"
}

if command -v man >/dev/null 2>&1; then
    for page in $pages; do
        is "man has nothing to say against $page" "$(man --warnings -l "$doc/$page" 2>&1 >/dev/null)" ''
    done
else
    skip 'man has nothing to say against the pages' 'no man here'
fi

commands=$("$TASK_SERVER" help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p')
like 'the program has commands' "$(echo "$commands" | tr '\n' ' ')" '^run run-job '
for command in $commands; do
    ok "task-server(1) tells of $command" tells task-server.1 ".Cm $command "
    for option in $("$TASK_SERVER" help "$command" 2>/dev/null | sed -n 's/^  --\([a-z-]*\).*/\1/p'); do
        ok "and of its option --$option" tells task-server.1 "Fl -$option "
    done
done
for code in $("$TASK_SERVER" help run | tr -c '0-9\n' '\n' | grep -E '^(6|7)[0-9]$' | sort -u); do
    ok "task-server(1) tells of exit code $code" tells task-server.1 ".It $code "
done

# The verbs and options that the script task_server lists.
verbs=$("$TEST_ROOT/scripts/task_server" help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')
like 'the script has verbs' "$(echo "$verbs" | tr '\n' ' ')" '^start stop '
for verb in $verbs; do
    ok "task_server(8) tells of $verb" grep -q -E "^\.(It )?Cm .*\b$verb\b" "$doc/task_server.8"
done

# Each "[section]" and "key =" of the annotated defaults, commented ones being examples.
settings=$(sed -n -e 's/^\[\(.*\)\].*/[\1]/p' -e 's/^\([a-z_]*\) *=.*/\1/p' \
    "$TEST_ROOT/config/kivitendo.conf.default")
ok 'there are settings' test "$(echo "$settings" | wc -l)" -gt 30
for setting in $settings; do
    case $setting in
    '['*) ok "kivitendo.conf(5) tells of $setting" tells kivitendo.conf.5 ".Ss $setting " ;;
    *) ok "kivitendo.conf(5) tells of $setting" grep -q -E "^\.It Cm (.* )?$setting( |\$)" "$doc/kivitendo.conf.5" ;;
    esac
done
done_testing
