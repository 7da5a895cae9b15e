#!/bin/sh
# slow
# Somebody is killed at every step between a claim and its settlement: tests/lib/steps.sh.
# TEST_PLAYS, a basic regular expression, chooses some: TEST_PLAYS='perl running'.
# shellcheck disable=SC2034  # AT_EXIT and TEST_PG_DIR are for tap.sh
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/standin.sh"
. "$TEST_ROOT/tests/lib/steps.sh"
[ "${TEST_FLAVOUR:-release}" = release ] || skip_all 'only with the flavour "steps"'
TASK_SERVER=${TASK_SERVER_STEPS:-$TEST_ROOT/build/steps/task-server}
[ -x "$TASK_SERVER" ] || skip_all 'make FLAVOUR=steps has not been run'
perl -MDBD::Pg -e 1 2>/dev/null || skip_all 'DBD::Pg is not installed'
setup

stages=${TEST_STAGES:-4}
repetitions=${TEST_LONG:+20}
repetitions=${TEST_REPETITIONS:-${repetitions:-2}}

# all_plays: kind, step, victim; one a line.
all_plays() {
    for step in token-taken claim-held journal-begun; do
        plays_of 'command perl' $step 'parent lane backend both server'
    done
    for step in child-started child-noted gate-opened running; do
        plays_of command $step 'parent lane job backend both server'
        plays_of perl $step 'parent lane job keeper bridge backend both server'
    done
    for step in ended ending-noted recorded journal-settled claim-let-go; do
        plays_of command $step 'parent lane backend both server'
        plays_of perl $step 'parent lane bridge backend both server'
    done
    for step in claimed worked settled; do
        plays_of native $step 'parent lane backend both server'
    done
}

# plays_of KINDS STEP VICTIMS
plays_of() {
    for play_kind in $1; do
        for play_victim in $3; do
            echo "$play_kind $2 $play_victim"
        done
    done
}

# perform STAGE: the plays on standard input, one after the other.
perform() {
    make_stage "$1" >&2 || return
    while read -r kind step victim; do
        repetition=0
        while [ $repetition -lt "$repetitions" ]; do
            repetition=$((repetition + 1))
            play "$kind" "$step" "$victim" $repetition </dev/null
        done >"$WORK_ALL/wrong/$kind.$step.$victim" 2>&1
        : >"$WORK_ALL/wrong/$kind.$step.$victim.done"
    done
}

# What is to be done at the end of the whole test is not for its subshells.
apart() {
    AT_EXIT= # at_exit goes on from here
    at_exit end_own_processes
    "$@"
}

# A server that is restarted takes the other plays with it, so those have one for themselves.
perform_alone() {
    TEST_PG_DIR=
    own_cluster
    perform 0
}

mkdir "$WORK/wrong"
all_plays | grep -e "${TEST_PLAYS:-.}" >"$WORK/plays"
grep 'server$' "$WORK/plays" | (apart perform_alone) &
performers=$!
stage=0
while [ $stage -lt "$stages" ]; do
    stage=$((stage + 1))
    grep -v 'server$' "$WORK/plays" | awk -v me=$stage -v all="$stages" 'NR % all == me - 1' |
        (apart perform $stage) &
    performers="$performers $!"
done
# shellcheck disable=SC2086  # pids
at_exit "kill $performers 2>/dev/null; wait"
# shellcheck disable=SC2086
wait $performers

while read -r kind step victim; do
    name=$kind.$step.$victim
    [ -e "$WORK/wrong/$name.done" ] || echo 'it was not played to the end' >>"$WORK/wrong/$name"
    is "a $kind job at the step '$step', $victim killed" "$(cat "$WORK/wrong/$name")" ''
done <"$WORK/plays"
done_testing
