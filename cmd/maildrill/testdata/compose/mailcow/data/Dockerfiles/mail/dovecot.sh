#!/bin/sh
set -eu
getent group vmail >/dev/null || groupadd -g 5000 vmail
id vmail >/dev/null 2>&1 || useradd -u 5000 -g 5000 -d /var/vmail -s /usr/sbin/nologin vmail
chown vmail:vmail /var/vmail /var/vmail_index
until [ -s /etc/ssl/mail/cert.pem ]; do sleep 0.5; done # acme makes the first one
cat >/etc/dovecot/sql.conf <<END
driver = mysql
connect = host=mysql dbname=$DBNAME user=$DBUSER password=$DBPASS
password_query = SELECT username AS user, password FROM mailbox WHERE username = '%u' AND active = 1
user_query = SELECT 5000 AS uid, 5000 AS gid, '/var/vmail/%d/%n' AS home FROM mailbox WHERE username = '%u' AND active = 1
END
cat >/etc/dovecot/dovecot.conf <<END
protocols = imap lmtp
log_path = /dev/stderr
ssl = yes
ssl_cert = </etc/ssl/mail/cert.pem
ssl_key = </etc/ssl/mail/key.pem
disable_plaintext_auth = yes
mail_location = maildir:~/Maildir:INDEX=/var/vmail_index/%u
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 5000
passdb {
  driver = sql
  args = /etc/dovecot/sql.conf
}
userdb {
  driver = sql
  args = /etc/dovecot/sql.conf
}
service lmtp {
  inet_listener lmtp-inet {
    port = 24
  }
}
service auth {
  inet_listener auth-inet {
    port = 10001
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
!include_try /etc/dovecot/extra.conf
END
exec dovecot -F
