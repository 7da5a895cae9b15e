# packages.sh: installs the Debian packages that are missing.  POSIX sh, to be sourced.
# shellcheck shell=sh
#
#     . scripts/lib/packages.sh
#     need_packages build run          the groups: build, run, test, lint, boot, coverage
#
# What counts is the thing, not the package: a PostgreSQL from elsewhere will do.  When all is there,
# nothing happens and nothing is said.  Otherwise apt-get installs, as root or with sudo, after saying
# what; where neither is possible the command to type is printed and the return code is 1.
# A PostgreSQL server that is installed here comes without a cluster: nothing new runs afterwards.

# One line each: groups, package, the command that succeeds when it is not needed.
packages_table='
build          build-essential             have_all cc make ar
build          pkg-config                  have_all pkg-config
build          libpq-dev                   pkg-config --exists libpq
build          libinih-dev                 pkg-config --exists inih
build          libyaml-dev                 pkg-config --exists yaml-0.1
build          libcurl4-openssl-dev        have_curl_header
build          libssl-dev                  pkg-config --exists libcrypto
build          gettext                     have_all msgfmt xgettext msgmerge
run            postgresql                  have_server
run,test       tzdata                      test -e /usr/share/zoneinfo/Europe/Berlin
run,test       util-linux                  have_all setpriv
run,test       gettext-base                have_all gettext
test           libcmocka-dev               pkg-config --exists cmocka
test           perl                        perl -MTime::Local -e1
test           libdbd-pg-perl              perl -MDBD::Pg -e1
boot           cron                        have_all crontab
test           faketime                    have_all faketime
test           pgbouncer                   have_pgbouncer
test           postfix                     have_mail_server
test           sasl2-bin                   test -x /usr/sbin/saslpasswd2
test           libsasl2-modules            have_sasl_modules
test           msmtp                       have_all msmtp
test           openssl                     have_all openssl
test           busybox                     have_all busybox
test           chromium                    have_browser
test           python3                     have_all python3
test           prometheus                  have_all promtool
test           libdatetime-event-cron-perl perl -MDateTime::Event::Cron -e1
test           libtemplate-perl            perl -MTemplate -e1
lint           cppcheck                    have_all cppcheck
lint           shellcheck                  have_all shellcheck
lint           clang-format                have_all clang-format
lint           man-db                      have_all man
boot           debootstrap                 have_all debootstrap
boot           systemd-container           have_all systemd-nspawn
coverage       gcovr                       have_all gcovr
'

have_all() {
    for have_command in "$@"; do
        command -v "$have_command" >/dev/null 2>&1 || return 1
    done
}

have_server() {
    for have_bin in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        if [ -x "$have_bin/initdb" ] && [ -x "$have_bin/psql" ]; then
            return 0
        fi
    done
    return 1
}

have_browser() {
    have_all chromium || have_all chromium-browser
}

have_curl_header() {
    echo '#include <curl/curl.h>' | cc -E -o /dev/null - 2>/dev/null
}

have_mail_server() {
    test -x /usr/sbin/postfix
}

have_sasl_modules() {
    set -- /usr/lib/*/sasl2/libplain.so
    test -e "$1"
}

# Debian puts it where only root's PATH leads.
have_pgbouncer() {
    PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null 2>&1
}

# need_packages GROUP…
need_packages() {
    need_missing=$(missing_packages "$@")
    [ -n "$need_missing" ] || return 0
    if ! have_all apt-get; then
        echo "missing, and there is no apt-get to install it:$need_missing" >&2
        return 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        need_root=
    elif have_all sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        need_root=sudo
    else
        echo "missing packages; please run: apt-get install$need_missing" >&2
        return 1
    fi
    echo "installing with apt-get:$need_missing"
    # shellcheck disable=SC2086  # words
    install_packages $need_missing || return
    need_missing=$(missing_packages "$@")
    if [ -n "$need_missing" ]; then
        echo "still missing after apt-get:$need_missing" >&2
        return 1
    fi
}

# The packages of these groups that are needed, each with a blank in front.
missing_packages() {
    echo "$packages_table" | while read -r missing_groups missing_package missing_probe; do
        for missing_group in "$@"; do
            case ,$missing_groups, in
            *,"$missing_group",*)
                # shellcheck disable=SC2086  # words
                $missing_probe </dev/null >/dev/null 2>&1 || printf ' %s' "$missing_package"
                break
                ;;
            esac
        done
    done
}

install_packages() {
    apt_get update || return
    case " $* " in
    *' postgresql '*) install_without_cluster "$@" ;;
    *) apt_get install "$@" ;;
    esac
}

# Says nothing unless it fails.
apt_get() {
    apt_output=$($need_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        --no-install-recommends -o Dpkg::Use-Pty=0 "$@" 2>&1) || {
        printf '%s\n' "$apt_output" >&2
        return 1
    }
}

# Debian's postgresql makes a cluster and starts it when it is installed, unless this file says no.
install_without_cluster() {
    cluster_conf=/etc/postgresql-common/createcluster.conf
    apt_get install postgresql-common || return
    $need_root cp "$cluster_conf" "$cluster_conf.before" || return
    echo 'create_main_cluster = false' | $need_root tee -a "$cluster_conf" >/dev/null
    apt_get install "$@"
    install_code=$?
    $need_root mv "$cluster_conf.before" "$cluster_conf"
    return $install_code
}
