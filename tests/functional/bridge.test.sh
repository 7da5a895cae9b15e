#!/bin/sh
# slow
# The Perl bridge by itself: a small Perl client speaks to it as lanes do, over a stand-in for
# kivitendo's directory.
. "$(dirname "$0")/../lib/tap.sh"
setup
perl -MDBD::Pg -e 1 2>/dev/null || skip_all 'DBD::Pg is not installed'
make_installation "$WORK/kivi"
cp -R "$TEST_ROOT/tests/perl/standin/." "$INSTALLATION"
own_installation
add_client acme

# Where the executor's user can read them.
mkdir "$WORK/scripts" "$WORK/own"
cp -R "$TEST_ROOT/scripts/perl" "$WORK/scripts"
cp -R "$TEST_ROOT/tests/perl/lib" "$TEST_ROOT/tests/perl/bridge.t" "$WORK"
chown -R "$PG_USER" "$WORK/own" "$WORK/scripts"
chmod -R a+rX "$WORK/scripts" "$WORK/lib" "$WORK/bridge.t"

cd "$WORK" && as_user "$PG_USER" env WORK="$WORK/own" BRIDGE="$WORK/scripts/perl/bridge" \
    INSTALLATION="$INSTALLATION" AUTH_DB="$AUTH_DB" CLIENT_DB="$(client_db acme)" \
    DB_HOST="$PG_HOST" DB_PORT="$PG_PORT" DB_USER=kivitendo perl bridge.t 2>&1
