#!/bin/sh
# mailbox.sh ADDRESS PASSWORD: what mailcow's interface does for a new mailbox.
set -eu
echo "REPLACE INTO mailbox (username, domain, password) VALUES ('$1', '${1#*@}', '{PLAIN}$2');" |
  mariadb -h 127.0.0.1 -u "$MYSQL_USER" -p"$MYSQL_PASSWORD" "$MYSQL_DATABASE"
