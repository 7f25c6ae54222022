# A new volume belongs to root.
mkdir -p /srv/mail/cyrus /srv/mail/spool /run/cyrus/proc /run/cyrus/lock /run/cyrus/socket
chown cyrus:mail /srv/mail /srv/mail/cyrus /srv/mail/spool /run/cyrus /run/cyrus/*
# Who is a user, and with which password (saslpasswd2(8)).
if [ ! -e {{.Users}} ]; then
  while read -r user domain; do
    printf %s '{{.Password}}' | saslpasswd2 -c -p -f {{.Users}}.new -u "$domain" "$user"
  done <{{.Accounts}}
  chown cyrus {{.Users}}.new && mv {{.Users}}.new {{.Users}}
fi
su cyrus -s /bin/sh -c /usr/lib/cyrus/bin/makedirs >/dev/null
# All that Cyrus says it says to syslog(3), of which a container has none.
perl -MIO::Socket::UNIX -e '
  $| = 1; unlink "/dev/log";
  my $log = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "/dev/log") or die "/dev/log: $!";
  chmod 0666, "/dev/log";
  while (defined $log->recv(my $line, 8192)) { $line =~ s/^<\d+>//; print "$line\n" }' &
exec /usr/lib/cyrus/bin/master
