#!/bin/sh
# Commands: programs that the administrator has mapped to package names.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
add_client acme --name 'Acme & "Söhne"'

# Where our root and the executor can go and nobody else can write.
if [ "$(id -u)" -eq 0 ]; then
    programs=$(mktemp -d /opt/ts-commands.XXXXXX)
    at_exit "rm -rf '$programs'"
    chmod 0755 "$programs"
else
    programs=
fi

# What the commands do is in scripts; /bin/sh is the program.
script() {
    cat >"$WORK/$1"
    chmod 0644 "$WORK/$1"
}
script show <<'END'
for word in "$@"; do
    printf '<%s>' "$word"
done
END
script environment <<'END'
env | sort
END
script count <<'END'
wc -c | tr -d ' '
END
script fail <<'END'
echo 'to standard output'
echo 'first words' >&2
echo 'last words' >&2
exit 3
END
script warn <<'END'
echo 'result'
echo 'careful' >&2
END
script flood <<'END'
head -c 3000000 /dev/zero | tr '\0' 'x'
echo; echo the end
END
script latin1 <<'END'
printf 'Stra\337e\0end'
END
script killed <<'END'
kill -s SEGV $$
END
script limits <<'END'
ulimit -c; ulimit -v; umask; pwd
cut -d ' ' -f 6 /proc/$$/stat | sed "s/^$$\$/own session/"
grep -E 'Sig(Ign|Blk)' /proc/self/status | tr '\t\n' '  '
END
script stubborn <<'END'
trap '' TERM
echo stubborn
while :; do sleep 1; done
END
script escapes <<'END'
setsid sleep 61 </dev/null >/dev/null 2>&1 &
echo $!
END
script ignores_input <<'END'
exec <&-
echo 'not read'
END
script hungry <<'END'
perl -e '$x = "x" x 400_000_000; print length $x'
END

cat >>"$INSTALLATION/config/kivitendo.conf" <<END
kill_grace = 1
output_limit = 10000
job_memory_limit = 200MB

[environment]
path = /opt/tex/bin
lib = /opt/perl/lib
WORD = one two ; three

[task_server/timeouts]
Stubborn = 1
Sleeps = 1

[task_server/commands]
Show = /bin/sh $WORK/show "two words" 'single; \$HOME' back\\ slash \`id\` * > file ""
Environment = /bin/sh $WORK/environment
Count = /bin/sh $WORK/count
Fail = /bin/sh $WORK/fail
Warn = /bin/sh $WORK/warn
Flood = /bin/sh $WORK/flood
Latin = /bin/sh $WORK/latin1
Killed = /bin/sh $WORK/killed
Limits = /bin/sh $WORK/limits
Stubborn = /bin/sh $WORK/stubborn
Sleeps = /bin/sleep 60
Escapes = /bin/sh $WORK/escapes
IgnoresInput = /bin/sh $WORK/ignores_input
Hungry = /bin/sh $WORK/hungry
Silent = /bin/true
Missing = /usr/bin/no-such-program
Directory = /usr/bin
NoProgram = /etc/passwd
Loose = $WORK/loose
Test = /bin/echo the command
END
printf '#!/bin/sh\necho ran\n' >"$WORK/loose"
chmod 0777 "$WORK/loose"

# perform PACKAGE [DATA]: runs a due job of that name; prints status|result|error.
perform() {
    if [ $# -gt 1 ]; then
        add_job acme "$1" '0 3 * * *' due --data "$2"
    else
        add_job acme "$1" '0 3 * * *' due
    fi
    run_ts -v run
    client_sql acme "SELECT status, coalesce(result, 'NULL'), coalesce(error, 'NULL')
        FROM background_job_histories ORDER BY id DESC LIMIT 1"
}

last_job() {
    client_sql acme 'SELECT max(id) FROM background_jobs'
}

# shellcheck disable=SC2016  # nothing has expanded
is 'words are split with quotes, and no shell looks at them' "$(perform Show)" \
    'success|<two words><single; $HOME><back slash><`id`><*><>><file><>|NULL'

environment=$(perform Environment 'a: b')
like 'a command is told the client' "$environment" 'TASK_CLIENT_ID=1$'
like 'and its name' "$environment" '^TASK_CLIENT_NAME=Acme & "Söhne"$'
like 'the job' "$environment" "^TASK_JOB_ID=$(last_job)\$"
like 'the package' "$environment" '^TASK_PACKAGE=Environment$'
like 'the node' "$environment" '^TASK_NODE_ID=test'
run_at=$(client_sql acme "SELECT to_char(run_at, 'YYYY-MM-DD HH24:MI:SS.US')
    FROM background_job_histories ORDER BY id DESC LIMIT 1")
like 'and the run, as in its history' "$environment" "^TASK_RUN_AT=$run_at\$"
like '[environment] path is appended' "$environment" '^PATH=.*/bin:/opt/tex/bin$'
like 'and lib' "$environment" '^(success\|)?PERL5LIB=/opt/perl/lib$'
like 'other keys are variables' "$environment" 'WORD=one two ; three'
unlike 'the database is not told where nobody asked for it' "$environment" '^PG'
(SECRET=geheim && export SECRET && perform Environment >"$WORK/environment.out")
unlike 'our own environment is not passed on' "$(cat "$WORK/environment.out")" SECRET

is 'data is its standard input' "$(perform Count 'count: 17')" 'success|9|NULL'
is 'none is an empty one' "$(perform Count)" 'success|0|NULL'
add_job acme Count '0 3 * * *' due
client_sql acme "UPDATE background_jobs SET data = repeat('0123456789abcdef', 65536) WHERE id = $JOB_ID"
run_ts run
is 'a megabyte of it too' "$(client_sql acme 'SELECT result, length(data) FROM background_job_histories
    ORDER BY id DESC LIMIT 1')" '1048576|1048576'
add_job acme IgnoresInput '0 3 * * *' due
client_sql acme "UPDATE background_jobs SET data = repeat('x', 1000000) WHERE id = $JOB_ID"
run_ts run
is 'also where it is not read' "$(client_sql acme 'SELECT result FROM background_job_histories
    ORDER BY id DESC LIMIT 1')" 'not read'

is 'one that says nothing has an empty result' "$(perform Silent | sed 's/NULL|NULL/|NULL/')" 'success||NULL'
is 'what fails says how, with the end of standard error' "$(perform Fail)" \
    'failure|NULL|exit status 3: first words
last words'
is 'words on standard error are no failure' "$(perform Warn)" 'success|result|NULL'
like 'but are in the log' "$(cat "$WORK/ts.err")" "client 'Acme.*': job $(last_job) \(Warn\) after [0-9]+ ms: it says: careful"
is 'what is no UTF-8 becomes it' "$(perform Latin)" 'success|Stra�e�end|NULL'
is 'a signal is told by its name' "$(perform Killed)" 'failure|NULL|killed by SIGSEGV'
flood=$(perform Flood)
is 'of much output the beginning and the end are kept' "$(printf '%s' "$flood" | head -c 12)/$(printf '%s' "$flood" |
    tail -n 1)/$(printf %s "$flood" | wc -c | awk '{ print ($1 < 11000) }')" 'success|xxxx/the end|NULL/1'
like 'and what was cut is said' "$flood" '29[0-9 ]+ bytes'

limits=$(perform Limits)
is 'there are no core files, and the memory is limited' "$(echo "$limits" | sed 's/.*|//' | head -n 2 | tr '\n' ' ')" \
    '0 204800 '
like 'it leads a session of its own' "$limits" 'own session'
like 'in kivitendo directory' "$limits" "^$INSTALLATION\$"
# 32 and 33 are the C library's own, and whoever started the tests may have them ignored.
like 'with every signal as usual, also those that we ignore' "$limits" \
    '^SigBlk:.[0-9a-f]{8}[08]0{7} SigIgn:.[0-9a-f]{8}[08]0{7} '
like 'with the umask that we were started with' "$limits" "^$(umask)\$"
like 'one that wants too much memory fails' "$(perform Hungry)" '^failure\|NULL\|exit status [0-9]+.*[Oo]ut of memory'

like 'a timeout' "$(perform Sleeps)" '^failure\|NULL\|ended after 1 second \(timeout\)$'
like 'one that ignores SIGTERM is killed' "$(perform Stubborn)" \
    '^failure\|NULL\|ended after 1 second \(timeout\); SIGTERM was not enough: stubborn$'
escaped=$(perform Escapes | cut -d '|' -f 2)
is 'a process that escaped is ended' "$(process_runs "${escaped:-1}" && echo still there)" ''
like 'and told of' "$(cat "$WORK/ts.err")" '\(Escapes\) after [0-9]+ ms: processes that it left behind, and that were ended: 1'

like 'a program that is not there' "$(perform Missing)" \
    '^failure\|NULL\|.*/usr/bin/no-such-program.*No such file'
like 'a directory' "$(perform Directory)" '^failure\|NULL\|.*/usr/bin'
like 'a file that cannot be executed' "$(perform NoProgram)" '^failure\|NULL\|.*/etc/passwd'
like 'one that others may write to, or that lies where they may' "$(perform Loose)" \
    '^failure\|NULL\|.*written by everybody'
is 'a command goes before the native job of its name' "$(perform Test)" 'success|the command|NULL'

if [ -n "$programs" ]; then
    printf '#!/bin/sh\necho ran\n' >"$programs/safe"
    chmod 0755 "$programs/safe"
    mkdir "$programs/open"
    cp "$programs/safe" "$programs/open/inside"
    cp "$programs/safe" "$programs/group"
    chgrp "$(id -g nobody)" "$programs/group"
    chmod 0775 "$programs/group"
    ln -s "$programs/open/inside" "$programs/link"
    chmod 0777 "$programs/open"
    cat >>"$INSTALLATION/config/kivitendo.conf" <<END
Safe = $programs/safe
Inside = $programs/open/inside
Group = $programs/group
Link = $programs/link
END
    is 'a program of root in directories of root runs' "$(perform Safe)" 'success|ran|NULL'
    like 'not one in a directory that others may write to' "$(perform Inside)" \
        "^failure\|NULL\|.*$programs/open"
    like 'nor one that a group may write to' "$(perform Group)" "^failure\|NULL\|.*$programs/group"
    like 'nor a link to such a one' "$(perform Link)" "^failure\|NULL\|.*$programs/open"
else
    skip 'programs of root' 'not run as root'
fi

# Package names come from the database; only what is listed can be meant.
# shellcheck disable=SC2016  # nothing is to expand
for package in '/bin/sh' '../../bin/sh' 'Show; id' 'Show ' 'show' 'Show::Show' '*' '' '$(id)' 'Show
id'; do
    add_job acme "$package" '0 3 * * *' due
done
run_ts run
is 'names that are no package reach nothing' "$(client_sql acme "SELECT count(*), count(error)
    FROM background_job_histories WHERE error LIKE '%is no valid package name%'
    OR error LIKE '%unknown package%'")" '10|10'
done_testing
