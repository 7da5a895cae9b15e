#!/bin/sh
# Bash completion, asked of bash itself: commands and options are those that the programs' help names.
. "$(dirname "$0")/../lib/tap.sh"
setup
command -v bash >/dev/null || skip_all 'there is no bash'

# offers FUNCTION WORDS…: what bash would offer for the last word.
offers() {
    LC_ALL=C bash -c '. "$1"; function=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        $function; printf "%s\n" "${COMPREPLY[@]}"' bash "$TEST_ROOT/scripts/completion/task-server" "$@" |
        sort | tr '\n' ' '
}

is 'a command' "$(offers _task_server "$TASK_SERVER" ne)" 'next '
is 'a command behind options' "$(offers _task_server "$TASK_SERVER" -c x -v ver)" 'version '
is 'all commands of the help are offered' "$(offers _task_server "$TASK_SERVER" '')" \
    "$("$TASK_SERVER" help | sed -n 's/^  \([a-z][a-z-]*\).*/\1/p' | sort | tr '\n' ' ')"
is 'options of a command' "$(offers _task_server "$TASK_SERVER" run-job --cl)" '--client '
is 'the command behind help' "$(offers _task_server "$TASK_SERVER" help run-)" 'run-job '
touch "$WORK/some.conf"
is 'a file behind -c' "$(offers _task_server "$TASK_SERVER" -c "$WORK/so")" "$WORK/some.conf "
is 'verbs of the wrapper' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" sta)" 'start status '
verbs=$(sed -n 's/^\(start | stop .*\) | .*) ;;/\1 help version/p' "$TEST_ROOT/scripts/task_server" | tr -d '|' | tr -s ' ' '\n' |
    sort | tr '\n' ' ')
is 'all of them, and no other' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" '')" "$verbs"
is 'its options' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" --f)" '--fix '
is 'its schedulers' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" --scheduler cron)" \
    'cron.d crontab '
done_testing
