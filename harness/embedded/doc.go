// Package embedded brings topologies up inside the process of maildrill: small
// servers of our own (go-smtp, go-imap) on loopback listeners, with real files.
// It needs no engine and no privileges, and it is the known-truth system: nodes
// can carry planted defects that a run must find.
//
// Nothing here is a real mail server, so [Runtime.Simulated] is true and every
// verdict says so. Start with [New] and [Runtime.Start]. What each part does is
// in the packages below:
//
//	network   who reaches whom; black holes, frozen hosts, refusals
//	mta       SMTP, the queue, delivery, bounces
//	store     mailboxes: LMTP in, IMAP and POP3 out
//	durable   files that are on stable storage before anybody is told
//
// Promises: nodes keep their queue and mailboxes over any number of deaths;
// traffic between nodes meets the same faults as traffic from the outside; no
// goroutine, listener or file is left after [System.Close]. Single processes
// cannot be signalled: a node is one.
package embedded
