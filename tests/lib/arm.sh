# arm.sh: for tests of scripts/task_server: cron's files, but not this machine's.
# shellcheck shell=sh
# To be sourced before everything else, behind tap.sh:
#
#     . "$TEST_ROOT/tests/lib/arm.sh"
#     own_cron "$@"            starts the script again where /etc/cron.d, cron's spool and /run are empty,
#                              and no other process is seen
#     setup
#     make_installation "$WORK/kivi"
#     arm start                the wrapper, for the current installation; ARM_CODE, ARM_OUT, ARM_ERR
#     ARM_AS=$PG_USER arm stop              as somebody else than root
#     in_cron                  how often this installation stands in anything that cron reads

# Needs root and namespaces; without them the script is skipped.
own_cron() {
    [ -z "${OWN_CRON:-}" ] || return 0
    [ "$(id -u)" -eq 0 ] || skip_all 'not root'
    command -v crontab >/dev/null 2>&1 || skip_all 'there is no crontab(1)'
    unshare --mount --pid --fork true 2>/dev/null || skip_all 'no namespaces here'
    OWN_CRON=1 exec unshare --mount --pid --fork --kill-child --mount-proc sh -c 'mount -t tmpfs -o mode=0755 none /run &&
        mount -t tmpfs -o mode=0755 none /etc/cron.d && mount -t tmpfs none /var/spool/cron &&
        mkdir -m 1730 /var/spool/cron/crontabs && chgrp crontab /var/spool/cron/crontabs &&
        exec sh "$@"' sh "$0" "$@"
}

# The wrapper as it is used: a copy that any user can reach.
arm_wrapper() {
    if [ ! -e "$WORK/scripts/task_server" ]; then
        mkdir -p "$WORK/scripts" "$WORK/bin"
        cp "$TASK_SERVER" "$WORK/bin/task-server"
        cp -R "$TEST_ROOT/scripts/task_server" "$TEST_ROOT/scripts/arm" "$TEST_ROOT/scripts/perl" "$WORK/scripts"
        chmod -R a+rX "$WORK/scripts" "$WORK/bin"
        chmod a+x "$WORK"
    fi
}

# arm ARGUMENTS…
arm() {
    arm_wrapper
    (cd "$WORK" && as_user_exec "${ARM_AS:-root}" \
        env -u TASK_SERVER PATH="${ARM_PATH:-$PATH}" "$WORK/scripts/task_server" -C "$INSTALLATION" "$@") \
        >"$WORK/arm.out" 2>"$WORK/arm.err"
    ARM_CODE=$?
    ARM_OUT=$(cat "$WORK/arm.out")
    ARM_ERR=$(cat "$WORK/arm.err")
    return $ARM_CODE
}

# arm_like SENTENCE PATTERN ARGUMENTS…: its exit code and all it says, in one line, match.
arm_like() {
    arm_like_sentence=$1
    arm_like_pattern=$2
    shift 2
    arm "$@"
    like "$arm_like_sentence" "$(echo "$ARM_CODE $ARM_OUT $ARM_ERR" | tr '\n' ' ')" "$arm_like_pattern"
}

in_cron() {
    cat /etc/cron.d/* /var/spool/cron/crontabs/* 2>/dev/null | grep -v '^#' |
        grep -c -F "/task-server' -C '$INSTALLATION'"
}
