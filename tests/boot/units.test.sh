#!/bin/sh
# The units for systemd: complete, and hardened as far as kivitendo's jobs allow.
. "$(dirname "$0")/../lib/tap.sh"
setup
command -v systemd-analyze >/dev/null 2>&1 || skip_all 'there is no systemd-analyze'
units=$WORK/units
mkdir "$units"
cp "$TEST_ROOT"/scripts/boot/systemd/*.service "$TEST_ROOT"/scripts/boot/systemd/*.timer \
    "$TEST_ROOT"/scripts/boot/systemd/*.path "$units"
# What is not installed here cannot be verified: the program and the manual.
sed -i 's,^ExecStart=[^ ]*,ExecStart=/bin/true,; /^Documentation=/d' "$units"/*.service

for unit in "$units"/*; do
    is "systemd-analyze verify is silent: ${unit##*/}" \
        "$(cd "$units" && SYSTEMD_UNIT_PATH=$units: systemd-analyze verify --man=no "${unit##*/}" 2>&1)" ''
done

# exposure UNIT: of ten, in tenths.
exposure() {
    systemd-analyze security --offline=true --no-pager "$units/$1" 2>/dev/null |
        sed -n 's/.*exposure level .*: \([0-9]*\)\.\([0-9]\).*/\1\2/p'
}

for service in kivitendo-jobs.service kivitendo-jobs@.service; do
    level=$(exposure $service)
    ok "systemd-analyze security gives at most 2.0: $service" test "${level:-99}" -le 20
done
systemd-analyze security --offline=true --no-pager "$units/kivitendo-jobs.service" 2>/dev/null |
    sed -n 's/^✗ \([A-Z][A-Za-z]*\)=.*/\1/p; s,^✗ RootDirectory=/RootImage.*,RootImage,p' | sort -u >"$WORK/red"
unexplained=
while read -r setting; do
    grep -q "^# .*$setting.*: " "$TEST_ROOT/scripts/boot/systemd/kivitendo-jobs.service" || unexplained="$unexplained $setting"
done <"$WORK/red"
is 'every line that stays red is explained' "$unexplained" ''

mkdir "$WORK/instances"
ok 'the instances can be made' "$TEST_ROOT/scripts/boot/systemd/make-instances" "$WORK/instances"
for instance in "$WORK/instances"/*; do
    ok "and are what was made: ${instance##*/}" cmp "$instance" "$TEST_ROOT/scripts/boot/systemd/${instance##*/}"
done
next=$(TZ=UTC systemd-analyze calendar --base-time='2026-10-25 00:59:30 UTC' --iterations=3 \
    "$(sed -n 's/^OnCalendar=//p' "$units/kivitendo-jobs.timer")" 2>/dev/null | grep -c ' 0[01]:0[012]:00 UTC\| 0[01]:0[012]:00')
ok 'the timer does not stop in the hour that comes twice' test "${next:-0}" -ge 3
done_testing
