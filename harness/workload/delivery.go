package workload

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// delivery is one message on its way: which recipients are not decided yet, and
// what the last attempt came to.
type delivery struct {
	*Driver
	arrival  Arrival
	token    identity.Token
	attempts int
	intent   chan error // the result of the commit; nil until it was begun
	pending  []int      // recipients, by index
	last     []attempt  // by recipient
}

// attempt is how one connection to one host ended for one copy.
type attempt struct {
	ending
	node         string
	began, ended time.Duration
	sent         time.Duration // when the terminator was written; 0: never
}

// deliver offers one message until every copy has an outcome.
func (d *Driver) deliver(ctx context.Context, a Arrival) {
	y := &delivery{Driver: d, arrival: a, last: make([]attempt, len(a.Recipients)),
		token: identity.Token{Run: d.key.Run, Stream: ledger.StreamWorkload, Seq: a.Seq}}
	for i := range a.Recipients {
		y.pending = append(y.pending, i)
	}
	y.visit(ctx)
	for _, i := range y.pending {
		y.outcome(i)
	}
	if y.intent != nil {
		<-y.intent // the commit was begun here and ends here
	}
}

// visit tries host by host, address by address, while something is undecided
// (RFC 5321, section 5.1).
func (y *delivery) visit(ctx context.Context) {
	began := y.clock()
	hosts, end := y.route.hosts(ctx, y.arrival.Seq)
	if end != nil {
		y.unresolved(began, *end)
	}
	for _, h := range hosts {
		began = y.clock()
		addresses, end := y.route.addresses(ctx, h)
		if end != nil {
			y.unresolved(began, *end)
		}
		for _, address := range addresses {
			if len(y.pending) == 0 || (ctx.Err() != nil && y.attempts > 0) {
				return
			}
			y.try(ctx, h.name, address)
		}
	}
}

// unresolved is an attempt that met nobody but the name server.
func (y *delivery) unresolved(began time.Duration, end ending) {
	y.settle(attempt{node: y.cfg.DNSNode, began: began, ended: y.clock()}, repeat(&end, len(y.pending)))
}

// try makes one connection.
func (y *delivery) try(ctx context.Context, name, address string) {
	y.attempts++
	a := attempt{node: name, began: y.clock()}
	dialling, cancel := context.WithTimeout(ctx, y.cfg.Timeout)
	conn, err := y.dialer.Dial(dialling, address, y.cfg.service())
	cancel()
	if err != nil {
		a.ended = y.clock()
		y.settle(a, repeat(&ending{phase: ledger.PhaseConnect, err: err}, len(y.pending)))
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	y.intend()
	y.converse(ctx, conn, a)
}

// converse holds the dialogue on a connection.
func (y *delivery) converse(ctx context.Context, conn net.Conn, a attempt) {
	session := newDialogue(conn, y.cfg.Timeout)
	ends := repeat(session.open(ctx, y.opening()), len(y.pending))
	if ends[0] == nil {
		ends, a.sent = y.transact(session)
	}
	a.ended = y.clock()
	y.settle(a, ends)
	if !slices.ContainsFunc(ends, func(e *ending) bool { return e.class() == broken }) {
		session.quit()
	}
}

func (y *delivery) opening() opening {
	o := opening{hello: y.cfg.HelloName, tls: y.cfg.TLS, config: y.cfg.TLSConfig}
	if y.cfg.Entry == EntrySubmission && y.cfg.Login != nil {
		o.user, o.password = y.cfg.Login(y.arrival.Submitter)
	}
	return o
}

// transact offers the message to the pending recipients. The endings are by
// pending recipient; sent is when the terminator was written, or 0.
func (y *delivery) transact(session *dialogue) (ends []*ending, sent time.Duration) {
	m := y.mail()
	ends = session.envelope(m)
	if !slices.Contains(ends, nil) {
		return ends, 0
	}
	decided := session.content(m)
	if decided == nil {
		decided = y.committed()
	}
	if decided == nil {
		sent = y.clock()
		y.tally.replying(open(ends))
		reply := session.terminate(y.cfg.ReplyTimeout)
		y.tally.replying(-open(ends))
		decided = &reply
	}
	for i := range ends {
		if ends[i] == nil {
			ends[i] = decided
		}
	}
	return ends, sent
}

func (y *delivery) mail() mail {
	from := y.key.VERP(y.token, y.cfg.BounceDomain)
	m := mail{from: from, envelopeID: y.key.Encode(y.token)}
	for _, i := range y.pending {
		m.recipients = append(m.recipients, y.arrival.Recipients[i])
	}
	m.content = y.key.Render(nil, identity.Message{Token: y.token, Attempt: y.attempts, From: from,
		To: y.arrival.Recipients, Size: int(y.arrival.Size), Date: time.Now()})
	return m
}

// intend begins to commit the intent of every copy, once. The commit goes on
// beside the dialogue.
func (y *delivery) intend() {
	if y.intent != nil {
		return
	}
	entries := make([]ledger.Entry, len(y.arrival.Recipients))
	for i := range entries {
		entries[i] = ledger.Entry{Kind: ledger.Intent, Copy: copyOf(y.arrival, i), Start: y.clock()}
	}
	y.intent = make(chan error, 1)
	go func() {
		err := y.recorder.Intend(entries...)
		if err != nil {
			y.fail(&brokenHistory{err})
		}
		y.intent <- err
	}()
}

// committed returns when the intent is durable. If it cannot be, the terminator
// must not be written.
func (y *delivery) committed() *ending {
	err := <-y.intent
	y.intent <- err // for whoever asks next
	if err != nil {
		return &ending{phase: ledger.PhaseContent, err: fmt.Errorf("commit the intent: %w", err)}
	}
	return nil
}

// settle records an attempt. What it decided gets its outcome now; the rest
// stays pending.
func (y *delivery) settle(a attempt, ends []*ending) {
	tried := y.pending
	y.pending = nil
	entries := make([]ledger.Entry, 0, len(tried))
	for n, i := range tried {
		a.ending = *ends[n]
		y.last[i] = a
		entries = append(entries, a.entry(ledger.Try, copyOf(y.arrival, i)))
	}
	y.record(entries...)
	for _, i := range tried {
		if rule(y.last[i].phase, y.last[i].class()).elsewhere {
			y.pending = append(y.pending, i)
			continue
		}
		y.outcome(i)
	}
}

// outcome records the verdict on a copy: what its last attempt came to.
func (y *delivery) outcome(i int) {
	a := y.last[i]
	e := a.entry(ledger.Outcome, copyOf(y.arrival, i))
	e.Start = 0
	if a.phase >= ledger.PhaseReply {
		e.Start = a.sent
	}
	e.Verdict = rule(a.phase, a.class()).verdict
	y.record(e)
	y.tally.outcome(e.Verdict)
}

func (a attempt) entry(k ledger.Kind, c ledger.Copy) ledger.Entry {
	return ledger.Entry{Kind: k, Copy: c, Start: a.began, End: a.ended, Node: a.node, Phase: a.phase,
		Code: uint16(a.reply.code), Enhanced: a.reply.status(), Detail: a.detail()}
}
