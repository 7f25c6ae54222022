#!/bin/sh
# Postfix as Mailu sets it up: the queue in /queue, users asked of admin, mail handed to
# LMTP_ADDRESS.
set -eu
touch /etc/postfix/main.cf # some images have none
[ -s /etc/postfix/master.cf ] || cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
postconf -e "queue_directory = /queue" "myhostname = ${HOSTNAMES%%,*}" "maillog_file = /dev/stdout" "mydestination =" "mynetworks = 127.0.0.0/8" "inet_protocols = ipv4" \
  "virtual_mailbox_domains = $DOMAIN" "virtual_mailbox_maps = tcp:admin:8080" "virtual_transport = lmtp:inet:$LMTP_ADDRESS" \
  "smtp_host_lookup = dns" "smtpd_milters = inet:$ANTISPAM_MILTER_ADDRESS" "milter_default_action = tempfail" \
  "smtpd_sasl_type = dovecot" "smtpd_sasl_path = inet:imap:2102" \
  "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
if [ -s /overrides/postfix.cf ]; then
  grep -v '^#' /overrides/postfix.cf | while read -r line; do postconf -e "$line"; done
fi
postconf -M "10587/inet=10587 inet n - n - - smtpd"
postconf -P "10587/inet/smtpd_sasl_auth_enable=yes" "10587/inet/smtpd_client_restrictions=permit_sasl_authenticated,reject"
postconf -F "*/*/chroot=n"
postfix post-install create-missing >/dev/null 2>&1 || true
exec postfix start-fg
