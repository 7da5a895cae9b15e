#!/bin/sh
# Bash completion, asked of bash itself: commands and options are those that the programs' help names.
. "$(dirname "$0")/../lib/tap.sh"
setup
command -v bash >/dev/null || skip_all 'there is no bash'

# offers FUNCTION WORDS…: what bash would offer for the last word.
offers() {
    bash -c '. "$1"; function=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        $function; printf "%s\n" "${COMPREPLY[@]}"' bash "$TEST_ROOT/scripts/completion/task-server" "$@" |
        LC_ALL=C sort | tr '\n' ' '
}

use_german() {
    LC_ALL=C.UTF-8
    LANGUAGE=de
    export LC_ALL LANGUAGE
    use_catalogues
}

is 'a command' "$(offers _task_server "$TASK_SERVER" ne)" 'next '
is 'a command behind options' "$(offers _task_server "$TASK_SERVER" -c x -v ver)" 'version '
is 'all commands of the help are offered' "$(offers _task_server "$TASK_SERVER" '')" \
    "$("$TASK_SERVER" help | sed -n 's/^  \([a-z][a-z-]*\).*/\1/p' | sort | tr '\n' ' ')"
is 'global options' "$(offers _task_server "$TASK_SERVER" -)" \
    "$(printf '%s\n' --allow-root --help -C -c -q -v | sort | tr '\n' ' ')"
is 'verbs of a command' "$(offers _task_server "$TASK_SERVER" jobs '')" 'add disable enable remove run set show '
is 'that begin so' "$(offers _task_server "$TASK_SERVER" jobs s)" 'set show '
is 'also of one that is optional' "$(offers _task_server "$TASK_SERVER" history st)" 'stats '
is 'behind options' "$(offers _task_server "$TASK_SERVER" jobs --client acme sh)" 'show '
is 'options of a list' "$(offers _task_server "$TASK_SERVER" jobs --)" \
    '--active --client --due --failed --help --inactive --json --package '
is 'options of a verb are its own' "$(offers _task_server "$TASK_SERVER" jobs add --)" \
    '--client --data --description --force --help --inactive --node --spec --type '
is 'of one of several verbs in a line' "$(offers _task_server "$TASK_SERVER" jobs enable 3 -)" '--client --force --help '
is 'of a verb in brackets' "$(offers _task_server "$TASK_SERVER" history stats --)" \
    '--client --help --json --package --since --status '
is 'the value of an option is no verb' "$(offers _task_server "$TASK_SERVER" jobs --client add --du)" '--due '
is 'nor is it behind =' "$(offers _task_server "$TASK_SERVER" jobs --client = add --du)" '--due '
is 'the verb stands behind it' "$(offers _task_server "$TASK_SERVER" jobs --client show add --sp)" '--spec '
is 'of several usages the one that has the options given' \
    "$(offers _task_server "$TASK_SERVER" check --nagios --)" '--help --max-age --nagios '
is 'or the other one' "$(offers _task_server "$TASK_SERVER" check --json --)" '--help --json --max-age --send-test-mail '
is 'all of them where none is given' "$(offers _task_server "$TASK_SERVER" check --)" \
    '--help --json --max-age --nagios --send-test-mail '
is 'values of an option' "$(offers _task_server "$TASK_SERVER" history --status '')" 'failure interrupted success '
is 'behind =, too' "$(offers _task_server "$TASK_SERVER" history --status = fa)" 'failure '
is 'of another one' "$(offers _task_server "$TASK_SERVER" jobs add Test --type '')" 'interval once '
is 'no options where a value is wanted' "$(offers _task_server "$TASK_SERVER" jobs --client '')" ' '
is 'whatever the language' "$(use_german && offers _task_server "$TASK_SERVER" history --status f)" 'failure '
is 'options of a command' "$(offers _task_server "$TASK_SERVER" run-job --cl)" '--client '
is 'the command behind help' "$(offers _task_server "$TASK_SERVER" help run-)" 'run-job '
touch "$WORK/some.conf"
is 'a file behind -c' "$(offers _task_server "$TASK_SERVER" -c "$WORK/so")" "$WORK/some.conf "
is 'verbs of the wrapper' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" sta)" 'start status '
verbs=$(sed -n 's/^\(start | stop .*\) | .*) ;;/\1 help version/p' "$TEST_ROOT/scripts/task_server" | tr -d '|' | tr -s ' ' '\n' |
    sort | tr '\n' ' ')
is 'all of them, and no other' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" '')" "$verbs"
is 'its own options' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" -)" \
    '--fix --no-wait --no-web --now --run-job --scheduler -C -c -f '
is 'that begin so' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" --f)" '--fix '
is 'its schedulers' "$(offers _task_server_wrapper "$TEST_ROOT/scripts/task_server" --scheduler cron)" \
    'cron.d crontab '
done_testing
