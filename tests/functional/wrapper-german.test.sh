#!/bin/sh
# slow
# scripts/task_server in German and English: whose language it takes, that the program follows, that values
# are printed as they are, and that exit codes have no language.  It arms nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
command -v gettext >/dev/null 2>&1 || skip_all 'there is no gettext(1)'
setup
make_installation "$WORK/kivi"
add_client acme
arm_wrapper
mkdir -p "$WORK/share"
cp -R "$TEST_ROOT/build/${TEST_FLAVOUR:-release}/locale" "$WORK/share"
chmod -R a+rX "$WORK/share"

# reader VARIABLE=VALUE…: nothing else says which language is wanted.
reader() {
    unset LC_ALL LC_MESSAGES LANG LANGUAGE
    [ $# -eq 0 ] || export "${@?}"
}

# both SENTENCE ENGLISH GERMAN ARGUMENTS…: the same exit code with either text.
both() {
    both_sentence=$1
    both_english=$2
    both_german=$3
    shift 3
    reader LC_ALL=C
    arm_like "$both_sentence, in English" "$both_english" "$@"
    both_code=$ARM_CODE
    reader LC_ALL=C.UTF-8 LANGUAGE=de
    arm_like "$both_sentence, in German" "$both_german" "$@"
    is "$both_sentence: the exit code is the same" "$ARM_CODE" "$both_code"
}

both 'help' '^0 usage: task_server .*  start  +arms' '^0 Aufruf: task_server .*  start  +richtet' help
is 'of the same verbs' "$(LC_ALL=C "$WORK/scripts/task_server" help | sed -n 's/^  \([-a-z][-a-z=]*\).*/\1/p')" \
    "$("$WORK/scripts/task_server" help | sed -n 's/^  \([-a-z][-a-z=]*\).*/\1/p')"
both 'status before the first run' '^3 not armed last run: none yet running: no *$' \
    '^3 nicht eingerichtet letzter Lauf: noch keiner es läuft: kein Lauf *$' status
both 'stop' '^0 not armed' '^0 nicht eingerichtet' stop
both 'a run in the foreground' '^0 .*run ended; jobs: 0 succeeded' '^0 .*Lauf beendet; Jobs: 0 erfolgreich' debug
both 'status after it' '^3 .*last run: 20[-0-9]* [:0-9]*, ended well; jobs: 0 succeeded, 0 failed' \
    '^3 .*letzter Lauf: 20[-0-9]* [:0-9]*, gut beendet; Jobs: 0 erfolgreich, 0 fehlgeschlagen' status
both "check, with the program's own" '^0 configuration: .* jobs run as: .* can be written .*all is well' \
    '^0 Konfiguration: .* Jobs laufen als: .* ist beschreibbar .*alles in Ordnung' check

# ---- values ---------------------------------------------------------------------------------------

both 'a text that begins with dashes' '^2 *task_server: --now and' '^2 *task_server: --now und' --now status
fails 'a verb like a format' 2 arm '%s%d\n'
is 'is printed as it is' "$ARM_ERR" 'task_server: %s%d\n: unbekanntes Verb; siehe task_server help'
odd=$WORK/'100% \n%s'
fails "a path with a percent sign and a backslash" 6 arm -C "$odd" status
like 'too' "$ARM_ERR" '^task_server: /.*/100% \\n%s \(-C\) ist nicht das Verzeichnis von kivitendo'
mkdir "$odd"
cp -R "$INSTALLATION/." "$odd"
first=$INSTALLATION
INSTALLATION=$odd
own_installation
arm check
like 'and one of an installation' "$ARM_OUT" '^Konfiguration: /.*/100% \\n%s/config/kivitendo.conf$'
INSTALLATION=$first

# ---- whose language -------------------------------------------------------------------------------

# speaks LANGUAGE VARIABLE=VALUE…
speaks() {
    speaks_language=$1
    shift
    reader "$@"
    arm reload
    case $speaks_language in
    German) is "$* is German" "$ARM_CODE $ARM_ERR" '7 task_server: nicht eingerichtet' ;;
    *) is "$* is English" "$ARM_CODE $ARM_ERR" '7 task_server: not armed' ;;
    esac
}
speaks German LANG=de_DE.UTF-8
speaks German LANG=de_AT
speaks German LC_MESSAGES=de_DE@euro LANG=C
speaks German LANG=en_US.UTF-8 LANGUAGE=de:en
speaks German LANG=C.UTF-8 LANGUAGE=fr:de
speaks English LANG=de_DE.UTF-8 LANGUAGE=en:de
speaks English LANG=de_DE.UTF-8 LC_ALL=C
speaks English LC_ALL=C LANGUAGE=de
speaks English LC_ALL= LANG=C.UTF-8
speaks English LANG=fr_FR.UTF-8
speaks English LANG=C.UTF-8 LANGUAGE=../locale/de
speaks English LANG=de_DE.UTF-8 TASK_SERVER_LOCALE=/nowhere
unset TASK_SERVER_LOCALE

reader LANG=de_DE.UTF-8
arm check
like "the program's language is ours where the locale is not installed" "$ARM_OUT" 'ist beschreibbar'
unlike 'of which Perl does not hear' "$ARM_OUT" 'Setting locale failed'

# ---- gettext(1) -----------------------------------------------------------------------------------

mkdir "$WORK/tools" "$WORK/watched"
for tool in sh env sed awk grep cat id stat date mktemp readlink dirname rm mv cut head tr cksum cmp getent setpriv wc; do
    ln -s "$(command -v $tool)" "$WORK/tools/$tool"
done
ARM_PATH=$WORK/tools arm_like 'without gettext(1) it is English' '^3 not armed ' status
cat >"$WORK/watched/gettext" <<EOF2
#!/bin/sh
echo started >>"$WORK/started"
exec $(command -v gettext) "\$@"
EOF2
cat >"$WORK/watched/date" <<EOF2
#!/bin/sh
echo "\$LC_ALL" >>"$WORK/locales"
exec $(command -v date) "\$@"
EOF2
chmod -R a+rx "$WORK/watched"
reader LANG=en_US.UTF-8
ARM_PATH=$WORK/watched:$PATH arm status
ok 'it is not started for English' test ! -e "$WORK/started"
reader LANG=de_DE.UTF-8
ARM_PATH=$WORK/watched:$PATH arm status
ok 'but for German' test -s "$WORK/started"
is 'programs whose words we read get no language' "$(sort -u "$WORK/locales")" C

# ---- what is decided by the program's words -------------------------------------------------------

reader LANG=de_DE.UTF-8
chmod 0 "$INSTALLATION/config/kivitendo.conf"
chown 0:0 "$INSTALLATION/config/kivitendo.conf" 2>/dev/null
ARM_AS=$PG_USER arm reload
is 'no permission is exit code 4 in German, too' "$ARM_CODE" 4
done_testing
