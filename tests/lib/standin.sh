# standin.sh: an installation with Perl job classes, for tests of jobs outside the database.
# shellcheck shell=sh
# To be sourced behind tap.sh:
#
#     make_standin "$WORK/kivi"       make_installation, with the stand-in for kivitendo's own code
#     jobs_running                    pids of jobs, bridges and keepers in that installation

make_standin() {
    perl -MDBD::Pg -e 1 2>/dev/null || skip_all 'DBD::Pg is not installed'
    make_installation "$1"
    cp -R "$TEST_ROOT/tests/perl/standin/." "$INSTALLATION"
    own_installation
}

# jobs_running: pids of jobs, their bridges and keepers: what works in the current installation.
jobs_running() {
    for jobs_running_cwd in /proc/[0-9]*/cwd; do
        if [ "$(readlink "$jobs_running_cwd")" = "$INSTALLATION" ]; then
            jobs_running_pid=${jobs_running_cwd%/cwd}
            echo "${jobs_running_pid#/proc/}"
        fi
    done
}
