#!/bin/sh
# slow
# scripts/task_server where more than one user has a hand in it: root, the jobs' user, others.
. "$(dirname "$0")/../lib/tap.sh"
. "$TEST_ROOT/tests/lib/arm.sh"
own_cron "$@"
setup
make_installation "$WORK/kivi"
config=$INSTALLATION/config/kivitendo.conf

# ---- what root has armed --------------------------------------------------------------------------

arm --scheduler cron.d start
ARM_AS=$PG_USER arm_like "what root has armed, the jobs' user finds armed" '^0 already armed: the file ' start
is 'once' "$(in_cron)" 1
ARM_AS=$PG_USER arm_like 'and cannot move it to his crontab' \
    '^4 *task_server: armed by the file /etc/cron.d/.*; only root can move it' --scheduler crontab start
is 'nor arm it twice' "$(in_cron)" 1
ARM_AS=$PG_USER arm_like 'restart is for root' '^4 *task_server: only root' restart
is 'and leaves it armed' "$(in_cron)" 1
ts_setting 'scheduler = cron.d'
ARM_AS=$PG_USER arm_like 'nor does it trouble him where the configuration names it' '^0 already armed: the file ' start
sed -i '/^scheduler/d' "$config"
echo '# changed' >>"$(ls /etc/cron.d/kivitendo-jobs-*)"
ARM_AS=$PG_USER arm_like 'what start would change is for root' '^4 *task_server: only root may write' start
arm stop
is 'nothing is left' "$(in_cron)" 0
done_testing
