package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// folders reads every folder of one account, on one connection unless that
// breaks.
func (s *Scanner) folders(ctx context.Context, store string, a topology.Account) ([]ledger.Entry, error) {
	r := &reading{dialer: s.Dialer, store: store, account: a, key: s.Key}
	defer r.leave()
	if err := r.connect(ctx); err != nil {
		return nil, err
	}
	names, err := r.names()
	if err != nil {
		return nil, err
	}
	var all []ledger.Entry
	for _, name := range names {
		found, err := s.folder(ctx, r, name)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", name, err)
		}
		all = append(all, found...)
	}
	for i := range all {
		all[i].Node = store
	}
	return all, nil
}

// names lists the folders that can be opened. The inbox is always one of them
// (RFC 9051, section 5.1).
func (m *mailbox) names() ([]string, error) {
	folders, err := m.client.List("", "*", nil).Collect()
	if err != nil {
		return nil, fmt.Errorf("list the folders: %w", err)
	}
	names := []string{inbox}
	for _, f := range folders {
		closed := slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(f.Attrs, imap.MailboxAttrNonExistent)
		if !closed && !strings.EqualFold(f.Mailbox, inbox) {
			names = append(names, f.Mailbox)
		}
	}
	return names, nil
}

// folder reads one folder whole. What STATUS, EXAMINE, SEARCH and FETCH say
// about the number of messages must be the same, else the server hides some.
// Unreadable messages were not hidden.
func (s *Scanner) folder(ctx context.Context, r *reading, name string) ([]ledger.Entry, error) {
	status, err := r.client.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("ask for the status: %w", err)
	}
	if status.NumMessages == nil {
		return nil, fmt.Errorf("the status has no number of messages")
	}
	var found []ledger.Entry
	var validity uint32
	f, err := r.open(name, whole, func(one message) { found = append(found, s.entry(r.account, name, validity, one)) })
	if err != nil {
		return nil, err
	}
	validity = f.status.UIDValidity
	if err := f.list(); err != nil {
		return nil, err
	}
	counts := [4]int{int(*status.NumMessages), int(f.status.NumMessages), len(f.listed)}
	if max(counts[0], counts[1], counts[2]) > 0 {
		illegible, err := f.peruse(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, illegible...)
	}
	counts[3] = len(found)
	if counts[1] != counts[0] || counts[2] != counts[0] || counts[3] != counts[0] {
		return nil, fmt.Errorf("STATUS, EXAMINE, SEARCH and FETCH count differently: %v", counts)
	}
	return found, nil
}

// peruse reads every message of a folder, and gives an entry for each that cannot
// be read.
func (f *folder) peruse(ctx context.Context) (all []ledger.Entry, err error) {
	if err := f.sweep(ctx, 1); err != nil {
		return nil, err
	}
	for _, uid := range f.missing(0) {
		if err := f.again(ctx); err != nil {
			return nil, err
		}
		if err := f.alone(ctx, uid); err != nil {
			return nil, err
		}
	}
	for uid, why := range f.illegible {
		all = append(all, ledger.Entry{Kind: ledger.Seen, Mailbox: f.account.Address + "/" + f.name, UID: uint32(uid),
			UIDValidity: f.status.UIDValidity, Integrity: ledger.Damaged, Foreign: "unreadable", Detail: why})
	}
	return all, nil
}

// entry says what one message is: which copy of ours, or whose.
func (s *Scanner) entry(a topology.Account, folder string, validity uint32, one message) ledger.Entry {
	f := one.found
	e := ledger.Entry{Kind: ledger.Seen, Mailbox: a.Address + "/" + folder, UID: uint32(one.uid), UIDValidity: validity, Arrived: s.arrived(one.arrived),
		Integrity: ledger.Intact, Hops: strings.Join(f.Hops, ";"), Attempt: uint16(f.Attempt)}
	switch f.Class {
	case identity.Ours:
		if f.Unmarked {
			e.Unmarked = 1
		}
		e.Copy = ledger.Copy{Stream: f.Token.Stream, Seq: f.Token.Seq}
		e.Copy.Rcpt, e.Foreign = recipient(f.Recipients, a.Address)
		if !f.Intact {
			e.Integrity, e.Detail = ledger.Damaged, f.Damage
		}
	default:
		e.Foreign = string(f.Class)
	}
	return e
}

// arrived puts INTERNALDATE on the run's clock. It names a whole second: the
// message was stored in the second that begins then. It may be negative, for
// mail from before the run or by a node whose clock is wrong; 0 is not known.
func (s *Scanner) arrived(at time.Time) time.Duration {
	if at.IsZero() || s.Began.IsZero() {
		return 0
	}
	if d := at.Sub(s.Began); d != 0 {
		return d
	}
	return 1
}

// recipient finds the owner of a mailbox among the recipients that a message
// names. Of one that lost that header nobody can tell here whose it is; the judge
// compares it with the intents.
func recipient(recipients []string, owner string) (index uint16, foreign string) {
	if len(recipients) == 0 {
		return 0, "unaddressed"
	}
	i := slices.IndexFunc(recipients, func(r string) bool { return strings.EqualFold(r, owner) })
	if i < 0 {
		return 0, "misdelivered"
	}
	return uint16(i), ""
}
