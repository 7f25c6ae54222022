#!/bin/sh
# Who the users are: Postfix asks at port 8080 (tcp_table(5)), Dovecot by logging in at
# port 8143. Mailu's own answers by HTTP.
set -eu
touch /data/users
chmod 0644 /data/users
cat >/etc/dovecot/admin.conf <<END
protocols = imap
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
mail_location = maildir:/tmp/%u
first_valid_uid = 0
passdb {
  driver = passwd-file
  args = scheme=SHA512-CRYPT username_format=%u /data/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service imap-login {
  service_count = 0
  inet_listener imap {
    port = 8143
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
END
accounts.pl &
exec dovecot -F -c /etc/dovecot/admin.conf
