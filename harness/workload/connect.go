package workload

import (
	"context"
	"errors"
	"net"

	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
)

// opening says how a session with an address begins, and what it is good for.
func (y *delivery) opening(address string) (place, esmtp.Opening) {
	o := esmtp.Opening{Hello: y.cfg.HelloName, TLS: y.cfg.TLS, TLSConfig: y.cfg.TLSConfig}
	if y.cfg.Entry == EntrySubmission && y.cfg.Login != nil {
		o.User, o.Password = y.cfg.Login(y.letter.Submitter)
	}
	return place{address, o.User}, o
}

// connect opens a session; nil: the attempt has ended.
func (y *delivery) connect(ctx context.Context, at place, o esmtp.Opening) *connection {
	y.pool.enter()
	dialling, cancel := context.WithTimeout(ctx, y.cfg.Timeout)
	conn, err := y.dialer.Dial(dialling, at.address, y.cfg.service())
	cancel()
	if err != nil {
		y.pool.leave()
		y.endAll(esmtp.Ending{Phase: ledger.PhaseConnect, Err: err})
		return nil
	}
	c := &connection{Session: esmtp.New(ctx, conn, y.cfg.Timeout), place: at}
	if end := c.Open(ctx, o); end.Ended() {
		y.endAll(end)
		y.part(c)
		return nil
	}
	return c
}

// release keeps a connection for another message, or ends it.
func (y *delivery) release(c *connection) {
	c.taken++
	if y.next.riding && c.Usable() {
		y.aboard = c
		return
	}
	if c.taken < y.cfg.PerConnection && c.Usable() {
		y.pool.give(c)
		return
	}
	y.part(c)
}

func (y *delivery) part(c *connection) {
	c.Close()
	y.pool.leave()
}

// expired tells whether a server ended the session before the transaction: it
// closed, or said that it does (421; RFC 5321, section 3.8). Silence is no end:
// a new connection would meet it too.
func expired(ends []esmtp.Ending) bool {
	e := ends[0]
	var silence net.Error
	switch {
	case e.Phase != ledger.PhaseMail:
		return false
	case e.Class() == esmtp.Broken:
		return !errors.As(e.Err, &silence) || !silence.Timeout()
	}
	return e.Reply.Code == 421
}
