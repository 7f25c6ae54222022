#!/bin/sh
# One container with Postfix and Dovecot, which keeps what docker-mailserver keeps where
# that keeps it: accounts in /tmp/docker-mailserver, mail in /var/mail, and the queue in
# /var/mail-state, if that is there.
set -eu
config=/tmp/docker-mailserver

accounts() {
  touch $config/postfix-accounts.cf
  sed 's/|\(.*\)/:\1:5000:5000::\/var\/mail\/%d\/%n::/' $config/postfix-accounts.cf >/etc/dovecot/userdb.new
  mv /etc/dovecot/userdb.new /etc/dovecot/userdb
  sed 's/|.*/ ok/' $config/postfix-accounts.cf >/etc/postfix/vmailbox
  sed 's/^[^@]*@\([^|]*\)|.*/\1 ok/' $config/postfix-accounts.cf | sort -u >/etc/postfix/vhost
  postmap /etc/postfix/vmailbox /etc/postfix/vhost
}

if [ "${1:-}" = accounts ]; then
  accounts
  exit
fi

touch /etc/postfix/main.cf # some images have none
[ -s /etc/postfix/master.cf ] || cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
mkdir -p $config /var/mail
chown 5000:5000 /var/mail
getent group vmail >/dev/null || groupadd -g 5000 vmail
id vmail >/dev/null 2>&1 || useradd -u 5000 -g 5000 -d /var/mail -s /usr/sbin/nologin vmail
if [ "${ONE_DIR:-1}" = 1 ] && [ -d /var/mail-state ] && [ ! -L /var/spool/postfix ]; then
  [ -d /var/mail-state/spool-postfix ] || cp -a /var/spool/postfix /var/mail-state/spool-postfix
  rm -rf /var/spool/postfix
  ln -s /var/mail-state/spool-postfix /var/spool/postfix
fi
if [ ! -s /etc/ssl/mail.pem ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$(hostname -f)" -keyout /etc/ssl/mail.pem -out /etc/ssl/mail.crt 2>/dev/null
  cat /etc/ssl/mail.crt >>/etc/ssl/mail.pem
  chmod 0600 /etc/ssl/mail.pem
fi

cat >/etc/dovecot/dovecot.conf <<END
protocols = imap lmtp
log_path = /dev/stderr
ssl = required
ssl_cert = </etc/ssl/mail.crt
ssl_key = </etc/ssl/mail.pem
disable_plaintext_auth = yes
mail_location = maildir:/var/mail/%d/%n
mail_uid = 5000
mail_gid = 5000
first_valid_uid = 5000
passdb {
  driver = passwd-file
  args = scheme=SHA512-CRYPT username_format=%u /etc/dovecot/userdb
}
userdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/userdb
  override_fields = home=/var/mail/%d/%n
}
service auth {
  unix_listener auth-smtp {
    mode = 0666
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
END
[ ! -s $config/dovecot.cf ] || cat $config/dovecot.cf >>/etc/dovecot/dovecot.conf

accounts
postconf -e "myhostname = $(hostname -f)" "maillog_file = /dev/stdout" "mydestination =" "mynetworks = 127.0.0.0/8" "inet_protocols = ipv4" \
  "virtual_mailbox_domains = hash:/etc/postfix/vhost" "virtual_mailbox_maps = hash:/etc/postfix/vmailbox" "virtual_transport = lmtp:unix:/run/dovecot/lmtp" \
  "smtpd_tls_chain_files = /etc/ssl/mail.pem" "smtpd_tls_security_level = may" "smtpd_sasl_type = dovecot" "smtpd_sasl_path = /run/dovecot/auth-smtp" \
  "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
if [ -s $config/postfix-main.cf ]; then
  grep -v '^#' $config/postfix-main.cf | while read -r line; do postconf -e "$line"; done
fi
postconf -M "submission/inet=submission inet n - n - - smtpd"
postconf -P "submission/inet/smtpd_sasl_auth_enable=yes" "submission/inet/smtpd_tls_security_level=encrypt" \
  "submission/inet/smtpd_client_restrictions=permit_sasl_authenticated,reject"
postconf -F "*/*/chroot=n"

dovecot -F &
exec postfix start-fg
