# boot.sh: for tests that boot a throw-away Debian with systemd-nspawn.
# shellcheck shell=sh
# To be sourced behind tap.sh:
#
#     need_boot
#     setup
#     boot_root systemd "$BOOT_SYSTEMD"          a root with these packages besides ours, in $BOOT
#     boot_installation                          kivitendo and our program in it; one client, acme
#     boot; inside task_server start; power_off
#
# The PostgreSQL of the test is reached through its socket's directory, which is bound at /srv/pg.
# The network is private: nothing is reached, nothing can be reached.

# What a server with systemd has: one root for all tests that want one.
# shellcheck disable=SC2034
BOOT_SYSTEMD=systemd,systemd-sysv,dbus,libpam-systemd,polkitd,postfix

need_boot() {
    [ "$(id -u)" -eq 0 ] || skip_all 'not root'
    for need_tool in systemd-nspawn nsenter debootstrap; do
        command -v $need_tool >/dev/null 2>&1 || skip_all "there is no $need_tool"
    done
}

# boot_root NAME PACKAGES: debootstrap's work is kept for as long as the packages are the same; the test
# gets a copy.
boot_root() {
    boot_cache=${TS_BOOT_CACHE:-$TEST_ROOT/build/boot}
    boot_packages=libpq5,libinih1,libyaml-0-2,libssl3,$2
    BOOT=$WORK/root
    if [ "$(cat "$boot_cache/$1/.complete" 2>/dev/null)" != "$boot_packages" ]; then
        mkdir -p "$boot_cache"
        rm -rf "${boot_cache:?}/$1"
        # shellcheck disable=SC2046  # a mirror, or none
        debootstrap --variant=minbase --include="$boot_packages" \
            "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$boot_cache/$1" $(boot_mirror) \
            >"$WORK/debootstrap.log" 2>&1 ||
            skip_all "debootstrap failed: $(tail -n 1 "$WORK/debootstrap.log")"
        echo "$boot_packages" >"$boot_cache/$1/.complete"
    fi
    cp -a "$boot_cache/$1" "$BOOT"
}

# The mirror that this machine takes its Debian from.
boot_mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        grep -E -o 'https?://[^ ]*/debian/? *$|https?://[^ ]*/debian/? ' | head -n 1 | tr -d ' '
}

# Everything where a usual installation has it, and as the user of a usual web server.
boot_installation() {
    own_cluster
    chmod a+x "$WORK" "$PG_DIR"
    make_installation "$WORK/kivi"
    add_client acme --host /srv/pg
    sed -i "s,^host .*,host = /srv/pg," "$INSTALLATION/config/kivitendo.conf"
    make -s -C "$TEST_ROOT" install DESTDIR="$BOOT" >"$WORK/install.log" 2>&1 || cat "$WORK/install.log" >&2
    mkdir -p "$BOOT/var/www" "$BOOT/srv/pg"
    cp -R "$INSTALLATION" "$BOOT/var/www/kivitendo-erp"
    chown -R 33:33 "$BOOT/var/www/kivitendo-erp"
}

# boot: until its init says that it is up.
boot() {
    systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --directory="$BOOT" \
        --bind="$PG_DIR:/srv/pg" --console=pipe </dev/null >"$WORK/console" 2>&1 &
    BOOT_PID=$!
    own_pids="$own_pids $BOOT_PID"
    wait_until 20 boot_find_leader && wait_until 60 boot_is_up
}

boot_find_leader() {
    BOOT_LEADER=$(process_children "$BOOT_PID" | head -n 1)
    [ -n "$BOOT_LEADER" ]
}

# Fully up, or as far as a machine without hardware gets.
boot_is_up() {
    boot_find_leader
    if [ -e "$BOOT/lib/systemd/systemd" ] && [ "$(cat "/proc/$BOOT_LEADER/comm")" = systemd ]; then
        inside systemctl is-system-running 2>/dev/null | grep -q -x -E 'running|degraded'
    else
        inside runlevel 2>/dev/null | grep -q ' 2$'
    fi
}

# inside COMMAND…: in the booted system, as root.
inside() {
    nsenter --target "$BOOT_LEADER" --all env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root TERM=dumb "$@"
}

# inside_says COMMAND…: exit code and all that it says, in one line.
inside_says() {
    inside "$@" >"$WORK/inside" 2>&1
    echo "$? $(tr '\n' ' ' <"$WORK/inside")"
}

power_off() {
    inside poweroff >/dev/null 2>&1
    wait_until 60 boot_is_gone
}

boot_is_gone() {
    ! process_runs "$BOOT_PID"
}
