#!/bin/sh
# The ground that the other tests stand on: does the runner notice what it must not overlook, do the
# private servers stop and come back, does the check for floors see a broken rule?
. "$(dirname "$0")/../lib/tap.sh"
setup

# ---- the runner's verdict -------------------------------------------------------------------------

results=$WORK/results
mkdir -p "$results/sanitizer"

# verdict LINE…: "passed failed skipped" for a script of these lines.
verdict() {
    printf '%s\n' "$@" >"$WORK/sample.test.sh"
    TEST_LIMIT_S=2 sh "$TEST_ROOT/tests/lib/run-one" "$results" "$WORK/sample.test.sh" \
        >"$WORK/verdict.out" 2>&1
    cat "$results/sample.result"
}

is 'two sentences pass' "$(verdict 'echo ok 1 - a' 'echo ok 2 - b' 'echo 1..2')" '2 0 0'
is 'a failed sentence is counted' "$(verdict 'echo ok 1' 'echo not ok 2' 'echo 1..2' 'exit 1')" '1 1 0'
is 'a skipped one too' "$(verdict 'echo ok 1' 'echo "ok 2 - b # SKIP no"' 'echo 1..2')" '1 0 1'
is "cmocka's way to skip is understood" "$(verdict 'echo "not ok 1 # SKIP b"' 'echo 1..1')" '0 0 1'
is 'a script may skip everything' "$(verdict 'echo "1..0 # SKIP not here"')" '0 0 1'
is 'two plans of two groups add up' \
    "$(verdict 'echo 1..1' 'echo ok 1' 'echo 1..1' 'echo ok 1')" '2 0 0'
is 'no plan is a failure' "$(verdict 'echo ok 1')" '1 1 0'
is 'no output is a failure' "$(verdict true)" '0 1 0'
is 'a missing sentence is a failure' "$(verdict 'echo ok 1' 'echo 1..2')" '1 1 0'
is 'an exit code that nothing explains is a failure' \
    "$(verdict 'echo ok 1' 'echo 1..1' 'exit 3')" '1 1 0'
is 'a test that hangs is ended' "$(verdict 'echo ok 1' 'echo 1..1' 'sleep 20')" '1 1 0'
like 'and it is said why' "$(cat "$WORK/verdict.out")" 'not finished after 2 s'
# shellcheck disable=SC2016  # for the sample to expand
is "a sanitizer's report is a failure" \
    "$(verdict 'echo ok 1' 'echo 1..1' 'p=${ASAN_OPTIONS#log_path=}' 'echo bad >"${p%%:*}.1"')" '1 1 0'
rm -f "$results"/sanitizer/*
# shellcheck disable=SC2016
is 'a search for leaks that a kill cut short is none' \
    "$(verdict 'echo ok 1' 'echo 1..1' 'p=${ASAN_OPTIONS#log_path=}' \
        'echo "==12==Unable to get registers from thread 13." >"${p%%:*}.1"')" '1 0 0'
rm -f "$results"/sanitizer/*
like 'no test at all is a failure' "$("$TEST_ROOT/tests/run" --only nothing-is-called-so; echo "code $?")" \
    '^code 1$'

# ---- floors ---------------------------------------------------------------------------------------

src=$WORK/src
mkdir -p "$src/base" "$src/core" "$src/io"
floors() {
    "$TEST_ROOT/scripts/floors" "$src" >"$WORK/floors.out"
    floors_code=$?
    grep '^not ok' "$WORK/floors.out" | sed 's/^not ok - //'
    return $floors_code
}

echo '#include "base/a.h"' >"$src/core/b.c"
touch "$src/base/a.h" "$src/core/b.h" "$src/core/c.h"
ok 'an include may go down' floors
: >"$src/core/b.c"
echo '#include "core/b.h"' >"$src/base/a.h"
is 'an include must not go up' "$(floors)" 'includes only go down'
echo '#include "core/c.h"' >"$src/core/b.c"
echo '#include "core/b.h"' >"$src/core/c.c"
: >"$src/base/a.h"
is 'modules must not include each other' "$(floors)" 'no include cycles'
mv "$src/core/c.h" "$src/core/b_parts.h"
rm "$src/core/c.c"
echo '#include "core/b_parts.h"' >"$src/core/b.c"
echo '#include "core/b.h"' >"$src/core/b_parts.h"
ok 'a private header belongs to its module' floors
echo '#include <libpq-fe.h>' >"$src/core/b.c"
is 'libpq stays in its room' "$(floors)" 'only io/ knows libpq'
echo 'x = system("ls");' >"$src/core/b.c"
is 'no shell' "$(floors)" 'nothing starts a shell'
{ echo '{' && yes ';' | head -n 69 && echo '}'; } >"$src/core/b.c"
is 'a function of 71 lines is too long' "$(floors)" 'no function over 70 lines'
yes ';' | head -n 451 >"$src/core/b.c"
is 'so is a file of 451 lines' "$(floors)" 'no .c file over 450 lines'
rm -r "$src"
is 'no source is no success' "$(floors)" "no source in $src"

# ---- PostgreSQL -----------------------------------------------------------------------------------

shared=$PG_DIR
own_cluster
fails 'two servers live side by side' 1 test "$PG_DIR" = "$shared"
pg_createdb acme kivi_client
as_kivi_pw() {
    PGPASSWORD=$1 "$PG_BIN/psql" -X -w -At -h "$PG_HOST" -p "$PG_PORT" -U kivi_pw -d acme -c \
        'INSERT INTO background_jobs DEFAULT VALUES'
}
ok 'kivi_pw gets in with its password, and may write' as_kivi_pw "$PG_PASSWORD"
fails 'and not with another' 2 as_kivi_pw wrong
for mode in fast immediate kill; do
    ok "the server stops ($mode)" pg_stop $mode
    fails "and is gone ($mode)" 2 pg_psql acme -c 'SELECT 1'
    ok "and starts again ($mode)" pg_start
    is "and knows what it knew ($mode)" "$(pg_psql acme -c 'SELECT count(*) FROM background_jobs')" 1
done
pg_use "$shared"

# However a script ends, what it started ends with it.
cat >"$WORK/ends.sh" <<EOF
. "$TEST_ROOT/tests/lib/pg.sh"
at_exit "echo second >>'$WORK/ends.log'"
at_exit "echo first >>'$WORK/ends.log'; false"
set -e
EOF
ends() {
    rm -f "$WORK/ends.log"
    { cat "$WORK/ends.sh" && printf '%s\n' "$1"; } >"$WORK/ends1.sh"
    sh "$WORK/ends1.sh" 2>/dev/null | head -n 1 >/dev/null
    tr '\n' ' ' <"$WORK/ends.log"
}
is 'at_exit works at the end' "$(ends :)" 'first second '
is 'and after a failure' "$(ends false)" 'first second '
# shellcheck disable=SC2016  # for the sample to expand
is 'and after a signal' "$(ends 'kill -TERM $$; sleep 5')" 'first second '
is 'and when nobody reads on' "$(ends 'while :; do echo x; done')" 'first second '

# ---- the tables -----------------------------------------------------------------------------------

make_installation "$WORK/kivi"
add_client acme --name "O'Hara \"& Co\" \$HOME"
add_client old --old
is 'a name may contain anything' "$(auth_sql "SELECT name FROM auth.clients ORDER BY id LIMIT 1")" \
    "O'Hara \"& Co\" \$HOME"
add_job acme Test null null --once --data "a: 'it''s'" --node n1 --description 'what it''s for'
is 'so may the data of a job' "$(job_field acme "$JOB_ID" "concat_ws('|', type, cron_spec, next_run_at, data, node_id)")" \
    "once|a: 'it''s'|n1"
fails 'the older tables have no node_id' 1 client_sql old 'SELECT node_id FROM background_jobs'

hold acme 'LOCK background_jobs'
fails 'a lock is held' 1 client_sql acme "SET lock_timeout = 100; SELECT 1 FROM background_jobs"
let_go acme
ok 'until it is let go' client_sql acme "SET lock_timeout = 100; SELECT 1 FROM background_jobs"

fails 'the demo deletes only what is its own' 64 sh "$TEST_ROOT/scripts/demo" --stop "$WORK"
done_testing
