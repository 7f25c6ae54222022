// Package outside is the drill's vantage: a process in a container on the
// drill's network that dials nodes and listens for them on behalf of maildrill,
// which has no route of its own.
//
// In the container, [Serve] does the work. In maildrill, [NewClient] wraps the
// session and gives [Client.Dial] and [Client.Listen], whose connections keep
// what a mail client can tell apart: refused, timed out, unreachable, closed in
// order, reset.
package outside
