#!/bin/sh
# slow
# Our module for kivitendo's web pages: how it is put in place, missed, and what it does.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme
place=$INSTALLATION/modules/override/SL/System/TaskServer.pm
# shellcheck disable=SC2120  # the arguments come through ok
page_module() {
    perl "$TEST_ROOT/scripts/perl/page-module" -C "$INSTALLATION" "$@"
}

# ---- put in place ---------------------------------------------------------------------------------

ok 'a run without the module' run_ts run
unlike 'does not miss it' "$TS_ERR" 'module'
umask 077
ok 'page-module puts it in place' page_module
is 'readable, whatever the umask' "$(stat -c %a "$place" "${place%/*}" | tr '\n' ' ')" '644 755 '
like 'and says that FastCGI must be restarted' "$(cat "$WORK/ok.out")" 'restart'
ok 'once more is fine' page_module
like 'and nothing happens' "$(cat "$WORK/ok.out")" 'is already there'
if perl -MLocale::gettext -e 1 2>/dev/null; then
    use_catalogues
    like 'which it says in German, too' "$(LC_ALL=C.UTF-8 LANGUAGE=de page_module -C "$INSTALLATION")" 'ist schon da'
    unset TASK_SERVER_LOCALE
else
    skip 'which it says in German, too' 'Perl has no Locale::gettext'
fi
echo '# Belongs to task-server, an older one' >"$place"
ok 'an older one is replaced' page_module
like 'with the present one' "$(cat "$place")" 'sub wake_up'
umask 022
own_installation
is 'it belongs to the owner of its folder' "$(page_module >/dev/null && stat -c %U "$place")" "$(stat -c %U "$INSTALLATION")"
chmod 0666 "$place"
ok 'one that anybody may write' page_module
is 'is mended' "$(stat -c %a "$place")" 644
chmod 0600 "$place"
ok 'and one that the web server cannot read' page_module
is 'too' "$(stat -c %a "$place")" 644
if [ "$(id -u)" -eq 0 ]; then
    rm -r "$INSTALLATION/modules/override/SL"
    ok 'root puts it there' page_module
    is 'for the owner of the folders around' \
        "$(stat -c %U:%a "$place" "${place%/*}" "${place%/SL/*}/SL" | tr '\n' ' ')" "$PG_USER:644 $PG_USER:755 $PG_USER:755 "
    chown 1 "$place"
    ok "somebody else's file with our text" page_module
    is 'becomes theirs' "$(stat -c %U "$place")" "$PG_USER"
    rm "$place"
    chown root "${place%/*}"
    fails "root's folder in somebody else's is not written with root's rights" 1 page_module
    ok 'by nobody' test ! -e "$place"
    chown -R root "$INSTALLATION"
    ok "root's own folder" page_module
    is "gets root's file" "$(stat -c %U:%a "$place")" root:644
    own_installation
else
    skip 'root puts it there' 'not root'
fi

# ---- links ----------------------------------------------------------------------------------------

# led FOLDER TARGET: with a link of the jobs' user in the place of the folder, nothing of root's is touched.
led() {
    rm -rf "$INSTALLATION/modules/override/SL" "$2"
    mkdir -p "$2" "${1%/*}"
    ln -s "$2" "$1"
    own_installation
    chown -h "$PG_USER" "$1"
    fails "a link at ${1##*/} leads root nowhere" 1 page_module
    is "${1##*/}: nothing is there" "$(ls -A "$2")" ''
    mkdir -p "$(dirname "$place")"
    cp "$WORK/ours" "$place"
    fails "${1##*/}: and is no way to remove" 1 page_module --remove
    ok "${1##*/}: what is root's" test -e "$place"
    rm -r "$1" "$2"
}

if [ "$(id -u)" -eq 0 ]; then
    page_module >/dev/null
    cp "$place" "$WORK/ours"
    led "$INSTALLATION/modules/override/SL/System" "$WORK/roots"
    led "$INSTALLATION/modules/override/SL" "$WORK/roots"
    chown root "$INSTALLATION/modules/override"
    mkdir -p "$WORK/theirs/SL"
    chown -R "$PG_USER" "$WORK/theirs"
    ln -s "$WORK/theirs/SL" "$INSTALLATION/modules/override/SL"
    chown -R root "$INSTALLATION/modules" "$INSTALLATION"
    chmod a+x "$WORK"
    ok "root's link leads to somebody else's folder" page_module
    is 'where it is written with their rights' "$(stat -c %U "$place")" "$PG_USER"
    rm -r "$INSTALLATION/modules/override/SL" "$WORK/theirs"
    own_installation
    page_module >/dev/null
else
    skip 'a link leads root nowhere' 'not root'
fi

# ---- missed ---------------------------------------------------------------------------------------

ok 'a run notes that it is there' run_ts run
is 'in silence' "$TS_ERR" ''
mv "$place" "$WORK/kept"
ok 'a run after git clean succeeds' run_ts run
like 'but misses it' "$TS_ERR" 'pages is gone.*TaskServer\.pm.*page-module'
ok 'the next one' run_ts run
is 'does not say it again' "$TS_ERR" ''
echo 'package SL::System::TaskServer; # not: # Belongs to task-server,' >"$place"
own_installation
ok 'a file that only speaks of our mark' run_ts run
is 'is not ours' "$TS_ERR" ''
mv "$WORK/kept" "$place"
ok 'when it is there again' run_ts run
like 'that is told once' "$TS_ERR" 'there again'
ok 'and not' run_ts run
is 'twice' "$TS_ERR" ''

# ---- taken away -----------------------------------------------------------------------------------

ok 'page-module takes it away' page_module --remove
ok 'with its empty folders' test ! -e "$INSTALLATION/modules/override/SL/System"
ok 'a run afterwards' run_ts run
is 'does not miss it' "$TS_ERR" ''
ok 'taking away what is not there is done already' page_module --remove
like 'which is said' "$(cat "$WORK/ok.out")" 'is not there'
ok 'it is put there again' page_module
own_installation
ok 'and seen' run_ts run
rm "$place"
ok 'when git clean has taken it' page_module --remove
ok 'a run' run_ts run
is 'does not miss it any more' "$TS_ERR" ''
ok 'once more' page_module
echo '# changed' >>"$place"
ok 'one that was changed is ours still' page_module --remove
like 'which is said' "$(cat "$WORK/ok.out")" 'somebody had changed it'
ok 'and goes' test ! -e "$place"
if [ "$(id -u)" -eq 0 ]; then
    ok 'in a folder' page_module
    own_installation
    run_ts run
    chmod 0555 "${place%/*}"
    notes=$(find "$INSTALLATION/users/task_server" -name '*.pages')
    fails 'where its owner may not write' 1 page_module --remove
    like 'it stays, and that is said' "$(cat "$WORK/ok.out")" "cannot remove $place"
    ok 'and the note, too' test -e "$place" -a -e "$notes"
    chmod 0755 "${place%/*}"
    page_module --remove >/dev/null
fi
mkdir -p "${place%/*}"
echo 'package SL::System::TaskServer; 1;' >"$place"
fails "somebody else's is not overwritten" 3 page_module
fails 'nor removed' 3 page_module --remove
is 'and is as before' "$(cat "$place")" 'package SL::System::TaskServer; 1;'
rm "$place"
ln -s "$WORK/elsewhere" "$place"
fails 'a link is not followed' 3 page_module
ok 'and leads nowhere still' test ! -e "$WORK/elsewhere"
rm "$place"
fails 'a directory that is not kivitendo'"'s is refused" 1 page_module -C "$WORK"
fails 'an argument is a usage error' 64 page_module now
ok 'there is help' page_module --help

# ---- what it does ---------------------------------------------------------------------------------

rm -rf "$INSTALLATION/users/task_server"
cp -R "$TEST_ROOT/tests/perl/standin/." "$INSTALLATION"
mkdir -p "$INSTALLATION/t" "$WORK/own" "$WORK/pages"
cp "$TEST_ROOT/tests/perl/pages.t" "$INSTALLATION/t"
cp "$TEST_ROOT/scripts/perl/pages/TaskServer.pm" "$WORK/pages"
chmod -R a+rX "$WORK/pages"
chown "$PG_USER" "$WORK/own"
own_installation
inner=$(cd "$WORK" && as_user "$PG_USER" perl "$INSTALLATION/t/pages.t" "$WORK/pages" "$WORK/own" 2>&1)
inner_code=$?
printf '%s\n' "$inner" | sed -n -e 's/^not ok [0-9]* /not done: /p' -e '/^#/p' | while read -r line; do diag "$line"; done
ok "the module's own tests, $(printf '%s\n' "$inner" | grep -c '^ok ') sentences" test "$inner_code" -eq 0
done_testing
