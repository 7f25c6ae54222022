#!/usr/bin/perl
# tcp_table(5): get KEY -> 200 VALUE, 500 not found. One process for each client.
use strict;
use IO::Socket::INET;
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die "listen: $!";
while (my $client = $server->accept) {
  next if fork;
  while (my $line = <$client>) {
    my ($key) = $line =~ /^get (\S+)\r?\n/ or do { print $client "400 what?\n"; next };
    $key =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    open my $users, '<', '/data/users';
    my $found = grep { (split /:/)[0] eq $key || (split /[\@:]/)[1] eq $key } <$users>;
    print $client $found ? "200 ok\n" : "500 no such user\n";
  }
  exit;
}
