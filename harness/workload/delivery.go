package workload

import (
	"context"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
)

// delivery is one message on its way: which recipients are not decided yet, and
// what the last attempt came to. A session uses the same one for message after
// message.
type delivery struct {
	*Driver
	ended    func() bool // nothing new may be begun
	letter   letter
	next     letter      // the one after, if its envelope went ahead
	aboard   *connection // where to; nil: that connection was lost
	attempts int         // connections made for it
	now      attempt     // the one at hand
	pending  []int       // recipients, by index
	last     []attempt   // by recipient
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
	y.letter.address(y.Driver, a)
	y.begin()
	y.visit(ctx)
	y.finish()
}

func (y *delivery) begin() {
	y.attempts = 0
	y.pending, y.last = y.pending[:0], y.last[:0]
	for i := range y.letter.Recipients {
		y.pending, y.last = append(y.pending, i), append(y.last, attempt{})
	}
}

// finish is for what nobody decided.
func (y *delivery) finish() {
	for _, i := range y.pending {
		y.outcome(i)
	}
	y.write()
}

// visit tries host by host, address by address, while something is undecided
// (RFC 5321, section 5.1).
func (y *delivery) visit(ctx context.Context) {
	began := y.clock()
	hosts, end := y.route.hosts(ctx, y.letter.Seq)
	if end.Ended() {
		y.unresolved(began, end)
	}
	for _, h := range hosts {
		if len(y.pending) == 0 {
			return // a slow name server would only hold the session up
		}
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
	if !y.letter.rendered {
		y.letter.render(y.Driver, y.pending, y.attempts)
	}
	y.letter.rendered = false
	ends := c.Envelope(y.letter.mail)
	if !undecided(ends) {
		return ends
	}
	decided := c.Content(y.letter.mail.Content)
	if !decided.Ended() {
		following := y.following(c)
		y.now.sent = y.clock()
		waiting := open(ends)
		y.tally.replying(waiting)
		decided = c.Terminate(y.cfg.ReplyTimeout, following)
		y.tally.replying(-waiting)
	}
	for i := range ends {
		if !ends[i].Ended() {
			ends[i] = decided
		}
	}
	return ends
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
