package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
)

// Seed is a message that was in the probe's mailbox before any fault: where it
// is, and whose token it bears.
type Seed struct {
	Token       identity.Token
	UIDValidity uint32
	UID         uint32
}

// inbox is the folder that canaries are delivered to.
const inbox = "INBOX"

// pollEvery is the pause between two looks at a mailbox in which a message is
// awaited.
const pollEvery = 100 * time.Millisecond

// Seed delivers the message that the IMAP check asks for later, and returns
// when it is in the probe's mailbox at the store. The context bounds the wait;
// offers that fail are made again, each with a new token.
func (p *Prober) Seed(ctx context.Context, send Sender, store string) (Seed, error) {
	t := p.canary()
	for err := send(ctx, t); err != nil; err = send(ctx, t) {
		if !pause.For(ctx, pollEvery) {
			return Seed{}, fmt.Errorf("deliver the seed message: %w", err)
		}
		t = p.canary()
	}
	s, err := p.await(ctx, store, t)
	if err != nil {
		return Seed{}, fmt.Errorf("find the seed message: %w", err)
	}
	return s, nil
}

// Sentinel sends one message over a path and waits until it is in the probe's
// mailbox. It is sent after the queues were found empty, to prove that the
// path is alive: an absence means nothing where nothing could arrive.
func (p *Prober) Sentinel(ctx context.Context, path string, send Sender, store string, clock func() time.Duration) ledger.Sentinel {
	t := p.sentinel()
	s := ledger.Sentinel{Path: path, Sent: ledger.Seconds(clock())}
	err := send(ctx, t)
	if err == nil {
		_, err = p.await(ctx, store, t)
	}
	if err != nil {
		s.Error = err.Error()
		return s
	}
	s.Arrived = ledger.Seconds(clock())
	return s
}

// errAbsent is returned by find where the mailbox holds no such message.
var errAbsent = errors.New("the message is not in the mailbox")

// await looks, on fresh connections, until the message is there and intact.
func (p *Prober) await(ctx context.Context, store string, t identity.Token) (Seed, error) {
	for {
		s, err := p.find(ctx, store, t)
		if err == nil {
			return s, nil
		}
		if !pause.For(ctx, pollEvery) {
			return Seed{}, err
		}
	}
}

// find reads the whole inbox for a token, past what cannot be read; no server-side
// search is trusted.
func (p *Prober) find(ctx context.Context, store string, t identity.Token) (Seed, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	r := p.reading(store)
	defer r.leave()
	if err := r.connect(ctx); err != nil {
		return Seed{}, err
	}
	s := Seed{Token: t}
	f, err := r.open(inbox, tokens, func(one message) {
		if one.found.Class == identity.Ours && one.found.Token == t {
			s.UID = uint32(one.uid)
		}
	})
	if err != nil {
		return Seed{}, err
	}
	s.UIDValidity = f.status.UIDValidity
	if f.status.NumMessages == 0 {
		return Seed{}, errAbsent
	}
	if err := f.sweep(ctx, 1); err != nil {
		return Seed{}, err
	}
	if s.UID == 0 {
		return Seed{}, errAbsent
	}
	return s, r.intact(s, p.Key)
}

// intact fetches the seed where it was and compares its content.
func (m *mailbox) intact(s Seed, key identity.Key) error {
	seen := false
	var one message
	err := m.read(imap.UIDSetNum(imap.UID(s.UID)), whole, key, func(found message) { seen, one = true, found })
	switch {
	case err != nil:
		return err
	case !seen:
		return fmt.Errorf("UID %d: %w", s.UID, errAbsent)
	case one.found.Class != identity.Ours || one.found.Token != s.Token:
		return fmt.Errorf("UID %d is another message now", s.UID)
	case !one.found.Intact:
		return fmt.Errorf("UID %d is damaged: %s", s.UID, one.found.Damage)
	}
	return nil
}

// IMAP makes a check of a store as a mail reader sees it: log in, open the
// inbox, fetch the message that was there before the fault, and compare it. A
// login that works and an inbox that is empty is a failure: the mail is gone.
func (p *Prober) IMAP(store string, s Seed) Check {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, p.Timeout)
		defer cancel()
		m, err := login(ctx, p.Dialer, store, p.Account)
		if err != nil {
			return err
		}
		defer m.close()
		data, err := m.examine(inbox)
		switch {
		case err != nil:
			return err
		case data.NumMessages == 0:
			return errors.New("the inbox is empty: the mail from before is gone")
		case data.UIDValidity != s.UIDValidity:
			return fmt.Errorf("UIDVALIDITY is %d and was %d: every mail reader starts anew", data.UIDValidity, s.UIDValidity)
		}
		return m.intact(s, p.Key)
	}
}
