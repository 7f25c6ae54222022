package workload

import (
	"context"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// letter is a message with its envelope. Its buffers are used again.
type letter struct {
	Arrival
	token    identity.Token
	mail     esmtp.Mail
	rendered bool
	riding   bool          // its envelope went ahead
	began    time.Duration // when
}

// address fills in what does not hang on the attempt.
func (l *letter) address(d *Driver, a Arrival) {
	l.Arrival, l.rendered, l.riding = a, false, false
	l.token = identity.Token{Run: d.key.Run, Stream: ledger.StreamWorkload, Seq: a.Seq}
	l.mail.EnvelopeID = d.key.Encode(l.token)
	l.mail.From = identity.VERP(l.mail.EnvelopeID, d.cfg.BounceDomain)
}

// render makes the content of an attempt, and the envelope for the recipients
// that are pending; nil: all of them.
func (l *letter) render(d *Driver, pending []int, attempt int) {
	l.mail.Recipients = l.mail.Recipients[:0]
	if pending == nil {
		l.mail.Recipients = append(l.mail.Recipients, l.Recipients...)
	}
	for _, i := range pending {
		l.mail.Recipients = append(l.mail.Recipients, l.Recipients[i])
	}
	l.mail.Content = d.key.Render(l.mail.Content[:0], identity.Message{Token: l.token, Attempt: attempt, From: l.mail.From,
		To: l.Recipients, Size: int(l.Size), Date: time.Now()})
}

// following says what goes out with a terminator: QUIT after the last message of
// a connection, or the envelope of another message, if one waits and all go the
// same way. That one has begun then. What becomes of it is as certain as ever:
// its replies come after the one to the terminator.
func (y *delivery) following(c *connection) esmtp.Next {
	if c.taken+1 >= y.cfg.PerConnection {
		return esmtp.Next{Quit: true}
	}
	if y.next.riding || !y.cfg.oneWay() || !c.Pipelines() || y.ended() {
		return esmtp.Next{}
	}
	select {
	case a, more := <-y.queue:
		if !more {
			return esmtp.Next{}
		}
		y.next.address(y.Driver, a)
		y.next.render(y.Driver, nil, 1)
		y.next.rendered, y.next.riding, y.next.began = true, true, y.clock()
		return esmtp.Next{Mail: &y.next.mail}
	default:
		return esmtp.Next{}
	}
}

// oneWay tells whether every message goes to the same node and in the same
// session, so that no name server has a say.
func (c Config) oneWay() bool {
	return c.Entry == EntryRelay || (c.Entry == EntrySubmission && c.Login == nil)
}

// ride delivers the message whose envelope went ahead. If that connection was
// lost with the message before it, it is offered anew: nothing but the envelope
// was sent.
func (y *delivery) ride(ctx context.Context) {
	c, node := y.aboard, y.now.node
	y.aboard = nil
	y.letter, y.next = y.next, y.letter
	y.letter.riding = false
	y.begin()
	if c != nil {
		y.attempts++
		y.try(attempt{node: node, began: y.letter.began})
		if stale := y.offer(c); !stale {
			y.finish()
			return
		}
	}
	y.visit(ctx)
	y.finish()
}
