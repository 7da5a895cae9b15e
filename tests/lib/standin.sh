# standin.sh: an installation with Perl job classes, for tests of jobs outside the database.
# shellcheck shell=sh
# To be sourced behind tap.sh:
#
#     make_standin "$WORK/kivi"       make_installation, with the stand-in for kivitendo's own code

make_standin() {
    perl -MDBD::Pg -e 1 2>/dev/null || skip_all 'DBD::Pg is not installed'
    make_installation "$1"
    cp -R "$TEST_ROOT/tests/perl/standin/." "$INSTALLATION"
    own_installation
}
