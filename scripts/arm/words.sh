# words.sh: part of task_server: what it says to people, in their language.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
#
#     tell FORMAT ARGUMENT…          a line on standard output; in $(…), a text
#     complain FORMAT ARGUMENT…      a line on standard error, behind our name
#     fail CODE FORMAT ARGUMENT…     the same, and ends us
#     env LC_ALL="$program_locale" "$program" …          it speaks the same language
#     env -u LC_ALL LC_MESSAGES="$program_locale" …      so does a run, whose jobs keep the reader's LANG
#
# FORMAT is printf's and a message of the catalogue that the program has, too: po/catalogue.mk tells
# xgettext which functions take one.  A translation is trusted, so it must have the same directives in
# the same order (scripts/lint looks); values are arguments, and printed as they are.
#
# All else runs with LC_ALL=C, for we read it.  Where the language is English, or there is no
# gettext(1), nothing is started for a message.

words_find_catalogues() {
    for words_dir in "$here/../share/locale" "$here/../build/release/locale"; do
        [ ! -d "$words_dir" ] || break
    done
    TASK_SERVER_LOCALE=${TASK_SERVER_LOCALE:-$words_dir} # one for us and the program
    if [ -d "$TASK_SERVER_LOCALE" ]; then
        export TASK_SERVER_LOCALE
    fi
}

# words_find_language LOCALE: the reader's first one that has a catalogue becomes LANGUAGE, and
# program_locale one in which that counts; C for English.  As gettext(3) has it, LANGUAGE goes before the
# locale's, unless that is C.  That locale need not be installed, which Perl in a job would complain of.
words_find_language() {
    program_locale=C
    case $1 in C | POSIX) return ;; esac
    words_rest=${LANGUAGE:-$1}:
    while [ -n "$words_rest" ]; do
        words_next=${words_rest%%:*}
        words_next=${words_next%%[_.@]*}
        words_rest=${words_rest#*:}
        case $words_next in
        C | POSIX | en) return ;;
        '' | */*) continue ;;
        esac
        if [ -r "$TASK_SERVER_LOCALE/$words_next/LC_MESSAGES/task-server.mo" ]; then
            program_locale=C.UTF-8
            LANGUAGE=$words_next
            export LANGUAGE
            return
        fi
    done
}

tell() {
    words_format=$1
    shift
    if [ "$program_locale" != C ] && command -v gettext >/dev/null; then
        words_format=$(LC_ALL=$program_locale TEXTDOMAINDIR=$TASK_SERVER_LOCALE \
            gettext -d task-server -- "$words_format" 2>/dev/null || printf %s "$words_format")
    fi
    # shellcheck disable=SC2059  # a format is wanted
    printf -- "$words_format\n" "$@"
}

complain() {
    printf 'task_server: %s\n' "$(tell "$@")" >&2
}

fail() {
    fail_code=$1
    shift
    complain "$@"
    exit "$fail_code"
}

words_find_catalogues
words_find_language "${readers_locale:-C}"
