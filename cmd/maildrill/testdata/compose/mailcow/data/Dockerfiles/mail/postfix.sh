#!/bin/sh
set -eu
touch /etc/postfix/main.cf # some images have none
[ -s /etc/postfix/master.cf ] || cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
until [ -s /etc/ssl/mail/cert.pem ]; do sleep 0.5; done # acme makes the first one
cat /etc/ssl/mail/key.pem /etc/ssl/mail/cert.pem >/etc/postfix/chain.pem
for what in domain:domain username:username; do
  cat >/etc/postfix/sql-${what%%:*}.cf <<END
hosts = mysql
user = $DBUSER
password = $DBPASS
dbname = $DBNAME
query = SELECT '1' FROM mailbox WHERE ${what#*:} = '%s' AND active = 1 LIMIT 1
END
done
postconf -e "maillog_file = /dev/stdout" "mydestination =" "mynetworks = 127.0.0.0/8" "inet_protocols = ipv4" \
  "virtual_mailbox_domains = proxy:mysql:/etc/postfix/sql-domain.cf" "virtual_mailbox_maps = proxy:mysql:/etc/postfix/sql-username.cf" \
  "virtual_transport = lmtp:inet:dovecot:24" "lmtp_host_lookup = dns" \
  "smtpd_tls_chain_files = /etc/postfix/chain.pem" "smtpd_tls_security_level = may" \
  "smtpd_sasl_type = dovecot" "smtpd_sasl_path = inet:dovecot:10001" \
  "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
grep -v '^#' /opt/postfix/conf/extra.cf | while read -r line; do postconf -e "$line"; done
postconf -M "submission/inet=submission inet n - n - - smtpd"
postconf -P "submission/inet/smtpd_sasl_auth_enable=yes" "submission/inet/smtpd_tls_security_level=encrypt" \
  "submission/inet/smtpd_client_restrictions=permit_sasl_authenticated,reject"
postconf -F "*/*/chroot=n"
exec postfix start-fg
