# postfix.sh: a real Postfix of our own, on loopback, for tests that send mail.
# shellcheck shell=sh
# POSIX sh, to be sourced after tap.sh:
#
#     postfix_start                     $SMTP_PORT (STARTTLS and logins offered), $SMTPS_PORT (TLS)
#     postfix_mails                     how many have arrived for anybody @example.test
#     postfix_last                      path of the newest
#     postfix_answer '450 come later'   what every recipient gets from now on; OK: is accepted
#
# Its certificate is for localhost, signed by a CA of our own: $CA_FILE; $OTHER_CA_FILE is another CA.
# The user "martin" has the password "geheim;#x".  Everything lies below $WORK and ends with the test.
# Only root can start it; the caller asks postfix_can_run, which says why not.
# shellcheck disable=SC2034

postfix_can_run() {
    if [ "$(id -u)" -ne 0 ]; then
        echo 'only root can start a Postfix'
    elif [ ! -x /usr/sbin/postfix ] || [ ! -x /usr/sbin/saslpasswd2 ]; then
        echo 'Postfix or sasl2-bin is not installed'
    else
        return 0
    fi
    return 1
}

free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# make_ca NAME: $WORK/tls/NAME.pem and its key.
make_ca() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$WORK/tls/$1.key" -out "$WORK/tls/$1.pem" 2>/dev/null
}

make_certificates() {
    mkdir -p "$WORK/tls"
    CA_FILE=$WORK/tls/ca.pem
    OTHER_CA_FILE=$WORK/tls/other.pem
    make_ca ca && make_ca other || return
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost \
        -keyout "$WORK/tls/server.key" -out "$WORK/tls/server.csr" 2>/dev/null
    echo 'subjectAltName=DNS:localhost' >"$WORK/tls/ext"
    openssl x509 -req -in "$WORK/tls/server.csr" -CA "$CA_FILE" -CAkey "$WORK/tls/ca.key" \
        -CAcreateserial -days 2 -extfile "$WORK/tls/ext" -out "$WORK/tls/server.pem" 2>/dev/null
}

write_main_cf() {
    cat >"$postfix_dir/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $postfix_dir/queue
data_directory = $postfix_dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = $postfix_dir
maillog_file = $postfix_dir/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
virtual_mailbox_domains = example.test
virtual_mailbox_base = $postfix_dir/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:$(id -u postfix)
virtual_gid_maps = static:$(id -g postfix)
virtual_minimum_uid = 1
smtpd_recipient_restrictions = check_recipient_access texthash:$postfix_dir/answers, permit
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_cert_file = $WORK/tls/server.pem
smtpd_tls_key_file = $WORK/tls/server.key
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = localhost
alias_maps =
EOF
}

write_master_cf() {
    cat >"$postfix_dir/etc/master.cf" <<EOF
$SMTP_PORT inet n - n - - smtpd
$SMTPS_PORT inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
postlog unix-dgram n - n - 1 postlogd
EOF
}

write_logins() {
    mkdir "$postfix_dir/etc/sasl"
    cat >"$postfix_dir/etc/sasl/smtpd.conf" <<EOF
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: $postfix_dir/sasldb2
EOF
    printf 'geheim;#x' | /usr/sbin/saslpasswd2 -c -p -f "$postfix_dir/sasldb2" -u localhost martin
    chown postfix "$postfix_dir/sasldb2"
    chmod -R a+rX "$postfix_dir/etc/sasl"
}

postfix_start() {
    postfix_dir=$WORK/postfix
    SMTP_PORT=$(free_port)
    SMTPS_PORT=$(free_port)
    mkdir -p "$postfix_dir/etc" "$postfix_dir/queue" "$postfix_dir/data" "$postfix_dir/mail"
    chown postfix "$postfix_dir/data" "$postfix_dir/mail"
    chmod 0755 "$WORK" "$postfix_dir" "$postfix_dir/etc"
    make_certificates || return
    write_main_cf
    write_master_cf
    write_logins
    echo "inbox@example.test OK" >"$postfix_dir/answers"
    at_exit "/usr/sbin/postfix -c '$postfix_dir/etc' stop >/dev/null 2>&1"
    /usr/sbin/postfix -c "$postfix_dir/etc" start >"$WORK/postfix.out" 2>&1 || {
        diag "$(cat "$WORK/postfix.out" "$postfix_dir/log" 2>/dev/null)"
        return 1
    }
    wait_until 20 postfix_listens
}

postfix_listens() {
    perl -MIO::Socket::INET -e \
        'exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift)' "$SMTPS_PORT"
}

postfix_answer() {
    echo "inbox@example.test $1" >"$postfix_dir/answers"
    /usr/sbin/postfix -c "$postfix_dir/etc" reload >/dev/null 2>&1
    wait_until 20 postfix_listens
}

postfix_mails() {
    find "$postfix_dir/mail/inbox/new" -type f 2>/dev/null | wc -l
}

postfix_has() {
    [ "$(postfix_mails)" -ge "$1" ]
}

postfix_last() {
    find "$postfix_dir/mail/inbox/new" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2
}
