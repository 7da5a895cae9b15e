#!/bin/sh
# Which way a job goes: natively, or as kivitendo's own class.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
setup
make_standin "$WORK/kivi"
add_client acme

# class DIRECTORY NAME: a class of our own that says that it was Perl.
class() {
    mkdir -p "$INSTALLATION/$1/SL/BackgroundJob"
    cat >"$INSTALLATION/$1/SL/BackgroundJob/$2.pm" <<EOF
package SL::BackgroundJob::$2;
use strict;
use warnings;
use parent qw(SL::BackgroundJob::Base);
sub run { return 'by Perl' }
1;
EOF
    own_installation
}

# setting VALUE: native_jobs from now on.
setting() {
    sed -i '/^native_jobs/d' "$INSTALLATION/config/kivitendo.conf"
    ts_setting "native_jobs = $1"
    own_installation
}

# goes SENTENCE PACKAGE RESULT WHY: a run with this job due leaves that in its history, and says why.
goes() {
    client_sql acme 'TRUNCATE background_jobs, background_job_histories'
    add_job acme "$2" '0 3 * * *' due
    run_ts -v run
    is "$1" "$(client_sql acme 'SELECT status, rtrim(coalesce(result, error)) FROM background_job_histories')" "$3"
    like 'and why is said' "$TS_ERR" "job [0-9]+ \\($2\\).*: $4"
}

goes 'where the installation has no such class, a job runs natively' Test 'success|1' \
    'runs natively: the installation has no SL/BackgroundJob/Test\.pm'
class . Test
goes 'one with another text than the released ones runs as Perl' Test 'success|by Perl' \
    'runs as Perl: SL/BackgroundJob/Test\.pm is none of the released ones'
rm "$INSTALLATION/SL/BackgroundJob/Test.pm"
class modules/override Test
goes 'one in modules/override too' Test 'success|by Perl' \
    'runs as Perl: modules/override/SL/BackgroundJob/Test\.pm exists'

setting on
goes 'with native_jobs = on it runs natively all the same' Test 'success|1' \
    'runs natively: native_jobs = on'
setting off
goes 'with off as Perl' Test 'success|by Perl' \
    'runs as Perl: modules/override/SL/BackgroundJob/Test\.pm exists, and native_jobs = off'
rm "$INSTALLATION/modules/override/SL/BackgroundJob/Test.pm"
class . Test
setting 'SetClosedTo, Test'
goes 'with a list that has it, natively' Test 'success|1' 'runs natively: native_jobs names it'
setting 'SetClosedTo'
goes 'with one that has not, as Perl' Test 'success|by Perl' \
    'runs as Perl: native_jobs does not name it'

setting off
rm "$INSTALLATION/SL/BackgroundJob/Test.pm"
goes 'with off and without a class it fails, and says what was looked for' Test \
    "failure|unknown package 'Test': it is no command in [task_server/commands]; native_jobs = off; and neither modules/override/SL/BackgroundJob/Test.pm nor SL/BackgroundJob/Test.pm is in $INSTALLATION" \
    'failed, next .*: unknown package'
setting auto

goes 'a job that follows the releases runs natively where it has no class' SetClosedTo 'success|1' \
    'runs natively: the installation has no'
class . SetClosedTo
goes 'and as Perl where it has one' SetClosedTo 'success|by Perl' 'runs as Perl: '

client_sql acme 'TRUNCATE background_jobs, background_job_histories'
add_job acme SetClosedTo '0 3 * * *' 2099-01-01
run_ts -v run-job "$JOB_ID"
is 'run-job goes the same way' "$(history acme)" 'SetClosedTo|success|by Perl|'
like 'and says why' "$TS_ERR" 'runs as Perl: '

ts_setting "perl = $WORK/no-perl"
goes 'without a Perl a class that somebody has changed is not replaced in silence' SetClosedTo \
    "failure|cannot start the Perl bridge with $WORK/no-perl: No such file or directory" \
    'runs as Perl: .*none of the released ones'
done_testing
