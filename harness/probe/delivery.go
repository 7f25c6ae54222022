package probe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
)

// Delivery is the probe of the whole way: a canary is offered at every
// interval, and must be in the mailbox, read over IMAP on a fresh connection,
// within 2*Timeout + Interval of its scheduled time.
type Delivery struct {
	Prober   *Prober
	Send     Sender
	Store    string // the node whose mailbox is read
	Interval time.Duration
	Clock    func() time.Duration
	Report   func(r ledger.ProbeResult, node string)
}

// deliveryService is the name of the service in the record.
const deliveryService = "delivery"

// Run probes until the context ends, and returns when the last canary was seen
// or given up.
func (d Delivery) Run(ctx context.Context) {
	seen := newSightings()
	collecting, stop := context.WithCancel(context.WithoutCancel(ctx))
	var collector sync.WaitGroup
	collector.Go(func() { d.collect(collecting, seen) })
	Schedule{Service: deliveryService, Check: d.follow(seen), Interval: d.Interval, Limit: d.limit(),
		Clock: d.Clock, Report: d.Report}.Run(ctx)
	stop()
	collector.Wait()
}

func (d Delivery) limit() time.Duration { return 2*d.Prober.Timeout + d.Interval }

// follow offers one canary and waits until the collector has seen it.
func (d Delivery) follow(seen *sightings) Check {
	return func(ctx context.Context) error {
		t := d.Prober.canary()
		arrived := seen.expect(t)
		defer seen.forget(t)
		if err := d.Send(ctx, t); err != nil {
			return fmt.Errorf("offer the canary: %w", err)
		}
		select {
		case <-arrived:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("accepted, but not in the mailbox after %v%s", d.limit(), seen.trouble())
		}
	}
}

// collect reads the mailbox again and again, each time on a fresh connection.
func (d Delivery) collect(ctx context.Context, seen *sightings) {
	var at cursor
	for {
		seen.note(d.poll(ctx, &at, seen))
		if !pause.For(ctx, d.Interval) {
			return
		}
	}
}

// cursor is how far the inbox was read. Canaries pile up, so only what is new
// is read; but a store that was restored may give the same numbers again, and
// then the inbox is read from its beginning.
type cursor struct {
	validity uint32
	next     imap.UID
}

func (d Delivery) poll(ctx context.Context, at *cursor, seen *sightings) error {
	ctx, cancel := context.WithTimeout(ctx, d.Prober.Timeout)
	defer cancel()
	r := d.Prober.reading(d.Store)
	defer r.leave()
	if err := r.connect(ctx); err != nil {
		return err
	}
	f, err := r.open(inbox, tokens, func(one message) {
		if one.found.Class == identity.Ours {
			seen.see(one.found.Token)
		}
	})
	if err != nil {
		return err
	}
	data := f.status
	if data.UIDValidity != at.validity || data.UIDNext < at.next || at.next == 0 {
		*at = cursor{validity: data.UIDValidity, next: 1}
	}
	if data.NumMessages == 0 {
		return nil
	}
	if err := f.sweep(ctx, at.next); err != nil {
		return err
	}
	at.next = max(at.next, f.highest+1)
	return nil
}

// sightings joins canaries on their way with what the collector sees.
type sightings struct {
	mu      sync.Mutex
	waiting map[identity.Token]chan struct{}
	last    error // of the last poll
}

func newSightings() *sightings {
	return &sightings{waiting: map[identity.Token]chan struct{}{}}
}

// expect gives a channel that is closed when the canary is seen.
func (s *sightings) expect(t identity.Token) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := make(chan struct{})
	s.waiting[t] = c
	return c
}

func (s *sightings) forget(t identity.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, t)
}

func (s *sightings) see(t identity.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.waiting[t]; ok {
		close(c)
		delete(s.waiting, t)
	}
}

func (s *sightings) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = err
}

// trouble says why the mailbox could not be read, if it could not.
func (s *sightings) trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return ""
	}
	return fmt.Sprintf(" (last look: %v)", s.last)
}
