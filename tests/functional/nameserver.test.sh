#!/bin/sh
# slow
# A name server that says nothing costs a run no more than the heartbeat's five seconds.
# It runs in a mount namespace of its own, with an /etc/resolv.conf of its own; only root can do that.
. "$(dirname "$0")/../lib/tap.sh"
if [ "${1:-}" != inside ]; then
    unshare --mount true 2>/dev/null || skip_all 'no mount namespace can be made here'
    exec unshare --mount "$0" inside
fi
setup
make_installation "$WORK/kivi"
echo 'heartbeat_url = http://monitor.example.com/ping' >"$WORK/line"
sed -i "/^\[task_server\]/r $WORK/line" "$INSTALLATION/config/kivitendo.conf"

# Takes questions and answers none.
perl -MIO::Socket::INET -e '
    $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.77", LocalPort => 53) or die "$!\n";
    $| = 1; print "ready\n"; 1 while $s->recv($question, 512)' >"$WORK/ready" 2>"$WORK/refused" &
own_pids="$own_pids $!"
wait_until 10 test -s "$WORK/ready" -o -s "$WORK/refused"
test -s "$WORK/ready" || skip_all "no name server can be played here: $(cat "$WORK/refused")"
printf 'nameserver 127.0.0.77\noptions timeout:30 attempts:5\n' >"$WORK/resolv.conf"
mount --bind "$WORK/resolv.conf" /etc/resolv.conf || skip_all '/etc/resolv.conf cannot be covered'
printf 'hosts: files dns\n' >"$WORK/nsswitch.conf"
mount --bind "$WORK/nsswitch.conf" /etc/nsswitch.conf || skip_all '/etc/nsswitch.conf cannot be covered'

began=$(date +%s)
ok 'a run succeeds' run_ts run
took=$(($(date +%s) - began))
like 'the heartbeat is given up' "$TS_ERR" 'heartbeat_url: Resolving timed out'
ok "in time ($took s)" test "$took" -lt 25
done_testing
