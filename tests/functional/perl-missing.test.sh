#!/bin/sh
# slow
# Something that Perl jobs need is not there: they fail with the words of Perl, the rest runs.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
cat >>"$INSTALLATION/config/kivitendo.conf" <<END

[task_server/commands]
Echo = /bin/echo done
END
add_client acme
add_client beta
add_job acme Speaks '0 3 * * *' null
add_job acme Nothing '0 3 * * *' null
add_job acme Echo '0 3 * * *' null
add_job acme UpdateEmployeeBaseData '*/5 * * * *' null
add_job beta Speaks '0 3 * * *' null

# all_due: everything once more, into an empty history.
all_due() {
    for client in acme beta; do
        client_sql $client "DELETE FROM background_job_histories;
            UPDATE background_jobs SET next_run_at = now() - interval '1 minute'"
    done
}

# perl_errors: what the three Perl jobs failed with, each text once.
perl_errors() {
    for client in acme beta; do
        client_sql $client "SELECT error FROM background_job_histories
            WHERE package_name IN ('Speaks', 'Nothing') AND status = 'failure'"
    done | sort -u
}

# judge WHAT PATTERN: the last run, in which Perl could not be loaded.
judge() {
    is "$1: the command and the native job run" \
        "$(client_sql acme "SELECT package_name FROM background_job_histories
            WHERE status = 'success' ORDER BY 1")" 'Echo
UpdateEmployeeBaseData'
    is "$1: all Perl jobs fail" \
        "$(for client in acme beta; do
            client_sql $client "SELECT count(*) FROM background_job_histories WHERE status = 'failure'"
        done | tr '\n' ' ')" '2 1 '
    like "$1: with the words of Perl" "$(perl_errors)" "$2"
    is "$1: and go on at their next regular time" \
        "$(client_sql acme 'SELECT count(*) FROM background_jobs WHERE next_run_at <= now()')" 0
    is "$1: two starts are tried" "$(grep -c 'bridge has died while it loaded' "$WORK/ts.err")" 2
    is "$1: nothing is left running" "$(jobs_running)" ''
}

all_due
mv "$INSTALLATION/SL/Form.pm" "$WORK/Form.pm"
run_ts run
judge 'a part of kivitendo is missing' "Can't locate SL/Form.pm in @INC"
mv "$WORK/Form.pm" "$INSTALLATION/SL/Form.pm"

all_due
cp "$INSTALLATION/SL/Auth.pm" "$WORK/Auth.pm"
sed -i 's/^use DBI;/use Standin::Not::Installed;/' "$INSTALLATION/SL/Auth.pm"
run_ts run
judge 'a module is missing' "Can't locate Standin/Not/Installed.pm"

all_due
printf 'package SL::Auth;\nthis is no Perl at all\n' >"$INSTALLATION/SL/Auth.pm"
run_ts run
judge 'a part of kivitendo does not compile' 'syntax error.*SL/Auth.pm|Bareword.*SL/Auth.pm|SL/Auth.pm line 2'

all_due
printf 'package SL::Auth;\nkill KILL => $$;\n1;\n' >"$INSTALLATION/SL/Auth.pm"
run_ts run
judge 'Perl is killed while it loads' 'died without a word'
cp "$WORK/Auth.pm" "$INSTALLATION/SL/Auth.pm"

# Our own half.
all_due
perl_half=$TASK_SERVER_PERL
TASK_SERVER_PERL=$WORK/nowhere
run_ts run
judge 'our bridge is missing' "Can't open perl script .*/bridge"
TASK_SERVER_PERL=$perl_half

all_due
sed -i '/^\[task_server\]/a perl = /usr/bin/no-such-perl' "$INSTALLATION/config/kivitendo.conf"
run_ts run
judge 'Perl is missing' 'cannot start the Perl bridge with .usr.bin.no-such-perl: No such file'
all_due
run_ts run-job 1 --client beta
is 'a job by hand fails with the same words' "$(client_sql beta "SELECT count(*)
    FROM background_job_histories WHERE error LIKE '%cannot start the Perl bridge with %: No such file%'")" 1
sed -i '/^perl = /d' "$INSTALLATION/config/kivitendo.conf"

# Mended, all is well in the next run.
all_due
ok 'with everything in place a run succeeds' run_ts run
is 'and all jobs have' "$(client_sql acme "SELECT count(*) FROM background_job_histories
    WHERE status = 'success'")" 4

# One client's row that the classes cannot do without.
all_due
auth_sql 'DELETE FROM auth.user_config'
run_ts run
is 'settings of the user that are missing fail the Perl jobs' \
    "$(client_sql beta 'SELECT status, error FROM background_job_histories')" \
    'failure|there is no user with the id 1, or it has no settings'
done_testing
