package probe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// Scanner reads every folder of every account at every store.
type Scanner struct {
	Dialer   Dialer
	Stores   []string // nodes, read one after the other
	Accounts []topology.Account
	Key      identity.Key
	Recorder ledger.Recorder
	// Clock is the time since the start of the run, put on what is found.
	Clock func() time.Duration
}

// Scan makes reading number n (from 1) of all mailboxes: every message is
// fetched whole and inspected, and recorded as one entry of kind Seen, those
// of other runs, probes and strangers included. A mailbox that could not be
// read to its end is named in Unread; nothing of its folder is recorded then.
// Mailboxes counts the accounts that were read at every store. The digest is
// the same for two scans that found the same mail in the same state.
//
// The error is the recorder's: what could not be recorded was not seen.
func (s Scanner) Scan(ctx context.Context, n int) (ledger.ScanResult, error) {
	t := tally{unread: map[string][]string{}}
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
	return Scanner{Dialer: d, Stores: stores, Accounts: accounts, Key: key, Recorder: r, Clock: clock}.Scan(ctx, n)
}

// store reads every account at one store, several at the same time.
func (s Scanner) store(ctx context.Context, n int, store string, t *tally) error {
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
func (s Scanner) account(ctx context.Context, n int, store string, a topology.Account, t *tally) error {
	ctx, cancel := context.WithTimeout(ctx, scanAccount)
	defer cancel()
	var err error
	for range scanTries {
		var found []ledger.Entry
		if found, err = s.folders(ctx, store, a); err == nil {
			return s.record(n, found, t)
		}
		if ctx.Err() != nil {
			break
		}
	}
	t.miss(a.Address, fmt.Sprintf("%s at %s: %v", a.Address, store, err))
	return nil
}

func (s Scanner) record(n int, found []ledger.Entry, t *tally) error {
	now := s.Clock()
	for i := range found {
		found[i].Scan, found[i].Start, found[i].End = uint16(n), now, now
	}
	if err := s.Recorder.Record(found...); err != nil {
		return fmt.Errorf("record what scan %d found: %w", n, err)
	}
	t.add(found)
	return nil
}

// tally sums up one scan.
type tally struct {
	mu     sync.Mutex
	lines  []string
	unread map[string][]string // by account
}

func (t *tally) miss(account, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unread[account] = append(t.unread[account], why)
}

func (t *tally) add(found []ledger.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range found {
		t.lines = append(t.lines, fmt.Sprintf("%s %s %d %d %v %d %s", e.Node, e.Mailbox, e.UIDValidity, e.UID, e.Copy, e.Integrity, e.Foreign))
	}
}

func (t *tally) result(n, accounts int) ledger.ScanResult {
	slices.Sort(t.lines)
	sum := sha256.Sum256([]byte(strings.Join(t.lines, "\n")))
	r := ledger.ScanResult{Scan: n, Mailboxes: accounts - len(t.unread), Messages: len(t.lines), Digest: hex.EncodeToString(sum[:])}
	for _, why := range t.unread {
		r.Unread = append(r.Unread, why...)
	}
	slices.Sort(r.Unread)
	return r
}
