# pooler.sh: a pgbouncer in front of the current cluster.
# shellcheck shell=sh
# To be sourced after setup of tap.sh:
#
#     start_pooler transaction || skip_all 'pgbouncer is not installed'
#     add_client acme --host "$POOLER" --port 6432       reached through it
#
# POOLER is the directory of its socket.  It ends with the test.

# start_pooler MODE: transaction or session.
start_pooler() {
    pooler_program=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || return
    POOLER=$WORK/pooler
    mkdir "$POOLER" || return
    echo '"kivitendo" ""' >"$POOLER/users.txt"
    cat >"$POOLER/pgbouncer.ini" <<END
[databases]
* = host=$PG_HOST port=$PG_PORT

[pgbouncer]
unix_socket_dir = $POOLER
listen_port = 6432
auth_type = trust
auth_file = $POOLER/users.txt
pool_mode = $1
logfile = $POOLER/log
pidfile = $POOLER/pid
END
    if [ "$(id -u)" -eq 0 ]; then
        chown -R "$PG_USER" "$POOLER"
    fi
    (as_user_exec "$PG_USER" "$pooler_program" -q "$POOLER/pgbouncer.ini" >/dev/null 2>&1) &
    own_pids="$own_pids $!"
    wait_until 10 test -S "$POOLER/.s.PGSQL.6432"
}
