# waiting.sh: jobs outside the database that are under way for as long as a test wants.
# shellcheck shell=sh
# To be sourced after make_standin:
#
#     . "$TEST_ROOT/tests/lib/waiting.sh"
#     add_waiting acme Waits one          a due Perl job that waits; "one" is its name here
#     start_ts first run
#     has_begun one                       waits until it is under way
#     let_end one                         it may end now
#     wait_ts first
#     starts_of one                       how often it has been started
#     waiting_pid one                     the job's own process, of its last start
#
# With the command line `/bin/sh $WORK/waits` a command waits in the same way.

WAITING=$WORK/waiting
mkdir "$WAITING"
chmod 0777 "$WAITING"
cat >"$WORK/waits" <<'END'
dir=$(cat)
echo $$ >>"$dir/runs"
: >"$dir/begun"
until [ -e "$dir/go" ]; do
    sleep 0.05
done
echo waited
END
chmod 0644 "$WORK/waits"

# add_waiting CLIENT PACKAGE NAME [MORE…]: more as for add_job.
add_waiting() {
    waiting_client=$1
    waiting_package=$2
    waiting_dir=$WAITING/$3
    shift 3
    if [ ! -d "$waiting_dir" ]; then
        mkdir "$waiting_dir" && chmod 0777 "$waiting_dir"
    fi
    add_job "$waiting_client" "$waiting_package" '0 3 * * *' due --data "$waiting_dir
" "$@"
}

has_begun() {
    wait_until "${2:-20}" test -e "$WAITING/$1/begun"
}

let_end() {
    : >"$WAITING/$1/go"
}

# not_begun NAME: so that has_begun can be asked again.
not_begun() {
    rm -f "$WAITING/$1/begun" "$WAITING/$1/go"
}

starts_of() {
    if [ -e "$WAITING/$1/runs" ]; then
        grep -c . "$WAITING/$1/runs"
    else
        echo 0
    fi
}

waiting_pid() {
    tail -n 1 "$WAITING/$1/runs"
}

# make_due CLIENT ID
make_due() {
    client_sql "$1" "UPDATE background_jobs SET next_run_at = now() - interval '1 minute' WHERE id = $2"
}

# journal_entries: names of what lies in the current installation's journal, without bad/.
journal_entries() {
    find "$INSTALLATION/users/task_server/journal" -type f -path '*/journal/*' ! -path '*/bad/*' \
        -name '*.entry' 2>/dev/null | sed 's,.*/,,'
}

# kill_run: the run of TS_PID and its lanes, all at once.
kill_run() {
    for process in $(process_children "$TS_PID"); do
        kill -s KILL "$process"
    done
    kill -s KILL "$TS_PID"
}
