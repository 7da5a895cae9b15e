# cron.sh: part of task_server: the backends cron.d (a file of our own) and crontab (a marked block).
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # variables of task_server
#
# Each backend has: NAME_is_there (else says why, and returns the exit code), NAME_is_armed (0 yes,
# 1 no, 2 cannot be told, 3 no, but something is left), NAME_is_current, NAME_lacks (what follows from
# that it is not, for people), NAME_arm, NAME_disarm, NAME_fires (else fires_not says
# why), NAME_next.
#
# Every line of ours carries our mark at its end, so we know each by itself: lines that others put
# between them, or a block of which half is gone, do no harm.  In the command's line the mark is a
# comment to the shell that cron starts.
cron_d=/etc/cron.d
cron_spool=/var/spool/cron
tab_user=

cron_mark() {
    printf '# kivitendo-jobs for %s\n' "$id"
}

# Quotes for the shell, then for cron, to whom a percent sign is the end of the line.
cron_quote() {
    printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" | sed 's/%/\\%/g'
}

cron_command() {
    if [ -n "$config" ]; then
        printf 'cd %s && ' "$(cron_quote "$installation")"
    fi
    printf '%s -C %s' "$(cron_quote "$program")" "$(cron_quote "$installation")"
    [ -z "$config" ] || printf ' -c %s' "$(cron_quote "$config")"
    printf ' run'
}

# cron_lines [USER]: what we write; the mark holds no percent sign that cron would see.
cron_lines() {
    cron_end=$(cron_mark | sed 's/%/\\%/g')
    printf '%s\n' "# BEGIN, written by task_server start, removed by task_server stop: $cron_end" \
        "* * * * * ${1:+$1 }$(cron_command) $cron_end" "# END: $cron_end"
}

# cron_sort WHICH: of the crontab in standard input, our lines, byte for byte, or with "others" all else.
# Ours is what ends in our mark; the name of another installation may begin with that of this one.
cron_sort() {
    CRON_END=$(cron_mark | sed 's/%/\\%/g') WHICH=$1 awk '
        BEGIN { mark = " " ENVIRON["CRON_END"] }
        {
            line = $0
            sub(/\r$/, "", line)
            at = length(line) - length(mark)
            if ((at > 0 && substr(line, at + 1) == mark) == (ENVIRON["WHICH"] == "ours")) print
        }'
}

# Does the entry itself stand in standard input?  One that somebody has commented out does not.
cron_has_entry() {
    cron_sort ours | grep -q -v '^[[:blank:]]*#'
}

cron_too_long() {
    if [ "$(cron_lines | awk '{ if (length($0) > n) n = length($0) } END { print n }')" -gt 900 ]; then
        complain 'these paths are too long for a line of cron'
        return 1
    fi
}

# Not one of a container's, where root can see the difference.
cron_is_ours() {
    cron_namespace=$(readlink "$1/ns/pid" 2>/dev/null)
    [ -z "$cron_namespace" ] || [ "$cron_namespace" = "$(readlink /proc/self/ns/pid)" ]
}

# Debian's cron, cronie, dcron and busybox's are called one of these.
cron_runs() {
    for cron_comm in /proc/[0-9]*/comm; do
        read -r cron_name 2>/dev/null <"$cron_comm" || continue
        case $cron_name in
        cron | crond | fcron | cronie | systemd-cron)
            cron_is_ours "${cron_comm%/comm}" && return
            ;;
        esac
    done
    fires_not=$(tell 'no cron daemon is running')
    return 1
}

cron_next() {
    date -d "@$((($(date +%s) / 60 + 1) * 60))" '+%F %T'
}

# ---- cron.d ---------------------------------------------------------------------------------------

# cron skips names with other characters; the sum keeps apart what becomes the same without them.
cron_d_name() {
    cron_d_file=$cron_d/kivitendo-jobs-$(printf %s "$installation" | tr -c 'A-Za-z0-9\n' - | cut -c1-60 |
        sed 's/^-*//; s/-*$//')-$(printf %s "$id" | cksum | cut -d' ' -f1)
}

cron_d_is_there() {
    cron_d_name
    if [ ! -d "$cron_d" ]; then
        complain 'there is no %s: is cron installed?' "$cron_d"
        return 5
    elif [ "$(id -u)" -ne 0 ]; then
        complain 'only root may write to %s' "$cron_d"
        return 4
    fi
}

cron_d_is_armed() {
    cron_d_name
    [ ! -d "$cron_d" ] || [ -x "$cron_d" ] || return 2
    [ -e "$cron_d_file" ] || return 1
    [ -r "$cron_d_file" ] || return 2
    cron_has_entry <"$cron_d_file" || return 3
}

cron_d_text() {
    cat <<EOF
# Written by task_server start, removed by task_server stop.  cron mails every line that is printed;
# without -v a run prints only what is wrong, and what has become right again.
MAILTO=root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
EOF
    cron_lines "$user"
}

cron_d_is_current() {
    cron_d_text | cmp -s - "$cron_d_file"
}

# A name with a dot is nothing to cron, until it is renamed.
cron_d_arm() {
    cron_too_long || return
    cron_d_new=$cron_d/.${cron_d_file##*/}.new
    if (umask 022 && cron_d_text >"$cron_d_new") 2>"$work/err" && mv -f "$cron_d_new" "$cron_d_file" 2>>"$work/err"; then
        return
    fi
    rm -f "$cron_d_new" 2>/dev/null
    complain 'cannot write %s: %s' "$cron_d_file" "$(sed 's/.*: //' "$work/err")"
    return 4
}

cron_d_disarm() {
    rm -f "$cron_d_file" 2>"$work/err" || {
        complain 'cannot remove %s: %s' "$cron_d_file" "$(sed 's/.*: //' "$work/err")"
        return 4
    }
}

cron_d_lacks() {
    :
}

cron_d_fires() {
    cron_runs
}

cron_d_next() {
    cron_next
}

# ---- crontab --------------------------------------------------------------------------------------

# Whose crontab has lines of ours: mostly that of the user who runs jobs; but it may have been another when it
# was armed, and is unknown without a configuration.  Root sees that in cron's own directory, others in their
# own crontab.
crontab_users() {
    if [ "$(id -u)" -eq 0 ]; then
        tab_users=$(crontab_spool_users)
    elif [ -n "$(crontab -l 2>/dev/null | cron_sort ours)" ]; then
        tab_users=$(id -un)
    else
        tab_users=
    fi
    printf '%s\n' "${tab_users:-$user}"
}

crontab_spool_users() {
    for tab_file in "$cron_spool"/crontabs/* "$cron_spool"/tabs/* "$cron_spool"/*; do
        if [ -f "$tab_file" ] && id "${tab_file##*/}" >/dev/null 2>&1 && [ -n "$(cron_sort ours <"$tab_file")" ]; then
            printf '%s\n' "${tab_file##*/}"
        fi
    done
}

# Of tab_user, which crontab_is_armed finds.
crontab_of() {
    if [ "$(id -u)" -eq 0 ]; then
        crontab -u "${tab_user:-$user}" "$@"
    else
        crontab "$@"
    fi
}

crontab_is_there() {
    if ! command -v crontab >/dev/null 2>&1; then
        complain 'there is no %s: is cron installed?' 'crontab(1)'
        return 5
    fi
    crontab_read || {
        complain 'cannot read the crontab of %s: %s' "${tab_user:-$user}" "$(crontab_why)"
        return 4
    }
}

# Why it cannot be read.  Where there is no room, there is none for the reason either.
crontab_why() {
    if [ -s "$work/crontab.err" ]; then
        cat "$work/crontab.err"
    else
        tell 'no room in %s' "$work"
    fi
}

# Into $work/crontab; having none is an empty one.
crontab_read() {
    crontab_list >"$work/crontab" 2>"$work/crontab.err" && return
    : >"$work/crontab"
    grep -q -i 'no crontab for' "$work/crontab.err"
}

crontab_is_armed() {
    command -v crontab >/dev/null 2>&1 || return 1
    for tab_user in $(crontab_users); do
        [ "$tab_user" != "$user" ] || break
    done
    id "$tab_user" >/dev/null 2>&1 || return 1 # nor has he a crontab
    [ "$tab_user" = "$(id -un)" ] || may_run_as_user || return 2
    crontab_read || return 2
    cron_has_entry <"$work/crontab" && return
    [ -n "$(cron_sort ours <"$work/crontab")" ] || return 1
    return 3
}

crontab_is_current() {
    cron_lines >"$work/lines"
    [ "$(crontab_users)" = "$user" ] && crontab_read && cron_sort ours <"$work/crontab" | cmp -s - "$work/lines"
}

# Others may be at the same crontab: other installations, at least, wait for each other.
crontab_lock() {
    crontab_home=$(getent passwd "$tab_user" | cut -d: -f6)
    if [ -d "$crontab_home" ] && [ -r "$crontab_home" ] && command -v flock >/dev/null 2>&1; then
        exec 9<"$crontab_home"
        flock -w 10 9
    fi
}

# Debian's crontab -l shows a carriage return as a backslash and an r; what really stands there is seen only
# by the editor of crontab -e.  An editor that changes nothing changes nothing.  Both end with 0 where there
# was no room for what they printed, so what was kept is compared with what is printed once more.
crontab_list() {
    crontab_of -l >"$work/crontab.list" || return
    crontab_of -l | cmp -s - "$work/crontab.list" || return
    if grep -q '\\r' "$work/crontab.list"; then
        (VISUAL=cat EDITOR=cat && export VISUAL EDITOR && crontab_of -e </dev/null >"$work/crontab.list") || return
        sed 's/\r/\\r/g' "$work/crontab.list" >"$work/crontab.shown" && crontab_of -l | cmp -s - "$work/crontab.shown" || return
    fi
    cat "$work/crontab.list"
}

# Nothing of others may be lost between the two files, whatever there was no room for.
crontab_keeps_others() {
    [ "$(cron_sort others <"$work/crontab.new" | cksum)" = "$(cron_sort others <"$work/crontab" | cksum)" ]
}

# crontab_write COMMAND…: puts what it prints in place.  crontab(1) does so by renaming a file; what is there
# is then compared.
crontab_write() {
    if ! "$@" >"$work/crontab.new" 2>/dev/null || ! crontab_keeps_others; then
        complain 'the crontab of %s is not changed: %s' "$tab_user" "$(tell 'no room in %s' "$work")"
        return 4
    fi
    if ! crontab_of "$work/crontab.new" >"$work/crontab.err" 2>&1; then
        complain 'the crontab of %s is not changed: %s' "$tab_user" "$(head -n 3 "$work/crontab.err")"
        return 4
    fi
    crontab_list 2>/dev/null | cmp -s - "$work/crontab.new" || [ ! -s "$work/crontab.new" ] || {
        complain 'the crontab of %s is not what was written: somebody else is at it' "$tab_user"
        return 1
    }
}

crontab_arm() {
    cron_too_long || return
    tab_user=$user
    (crontab_add) && (crontab_disarm_all but "$user")
}

# In a shell of its own, as all that locks: a first run would keep the lock for as long as it lasts.
crontab_add() {
    crontab_lock
    crontab_is_there || return
    crontab_write crontab_with_ours
}

crontab_with_ours() {
    cron_sort others <"$work/crontab" && cron_lines
}

crontab_without_ours() {
    cron_sort others <"$work/crontab"
}

crontab_disarm() {
    (crontab_disarm_all)
}

# crontab_disarm_all [but USER]
crontab_disarm_all() {
    for tab_user in $(crontab_users); do
        [ "$tab_user" != "${2:-}" ] || continue
        crontab_lock
        crontab_is_there || return
        crontab_write crontab_without_ours || return
    done
}

crontab_lacks() {
    :
}

# Everybody can write our mark into a crontab, and what stands there is not ours to judge.
crontab_fires() {
    if [ "$tab_user" != "$user" ]; then
        fires_not=$(tell 'jobs run as %s, and this crontab is another user'"'"'s' "$user")
        return 1
    fi
    cron_runs
}

crontab_next() {
    cron_next
}

# Entries that somebody made by hand, after cron/: harmless beside ours, but stop doesn't see them.
foreign_entries() {
    cron_d_name
    for foreign in "$cron_d"/*; do
        if [ -r "$foreign" ] && [ "$foreign" != "$cron_d_file" ] && cron_has_foreign <"$foreign"; then
            trouble '%s starts runs too, and start and stop leave it alone: remove it' "$foreign"
        fi
    done
    if [ -r "$work/crontab" ] && cron_has_foreign <"$work/crontab"; then
        trouble 'the crontab of %s has a line of yours that starts runs too, and start and stop leave it alone: remove it' "$tab_user"
    fi
}

# One of another configuration is none of this one's.
cron_has_foreign() {
    foreign_plain="task-server -C $installation"
    foreign_quoted="task-server -C '$installation'"
    if [ -n "$config" ]; then
        foreign_plain="$foreign_plain -c $config"
        foreign_quoted="$foreign_quoted -c '$config'"
    fi
    grep -v -e '^[[:space:]]*#' -e '# kivitendo-jobs for ' | grep -q -F -e "$foreign_plain run" -e "$foreign_quoted run"
}
