#!/bin/sh
# The configuration as people have it, and as they get it wrong.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/held.sh"
config=$INSTALLATION/config
cp "$config/kivitendo.conf" "$WORK/good.conf"

# ---- right ----------------------------------------------------------------------------------------

# whole FILE: everything that is legal in kivitendo's files, with the role that needs its password.
whole() {
    {
        printf '\357\273\277# a byte order mark, and carriage returns\r\n'
        printf '[authentication/database] # where sessions and clients are\r\n'
        printf '   host   =   %s\r\n\tport: %s\r\n' "$PG_HOST" "$PG_PORT"
        printf ' db= %s\r\n; user = nobody\r\nuser :kivi_pw\r\n' "$AUTH_DB"
        printf 'password = %s\r\n\r\n' "$PG_PASSWORD"
        printf '[ldap]\r\nfilter = %s\r\n' "$(printf '%03000d' 0)"
        printf 'no separator, and none of our business\r\n'
        printf '[print_templates]\r\nmany = one\r\n= two\r\n= three\r\nmany = again\r\n'
        for section in $(seq 1 22); do
            printf '[section %s/sub section]\r\nkey = value ;no comment\r\n' "$section"
        done
        printf '[task_server]\r\nnode_id = first\r\n= second\r\n'
    } >"$1"
    own_installation
}

add_client acme --role kivi_pw --password "$PG_PASSWORD"
add_job acme Test '0 3 * * *' due
whole "$config/kivitendo.conf"
run_ts run
like 'a setting of ours that goes on over two lines is refused' "$TS_CODE $TS_ERR" '^78 .*kivitendo.conf:[0-9]+: .*node_id'
sed -i '/^= second/d' "$config/kivitendo.conf"
run_ts -v run
is 'a file with everything that is legal does no harm, and its password works' \
    "$TS_CODE $(history acme)" '0 Test|success|1|'
unlike 'nothing of it is found fault with' "$TS_ERR" 'kivitendo.conf:'

mv "$config/kivitendo.conf" "$config/kivitendo.conf.default"
ok 'the defaults alone will do' run_ts run
printf '[authentication/database]\ndb = nowhere\n' >"$config/lx_office.conf"
own_installation
run_ts run
like 'the old name of the file counts, too' "$TS_CODE $TS_ERR" '^75 .*nowhere'
printf '[task_server]\nnode_id = over\n' >"$config/kivitendo.conf"
own_installation
add_job acme Test '0 3 * * *' due --node over
run_ts run
is 'but not beside the new one, which goes over the defaults key by key' "$TS_CODE $(runs_of acme)" '0 2'
printf '[task_server]\nnode_id = typed\n' >"$WORK/typed.conf"
add_job acme Test '0 3 * * *' due --node typed
run_ts -c "$WORK/typed.conf" run
is '-c takes its place' "$TS_CODE $(runs_of acme)" '0 3'
ok 'with a pid file of its own' test -e "$INSTALLATION/users/pid/$(echo "$WORK/typed.conf" | tr / .).pid"
(cd "$WORK" && as_user "$PG_USER" "$TASK_SERVER" -c kivi/config/kivitendo.conf run)
is "the installation is found upwards from -c's file" "$?" 0
(cd "$INSTALLATION/users" && as_user "$PG_USER" "$TASK_SERVER" run)
is 'or upwards from where we are' "$?" 0

# ---- other nodes ----------------------------------------------------------------------------------

add_job acme Test '0 3 * * *' due --data 'result: for anybody'
printf '[task_server]\nnode_id = picky\nonly_run_tasks_for_this_node = 1\n' >"$WORK/picky.conf"
run_ts -c "$WORK/picky.conf" -v run
is 'only_run_tasks_for_this_node leaves what is for anybody to others' "$TS_CODE $(runs_of acme)" '0 3'
like 'and says so with -v' "$TS_ERR" "belongs to another node: its node is '', ours 'picky'"
run_ts -c "$WORK/typed.conf" run
is 'who run it' "$(runs_of acme)" 4

# ---- wrong ----------------------------------------------------------------------------------------

rm -f "$config"/*
cp "$WORK/good.conf" "$config/kivitendo.conf"
own_installation

# wrong SENTENCE CODE MESSAGE [ARGUMENTS…]: a run ends with that code and says that, naming the file.
wrong() {
    wrong_sentence=$1
    wrong_code=$2
    wrong_message=$3
    shift 3
    run_ts "$@" run
    like "$wrong_sentence" "$TS_CODE $TS_ERR" "^$wrong_code .*$wrong_message"
}

# bad SENTENCE SECTION LINE MESSAGE: the configuration with that line, which becomes its last.
bad() {
    printf '[%s]\n%s\n' "$2" "$3" | cat "$WORK/good.conf" - >"$config/kivitendo.conf"
    wrong "$1" 78 "kivi/config/kivitendo.conf:$(wc -l <"$config/kivitendo.conf"): $4"
}

wrong 'a file that is not there' 78 "$WORK/none.conf: No such file" -c "$WORK/none.conf"
wrong 'a directory' 78 "$WORK is not a regular file" -c "$WORK"
cp "$WORK/good.conf" "$WORK/secret.conf"
chmod 0 "$WORK/secret.conf"
wrong 'a file we may not read' 77 "$WORK/secret.conf: Permission denied" -c "$WORK/secret.conf"
bad 'a number that is none' task_server 'max_parallel = many' "\\[task_server\\] max_parallel: 'many'"
bad 'one too small' task_server 'max_parallel = 0' "\\[task_server\\] max_parallel: '0'"
bad 'one too large' task_server 'connect_timeout = 99999999999' "\\[task_server\\] connect_timeout: '99999999999'"
bad 'a negative one' task_server 'stop_grace = -1' "\\[task_server\\] stop_grace: '-1'"
bad 'one with a unit' task_server 'job_timeout = 10s' "\\[task_server\\] job_timeout: '10s'"
bad 'a port that is none' 'authentication/database' 'port = 99999' ".*port"
bad 'a line without a separator' task_server 'max_parallel 4' ''
bad 'a key that is set twice' task_server 'node_id = again' '.*node_id'
bad 'bytes that are no UTF-8' task_server "run_as = $(printf 'M\374ller')" ''
bad 'a line that is too long' task_server "state_dir = $(printf '%09000d' 0)" ''
bad 'a heading without an end' 'task_server' '[task_server' ''

# lacks SENTENCE KEY: a required setting is missing.
lacks() {
    sed "/^$2 /d" "$WORK/good.conf" >"$config/kivitendo.conf"
    wrong "$1" 78 "\\[authentication/database\\].*$2"
}
lacks 'no host' host
lacks 'no database' db
lacks 'no user' user

for relic in client login; do
    printf '%s = martin\n' $relic | cat "$WORK/good.conf" - >"$config/kivitendo.conf"
    wrong "the relic $relic" 78 "kivitendo.conf:[0-9]+: \\[task_server\\] $relic is still set"
done

printf 'max_paralel = 4\n[task_server/notify]\n[Task_Server]\n' | cat "$WORK/good.conf" - >"$config/kivitendo.conf"
run_ts run
is 'what is merely odd does not stop a run' "$TS_CODE" 0
like 'an unknown key' "$TS_ERR" "kivitendo.conf:[0-9]+: \\[task_server\\] max_paralel"
like 'an unknown section' "$TS_ERR" 'kivitendo.conf:[0-9]+: .*task_server/notify'
like 'another case' "$TS_ERR" 'kivitendo.conf:[0-9]+: .*Task_Server'
is 'is not mentioned with -q' "$(run_ts -q run; cat "$WORK/ts.err")" ''

rm "$config/kivitendo.conf"
wrong 'no configuration at all' 78 'no configuration file.*kivi/config'
(cd / && as_user "$PG_USER" "$TASK_SERVER" -C "$WORK" run 2>"$WORK/ts.err")
is 'a directory that is not an installation' "$?" 78
like 'is named' "$(cat "$WORK/ts.err")" "$WORK \\(-C\\) is not kivitendo's directory"
(cd / && as_user "$PG_USER" "$TASK_SERVER" -C "$WORK/none" run 2>"$WORK/ts.err")
is 'so is one that is not there' "$? $(grep -c "$WORK/none" "$WORK/ts.err")" '78 1'
(cd / && as_user "$PG_USER" "$TASK_SERVER" run 2>"$WORK/ts.err")
is 'no installation around' "$? $(grep -c 'cannot find kivitendo' "$WORK/ts.err")" '78 1'

# ---- the environment of whoever starts us ---------------------------------------------------------

cp "$WORK/good.conf" "$config/kivitendo.conf"
in_environment() {
    (cd / && as_user "$PG_USER" env "$@")
}
for setting in PGHOSTADDR=127.0.0.1 PGSERVICE=nowhere 'PGOPTIONS=-c no_such_setting=1' \
    PGTARGETSESSIONATTRS=standby PGTZ=Nowhere; do
    ok "it is the configured server in spite of $setting" \
        in_environment "$setting" "$TASK_SERVER" -C "$INSTALLATION" jobs
done
done_testing
