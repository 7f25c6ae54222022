#!/bin/sh
# The data base of users, made at the first start.
set -eu
if [ ! -d /var/lib/mysql/mysql ]; then
  chown mysql:mysql /var/lib/mysql
  mariadb-install-db --user=mysql --datadir=/var/lib/mysql --skip-test-db >/dev/null
  mkdir -p /run/mysqld && chown mysql:mysql /run/mysqld
  mariadbd --user=mysql --bootstrap --datadir=/var/lib/mysql <<END
FLUSH PRIVILEGES;
CREATE DATABASE $MYSQL_DATABASE;
CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON $MYSQL_DATABASE.* TO '$MYSQL_USER'@'%';
USE $MYSQL_DATABASE;
CREATE TABLE mailbox (username VARCHAR(255) PRIMARY KEY, domain VARCHAR(255) NOT NULL, password VARCHAR(255) NOT NULL, active INT NOT NULL DEFAULT 1);
END
fi
mkdir -p /run/mysqld && chown mysql:mysql /run/mysqld
exec mariadbd --user=mysql --datadir=/var/lib/mysql --bind-address=0.0.0.0 --skip-name-resolve
