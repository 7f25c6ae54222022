package security

import (
	"context"
	"net"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// Interval is the time between two rounds of questions to one service: often
// enough to meet a fault of some seconds, and no load.
const Interval = 2 * time.Second

// guessEvery is how many rounds pass from one wrong password to the next: what
// locks out after so many must not lock the instrument out.
const guessEvery = 5

// patience bounds one connection. Servers make those wait whose log-in failed
// (Dovecot: two seconds), and a late answer is as good as any.
const patience = 5 * time.Second

// Dialer connects to a service of a node. A topology.System is one.
type Dialer interface {
	Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error)
}

// Interview puts all questions to one service of one node.
type Interview struct {
	Dialer  Dialer
	Node    string
	Service topology.Service // SMTP, MSA or IMAP
	// Open: the service takes any mail by design, so that questions about
	// relaying and log-in say nothing.
	Open bool
	// Account is a mailbox of the system.
	Account topology.Account
	// Foreign is a domain that the name server knows and the system does not serve.
	Foreign string
	Clock   func() time.Duration // since the start of the run

	guesses bool // a wrong password is tried in this round
}

// Watch repeats an interview until its context ends.
type Watch struct {
	Interview
	Report func(a ledger.SecurityAnswer, node string)
}

// Run asks round after round. A service that keeps us waiting is asked the less
// often: one interview is under way at a time.
func (w Watch) Run(ctx context.Context) {
	for round := 0; ; round++ {
		next := w.Clock() + Interval
		for _, a := range w.Ask(ctx, round) {
			if ctx.Err() == nil { // else we broke it off ourselves
				w.Report(a, w.Node)
			}
		}
		if !pause.For(ctx, next-w.Clock()) {
			return
		}
	}
}

// Ask puts all questions once. In each round another of those about relaying
// comes first: a server under stress hangs up after the first refusal.
func (i Interview) Ask(ctx context.Context, round int) []ledger.SecurityAnswer {
	i.guesses = round%guessEvery == 0
	if i.Service == topology.IMAP {
		return i.visit(ctx, mailReader)
	}
	answers := i.visit(ctx, guest)
	if relay := i.relayQuestions(round); len(relay) > 0 {
		answers = append(answers, i.visit(ctx, func(t *talk) { t.stranger(relay) })...)
	}
	return answers
}

// visit holds one dialogue over a connection of its own.
func (i Interview) visit(ctx context.Context, hold func(*talk)) []ledger.SecurityAnswer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := &talk{Interview: i, ctx: ctx, began: ledger.Seconds(i.Clock())}
	defer t.hangUp()
	conn, err := i.Dialer.Dial(ctx, i.Node, i.Service)
	if err != nil {
		t.broken = err
	} else {
		t.on(conn)
	}
	hold(t)
	return t.answers
}
