# steps.sh: one job, stopped at a step, somebody killed there, and what must be true afterwards.
# shellcheck shell=sh
# To be sourced behind standin.sh, with a program that was built with FLAVOUR=steps:
#
#     make_stage 1                                       an installation, a client, $STAGE
#     play command gate-opened lane 1                    prints what is wrong, nothing if all is well
#
# Kinds: command, perl, native.  Steps: those of TEST_STEP in src/engine, and "running", at which it
# is the job that waits.  Victims: parent, lane, job, backend, server, bridge, keeper, and both for
# the parent with the backend of its lane.  A repetition with an odd number makes the next run begin
# before the stopped process goes on, where the parent is dead.
#
# The job writes its pid to "starts" and to "ends", and as long as it lives a process that it has
# started touches "beat".  That process takes a tenth of a second to end when it is asked to: a run
# that is recorded before the last beat was still running.
# shellcheck disable=SC2034  # some of this is for the scripts that source this file

# make_stage NUMBER: a place to play on; several can be used at once, each in a subshell of its own.
make_stage() {
    STAGE=$WORK/stage$1
    mkdir "$STAGE" && chmod 0755 "$STAGE" || return
    WORK_ALL=$WORK
    make_standin "$WORK/kivi$1" || return
    WORK=$STAGE
    stage_job >"$INSTALLATION/job" && chmod 0755 "$INSTALLATION/job"
    stage_class >"$INSTALLATION/SL/BackgroundJob/Beats.pm"
    own_installation
    ts_setting 'kill_grace = 2'
    ts_setting 'stop_grace = 1'
    cat >>"$INSTALLATION/config/kivitendo.conf" <<END
[task_server/commands]
Beat = /bin/sh $INSTALLATION/job
END
    add_client acme
    STAGE_DB=$(client_db acme)
    pg_psql "$STAGE_DB" -c 'ALTER TABLE background_job_histories
        ADD COLUMN recorded timestamptz DEFAULT clock_timestamp()'
    plays=0
}

stage_job() {
    cat <<'END'
read -r dir
cd "$dir" || exit
beat() {
    trap 'sleep 0.1; : >beat; exit' TERM
    while :; do
        : >beat
        sleep 0.05
    done
}
echo $$ >>starts
beat &
beater=$!
: >waiting
tries=0
while [ -e hold ] && [ $tries -lt 1000 ]; do
    tries=$((tries + 1))
    sleep 0.02
done
kill -s KILL $beater
wait $beater 2>/dev/null
echo $$ >>ends
END
}

stage_class() {
    cat <<'END'
package SL::BackgroundJob::Beats;

use strict;
use warnings;

use parent qw(SL::BackgroundJob::Base);

use POSIX ();

sub run {
    my ($self, $job) = @_;
    chdir $job->data or die $!;
    touch('starts', $$);
    my $beater = fork // die $!;
    beat() if !$beater;
    touch('waiting', $$);
    for (1 .. 1000) { pause(0.02) if -e 'hold' }
    kill 'KILL', $beater;
    waitpid $beater, 0;
    touch('ends', $$);
    return 'done';
}

sub beat {
    $SIG{TERM} = sub { pause(0.1); touch('beat', 1); POSIX::_exit(0) };
    while (1) { touch('beat', 1); pause(0.05) }
}

sub pause { return select undef, undef, undef, $_[0] }

sub touch { open my $out, '>>', $_[0] or die $!; print {$out} "$_[1]\n"; return }

1;
END
}

# ---- a play ---------------------------------------------------------------------------------------

# play KIND STEP VICTIM REPETITION
play() {
    plays=$((plays + 1))
    play_kind=$1
    play_step=$2
    play_victim=$3
    play_early=$(($4 % 2))
    play_dir=$STAGE/play$plays
    mkdir "$play_dir" || return
    [ "$(id -u)" -ne 0 ] || chown "$PG_USER" "$play_dir"
    case $play_step in
    gate-opened | running) : >"$play_dir/hold" ;;
    esac
    stage_row
    TASK_SERVER_STEP=$play_step
    TASK_SERVER_STEP_DIR=$play_dir
    export TASK_SERVER_STEP TASK_SERVER_STEP_DIR
    start_ts play -v run
    unset TASK_SERVER_STEP TASK_SERVER_STEP_DIR
    if wait_until 20 stage_stands; then
        strike "$play_victim"
        case $play_victim in
        parent | both) [ $play_early -eq 0 ] || run_ts -v run ;;
        esac
    else
        echo 'it did not come so far'
    fi
    go_on
    run_until_quiet
    judge_play
    rm -rf "$play_dir"
}

stage_row() {
    case $play_kind in
    command) stage_package=Beat ;;
    perl) stage_package=Beats ;;
    native) stage_package=Test ;;
    esac
    pg_psql "$STAGE_DB" -c "TRUNCATE background_jobs, background_job_histories;
        INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data) VALUES
        ('interval', '$stage_package', '0 3 1 1 *', '$(date -d '1 minute ago' '+%F %T')', true,
        CASE WHEN '$play_kind' <> 'native' THEN '$play_dir' END)"
}

# The play stands at its step.  Sets $lane.
stage_stands() {
    if [ "$play_step" = running ]; then
        [ -s "$play_dir/starts" ] && [ -e "$play_dir/waiting" ] && [ -e "$play_dir/beat" ] || return
        lane=$(child_named "$TS_PID" task-server)
    else
        lane=$(cat "$play_dir/$play_step" 2>/dev/null)
    fi
    [ -n "$lane" ]
}

# child_named PID NAME: the child whose command line begins like that, or has such a program.
child_named() {
    for child_pid in $(process_children "$1"); do
        child_line=$(tr '\000' ' ' <"/proc/$child_pid/cmdline" 2>/dev/null)
        case $child_line in
        "task-server bridge"*) child_name=$(echo "$child_line" | cut -d' ' -f2,3 | tr -d ' ') ;;
        "kivitendo job"*) child_name=job ;;
        *) child_name=$(basename "${child_line%% *}") ;;
        esac
        case $child_name in
        "$2"*) echo "$child_pid" && return ;;
        esac
    done
}

strike() {
    case $1 in
    parent) kill_parent ;;
    lane) kill -s KILL "$lane" ;;
    bridge) kill_found the_bridge ;;
    keeper) kill_found the_keeper ;;
    job) kill_found the_job ;;
    backend) end_backend ;;
    both) end_backend && kill_parent ;; # a lane that runs would not be there any more
    server) pg_restart immediate ;;
    esac
}

# Its lanes hear of it when it is gone.
kill_parent() {
    kill -s KILL "$TS_PID"
    processes_end 5 "$TS_PID" || echo 'the parent does not die'
}

# kill_found COMMAND…: the process that it finds, which may have yet to take the name it is known by.
kill_found() {
    wait_until 5 found_by "$@" || echo "there is no $play_victim"
    [ -z "$found" ] || kill -s KILL "$found"
}

found_by() {
    found=$("$@")
    [ -n "$found" ]
}

the_bridge() {
    child_named "$TS_PID" bridge:/
}

the_keeper() {
    child_named "$(the_bridge)" bridge:keeper
}

the_job() {
    if [ "$play_kind" = perl ]; then
        process_children "$(the_keeper)"
    else
        process_children "$lane"
    fi
}

end_backend() {
    end_backend_count=$(pg_admin postgres -c "SELECT count(pg_terminate_backend(pid)) FROM
        pg_stat_activity WHERE application_name LIKE 'task-server%' AND datname = '$STAGE_DB'")
    [ "$end_backend_count" -gt 0 ] || echo 'there is no backend'
}

# Who was stopped goes on; a job whose lane is dead must be ended by somebody.
go_on() {
    : >"$play_dir/$play_step.go"
    [ "$play_victim" = lane ] || rm -f "$play_dir/hold"
    if ! processes_end 40 "$TS_PID $lane"; then
        echo 'the first run does not end'
        kill -s KILL "$TS_PID" "$lane" 2>/dev/null
    fi
    wait "$TS_PID" 2>/dev/null
    rm -f "$play_dir/hold"
}

run_until_quiet() {
    quiet_runs=0
    until run_ts -v run && stage_is_quiet; do
        cat "$STAGE/ts.err" >>"$STAGE/more.err"
        quiet_runs=$((quiet_runs + 1))
        if [ $quiet_runs -ge 10 ]; then
            echo 'it does not become quiet'
            return
        fi
        sleep 0.1
    done
}

stage_is_quiet() {
    [ -z "$(journal_files)" ] && [ "$(pg_psql "$STAGE_DB" -c \
        'SELECT count(*) FROM background_jobs WHERE next_run_at < localtimestamp')" = 0 ]
}

journal_files() {
    find "$INSTALLATION/users/task_server/journal" -type f 2>/dev/null
}

# ---- what must be true ----------------------------------------------------------------------------

judge_play() {
    starts=$(count_lines "$play_dir/starts")
    ends=$(count_lines "$play_dir/ends")
    beat=$(stat -c %.6Y "$play_dir/beat" 2>/dev/null || echo 0)
    pg_psql "$STAGE_DB" -c "SELECT count(*), coalesce(min(status), ''), coalesce(bool_or(
        extract(epoch FROM recorded) < $beat), false), coalesce(min(error), '')
        FROM background_job_histories" >"$play_dir/row"
    IFS='|' read -r rows status too_early error <"$play_dir/row"
    {
        judge_rows
        [ "$play_kind" = native ] || judge_outside
    } >"$play_dir/wrong"
    if [ -s "$play_dir/wrong" ]; then
        cat "$play_dir/wrong"
        cat "$STAGE/play.err" "$STAGE/ts.err" 2>/dev/null | sed 's/^/    /'
    fi
}

count_lines() {
    if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi
}

judge_rows() {
    [ "$rows" -eq 1 ] || echo "$rows rows of history, $starts starts, $ends ends"
    [ -n "$error" ] || [ "$status" = success ] || echo 'a failure that says nothing'
}

judge_outside() {
    [ "$starts" -le 1 ] || echo "it was started $starts times"
    [ "$status" != success ] || [ "$starts$ends" = 11 ] ||
        echo "a success with $starts starts and $ends ends"
    [ "$too_early" = f ] || echo "it was recorded ($error) while it was running"
    must_succeed && [ "$status" != success ] && echo "it was not to fail: $error"
    if was_cut_short; then
        case $error in
        'interrupted: '*) ;;
        *) echo "it was interrupted, and that is not said: $error" ;;
        esac
    fi
    [ ! -e "$play_dir/starts" ] || while read -r judged_pid; do
        [ -z "$(session_members "$judged_pid")" ] || echo 'processes of the job are left'
    done <"$play_dir/starts"
}

# What was noted must be recorded; what has not begun must be left due, and then run.
must_succeed() {
    case $play_step:$play_victim in
    ending-noted:* | recorded:* | journal-settled:* | claim-let-go:*) ;;
    gate-opened:server) [ "$play_kind" != perl ] ;; # it looks for the server just now
    *:backend | *:server) ;;
    child-noted:lane | *:job | *:keeper) return 1 ;;
    token-taken:* | claim-held:* | journal-begun:* | child-started:* | child-noted:*) ;;
    *) return 1 ;;
    esac
}

was_cut_short() {
    [ "$starts" -gt 0 ] && [ "$ends" -eq 0 ] && [ "$play_victim" != job ]
}

session_members() {
    sed -n "s/^\([0-9]*\) (.*) [^ZX] [0-9]* [0-9]* $1 .*/\1/p" /proc/[0-9]*/stat 2>/dev/null
}
