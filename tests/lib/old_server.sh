# old_server.sh: for functional tests: a process that looks and locks like kivitendo's old server.
# shellcheck shell=sh
# To be sourced after make_installation:
#
#     . "$TEST_ROOT/tests/lib/old_server.sh"
#     start_old_server                   sets old_server, its pid; false if it never gets the lock
#     stop_old_server

pid_file=$INSTALLATION/users/pid/config.kivitendo.conf.pid
mkdir -p "$INSTALLATION/scripts"
cat >"$INSTALLATION/scripts/task_server.pl" <<'END'
use Fcntl ':flock';
open(my $lock, '+>>', $ARGV[0]) or die;
flock($lock, LOCK_EX) or die;
truncate($lock, 0);
syswrite($lock, "$$\n");
sleep 600;
END
own_installation

start_old_server() {
    (cd "$INSTALLATION" && as_user_exec "$PG_USER" perl scripts/task_server.pl "$pid_file") &
    old_server=$!
    own_pids="$own_pids $old_server"
    wait_until 10 test -s "$pid_file"
}

stop_old_server() {
    kill "$old_server"
    processes_end 5 "$old_server"
}
