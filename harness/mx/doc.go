// Package mx finds the hosts that take mail for a domain, as RFC 5321, section
// 5.1 says, at the drill's own name server.
//
// Fill in a [Resolver]; [Resolver.Exchangers] names the hosts of a domain,
// [Resolver.Hosts] gives their addresses.
//
// Promises: every look-up goes over TCP, on a connection of its own, and is
// bounded in time. Questions that do not depend on each other travel together.
// An answer is used for its TTL and never longer; failures are not kept.
package mx
