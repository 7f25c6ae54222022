#!/bin/sh
# Renews the certificate in its file once a day. mailcow's own has the servers restarted
# after that; this one does not.
set -eu
while :; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$MAILCOW_HOSTNAME" -keyout /var/lib/acme/key.new -out /var/lib/acme/cert.new 2>/dev/null
  mv /var/lib/acme/key.new /var/lib/acme/key.pem
  mv /var/lib/acme/cert.new /var/lib/acme/cert.pem
  sleep 86400
done
