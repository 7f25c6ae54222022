#!/bin/sh
set -eu
getent group mail-users >/dev/null || groupadd -g 5000 mail-users
id mail-user >/dev/null 2>&1 || useradd -u 5000 -g 5000 -d /mail -s /usr/sbin/nologin mail-user
chown 5000:5000 /mail
cat >/etc/dovecot/dovecot.conf <<END
protocols = imap lmtp
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
mail_location = maildir:/mail/%u
mail_uid = 5000
mail_gid = 5000
first_valid_uid = 5000
passdb {
  driver = imap
  args = host=admin port=8143
  default_fields = userdb_home=/mail/%u
}
userdb {
  driver = static
  args = uid=5000 gid=5000 home=/mail/%u allow_all_users=yes
}
service lmtp {
  inet_listener lmtp {
    port = 2525
  }
}
service auth {
  inet_listener {
    port = 2102
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
END
[ ! -s /overrides/dovecot.conf ] || cat /overrides/dovecot.conf >>/etc/dovecot/dovecot.conf
exec dovecot -F
