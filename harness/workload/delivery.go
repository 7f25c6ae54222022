package workload

import (
	"context"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// delivery is one message on its way: which recipients are not decided yet, and
// what the last attempt came to. A session uses the same one for message after
// message.
type delivery struct {
	*Driver
	arrival  Arrival
	token    identity.Token
	mail     esmtp.Mail
	attempts int       // connections made for it
	now      attempt   // the one at hand
	pending  []int     // recipients, by index
	last     []attempt // by recipient
	entries  []ledger.Entry
}

// attempt is how one try at one host ended for one copy.
type attempt struct {
	esmtp.Ending
	node         string
	began, ended time.Duration
	sent         time.Duration // when the terminator was written; 0: never
}

// deliver offers one message until every copy has an outcome.
func (y *delivery) deliver(ctx context.Context, a Arrival) {
	y.begin(a)
	y.visit(ctx)
	for _, i := range y.pending {
		y.outcome(i)
	}
	y.write()
}

func (y *delivery) begin(a Arrival) {
	y.arrival, y.attempts = a, 0
	y.token = identity.Token{Run: y.key.Run, Stream: ledger.StreamWorkload, Seq: a.Seq}
	y.mail.EnvelopeID = y.key.Encode(y.token)
	y.mail.From = identity.VERP(y.mail.EnvelopeID, y.cfg.BounceDomain)
	y.pending, y.last = y.pending[:0], y.last[:0]
	for i := range a.Recipients {
		y.pending, y.last = append(y.pending, i), append(y.last, attempt{})
	}
}

// visit tries host by host, address by address, while something is undecided
// (RFC 5321, section 5.1).
func (y *delivery) visit(ctx context.Context) {
	began := y.clock()
	hosts, end := y.route.hosts(ctx, y.arrival.Seq)
	if end.Ended() {
		y.unresolved(began, end)
	}
	for _, h := range hosts {
		began = y.clock()
		addresses, end := y.route.addresses(ctx, h)
		if end.Ended() {
			y.unresolved(began, end)
		}
		for _, address := range addresses {
			if len(y.pending) == 0 || (ctx.Err() != nil && y.attempts > 0) {
				return
			}
			y.call(ctx, h.name, address)
		}
	}
}

// unresolved is an attempt that met nobody but the name server.
func (y *delivery) unresolved(began time.Duration, end esmtp.Ending) {
	y.try(attempt{node: y.cfg.DNSNode, began: began})
	y.endAll(end)
}

// call tries one address, on a kept connection if there is one. That the server
// ended a session since its last message says nothing about the next message: it
// is tried again on a new connection.
func (y *delivery) call(ctx context.Context, name, address string) {
	at, opening := y.opening(address)
	if c := y.pool.take(at); c != nil {
		y.attempts++
		y.try(attempt{node: name, began: y.clock()})
		if stale := y.offer(c); !stale {
			return
		}
	}
	y.attempts++
	y.try(attempt{node: name, began: y.clock()})
	if c := y.connect(ctx, at, opening); c != nil {
		y.offer(c)
	}
}

// offer holds one transaction on a connection. Stale means that the server had
// ended the session before it.
func (y *delivery) offer(c *connection) (stale bool) {
	ends := y.transact(c)
	stale = c.taken > 0 && expired(ends)
	y.settle(ends)
	y.release(c)
	return stale
}

// transact offers the message to the pending recipients. The endings are by
// pending recipient.
func (y *delivery) transact(c *connection) []esmtp.Ending {
	y.render()
	ends := c.Envelope(y.mail)
	if !undecided(ends) {
		return ends
	}
	decided := c.Content(y.mail.Content)
	if !decided.Ended() {
		y.now.sent = y.clock()
		waiting := open(ends)
		y.tally.replying(waiting)
		decided = c.Terminate(y.cfg.ReplyTimeout, c.taken+1 >= y.cfg.PerConnection)
		y.tally.replying(-waiting)
	}
	for i := range ends {
		if !ends[i].Ended() {
			ends[i] = decided
		}
	}
	return ends
}

// render makes the content and the envelope's recipients.
func (y *delivery) render() {
	y.mail.Recipients = y.mail.Recipients[:0]
	for _, i := range y.pending {
		y.mail.Recipients = append(y.mail.Recipients, y.arrival.Recipients[i])
	}
	y.mail.Content = y.key.Render(y.mail.Content[:0], identity.Message{Token: y.token, Attempt: y.attempts, From: y.mail.From,
		To: y.arrival.Recipients, Size: int(y.arrival.Size), Date: time.Now()})
}

// undecided tells whether the server took any recipient.
func undecided(ends []esmtp.Ending) bool {
	for i := range ends {
		if !ends[i].Ended() {
			return true
		}
	}
	return false
}
