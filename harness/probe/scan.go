package probe

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

const (
	scanAtOnce  = 4                // mailboxes read at the same time
	scanLogin   = 10 * time.Second // connection, greeting and login
	scanAccount = 2 * time.Minute  // everything of one account
	scanTries   = 2                // attempts at one account
)

// Scanner reads every folder of every account at every store. One scanner
// makes all scans of a run: it remembers what each account read like, so that
// one that has not changed need not be written down again.
type Scanner struct {
	Dialer   Dialer
	Stores   []string // nodes, read one after the other
	Accounts []topology.Account
	Key      identity.Key
	Recorder ledger.Recorder
	// Clock is the time since the start of the run, put on what is found.
	Clock func() time.Duration
	// Began is the wall clock when Clock was 0, to tell when mail arrived. Zero:
	// that is not told.
	Began time.Time

	mu     sync.Mutex
	before map[place]perusal
}

// place is one account at one store.
type place struct{ store, account string }

// perusal is how a place read: the digest of everything that was found.
type perusal struct {
	scan     int // whose entries say what is there
	messages int
	digest   [sha256.Size]byte
}

// Scan makes reading number n (from 1) of all mailboxes: every message is
// fetched whole and inspected, and recorded as one entry of kind Seen, those
// of other runs, probes and strangers included. One that the server cannot show,
// while it shows its neighbours, is an entry of class "unreadable". An account
// that reads exactly as in an earlier scan is named in Standing instead. A mailbox that could not
// be read to its end is named in Unread; nothing of its account is recorded
// then. Mailboxes counts the accounts that were read at every store. The digest
// is the same for two scans that found the same mail in the same state.
//
// The error is the recorder's: what could not be recorded was not seen.
func (s *Scanner) Scan(ctx context.Context, n int) (ledger.ScanResult, error) {
	t := tally{unread: map[string][]string{}, read: map[place]perusal{}}
	var failed []error
	for _, store := range s.Stores {
		failed = append(failed, s.store(ctx, n, store, &t))
	}
	return t.result(n, len(s.Accounts)), errors.Join(failed...)
}

// Scan is [Scanner.Scan] with its parts as arguments, for callers that keep no
// scanner. Entries carry no times.
func Scan(ctx context.Context, d Dialer, stores []string, accounts []topology.Account, key identity.Key, n int, r ledger.Recorder) (ledger.ScanResult, error) {
	clock := func() time.Duration { return 0 }
	s := Scanner{Dialer: d, Stores: stores, Accounts: accounts, Key: key, Recorder: r, Clock: clock}
	return s.Scan(ctx, n)
}

// store reads every account at one store, several at the same time.
func (s *Scanner) store(ctx context.Context, n int, store string, t *tally) error {
	var wg sync.WaitGroup
	slot := make(chan struct{}, scanAtOnce)
	failed := make([]error, len(s.Accounts))
	for i, a := range s.Accounts {
		slot <- struct{}{}
		wg.Go(func() {
			defer func() { <-slot }()
			failed[i] = s.account(ctx, n, store, a, t)
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

// account reads all folders of one account; mail that moves while it is read
// is worth a second look. Only the look that saw everything is recorded.
func (s *Scanner) account(ctx context.Context, n int, store string, a topology.Account, t *tally) error {
	ctx, cancel := context.WithTimeout(ctx, scanAccount)
	defer cancel()
	var err error
	for range scanTries {
		var found []ledger.Entry
		if found, err = s.folders(ctx, store, a); err == nil {
			return s.record(n, place{store, a.Address}, found, t)
		}
		if ctx.Err() != nil {
			break
		}
	}
	t.miss(a.Address, fmt.Sprintf("%s at %s: %v", a.Address, store, err))
	return nil
}

// record writes down what was found at a place, unless it stands already.
func (s *Scanner) record(n int, p place, found []ledger.Entry, t *tally) error {
	now := perusal{scan: n, messages: len(found), digest: digest(found)}
	if before, ok := s.last(p); ok && before.digest == now.digest {
		t.add(p, before)
		return nil
	}
	at := s.Clock()
	for i := range found {
		found[i].Scan, found[i].Start, found[i].End = uint16(n), at, at
	}
	thin(found)
	if err := s.Recorder.Record(found...); err != nil {
		return fmt.Errorf("record what scan %d found: %w", n, err)
	}
	s.remember(p, now)
	t.add(p, now)
	return nil
}

func (s *Scanner) last(p place) (perusal, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.before[p]
	return before, ok
}

func (s *Scanner) remember(p place, now perusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before == nil {
		s.before = map[place]perusal{}
	}
	s.before[p] = now
}

// digest is of everything that is known of what was found, in an order of its
// own.
func digest(found []ledger.Entry) (sum [sha256.Size]byte) {
	slices.SortFunc(found, func(a, b ledger.Entry) int {
		return cmp.Or(cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.UID, b.UID))
	})
	h := sha256.New()
	for _, e := range found {
		fmt.Fprintf(h, "%q %d %d %v %d %q %q %q %d %d\n", e.Mailbox, e.UIDValidity, e.UID, e.Copy, e.Integrity, e.Detail, e.Hops, e.Foreign, e.Attempt, e.Arrived)
	}
	h.Sum(sum[:0])
	return sum
}

// thin leaves the Received chain only where copies have to be told apart: it
// is most of what there is to write.
func thin(found []ledger.Entry) {
	times := map[ledger.Copy]int{}
	for _, e := range found {
		if e.Foreign == "" {
			times[e.Copy]++
		}
	}
	for i, e := range found {
		if e.Foreign == "" && e.Integrity == ledger.Intact && times[e.Copy] == 1 {
			found[i].Hops = ""
		}
	}
}

// tally sums up one scan.
type tally struct {
	mu     sync.Mutex
	read   map[place]perusal
	unread map[string][]string // by account
}

func (t *tally) miss(account, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unread[account] = append(t.unread[account], why)
}

func (t *tally) add(p place, r perusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read[p] = r
}

func (t *tally) result(n, accounts int) ledger.ScanResult {
	r := ledger.ScanResult{Scan: n, Mailboxes: accounts - len(t.unread)}
	all := sha256.New()
	for _, p := range t.places() {
		one := t.read[p]
		r.Messages += one.messages
		fmt.Fprintf(all, "%q %q %x\n", p.store, p.account, one.digest)
		if one.scan != n {
			r.Standing = append(r.Standing, ledger.Standing{Store: p.store, Account: p.account, Scan: one.scan})
		}
	}
	r.Digest = hex.EncodeToString(all.Sum(nil))
	for _, why := range t.unread {
		r.Unread = append(r.Unread, why...)
	}
	slices.Sort(r.Unread)
	return r
}

func (t *tally) places() []place {
	var all []place
	for p := range t.read {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.store, b.store), cmp.Compare(a.account, b.account))
	})
	return all
}
