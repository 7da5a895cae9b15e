#!/bin/sh
# stub-job, which makes a command job visible on kivitendo's pages.
. "$(dirname "$0")/../lib/tap.sh"
setup
kivi=$WORK/kivi
mkdir -p "$kivi/SL/System" "$kivi/SL/BackgroundJob"
touch "$kivi/SL/System/TaskServer.pm"
cp "$TEST_ROOT/tests/perl/standin/SL/BackgroundJob/Base.pm" "$kivi/SL/BackgroundJob"
stub_job() {
    perl "$TEST_ROOT/scripts/perl/stub-job" --installation "$kivi" "$@"
}

umask 077
ok 'a stub is written' stub_job Backup
file=$kivi/SL/BackgroundJob/Backup.pm
is 'everybody can read it, whatever the umask' "$(stat -c %a "$file")" 644
ok 'it is valid Perl' perl -I"$kivi" -c "$file"
message=$(perl -I"$kivi" -MSL::BackgroundJob::Backup -e 'SL::BackgroundJob::Backup->new->run' 2>&1)
like 'its run() fails and says that the job is a command' "$message" '^The job Backup is a command of task-server'
ok 'writing it again is fine' stub_job Backup
like 'which says so' "$(cat "$WORK/ok.out")" 'is already there'

echo 'package SL::BackgroundJob::Own; 1;' >"$kivi/SL/BackgroundJob/Own.pm"
fails "somebody else's class is not overwritten" 1 stub_job Own
is 'and is as before' "$(cat "$kivi/SL/BackgroundJob/Own.pm")" 'package SL::BackgroundJob::Own; 1;'
like 'with a reason' "$(cat "$WORK/ok.out")" 'is not one of ours'
fails 'nor removed' 1 stub_job --remove Own
ln -s "$WORK/elsewhere" "$kivi/SL/BackgroundJob/Link.pm"
fails 'a symbolic link is not followed' 1 stub_job Link
ok 'and leads nowhere still' test ! -e "$WORK/elsewhere"

for name in backup ../Backup 'Back up' Base B ''; do
    fails "'$name' is refused as a name" 1 stub_job "$name"
done
fails 'one bad name among good ones fails' 1 stub_job bad Import
ok 'but the good one is written' test -f "$kivi/SL/BackgroundJob/Import.pm"
ok 'a stub can be removed' stub_job --remove Backup Import
ok 'and is gone' test ! -e "$file"
fails 'removing what is not there fails' 1 stub_job --remove Backup
fails 'so does a directory that is not kivitendo'"'s" 1 stub_job --installation "$WORK" Backup
fails 'no name is a usage error' 64 stub_job
fails 'an unknown option too' 64 stub_job --force Backup
ok 'there is help' stub_job --help
like 'on standard output' "$(stub_job --help 2>/dev/null)" '^usage: stub-job'
done_testing
