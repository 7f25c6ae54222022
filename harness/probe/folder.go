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

// folders reads every folder of one account, on one connection.
func (s *Scanner) folders(ctx context.Context, store string, a topology.Account) ([]ledger.Entry, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	impatient := time.AfterFunc(scanLogin, cancel)
	m, err := login(ctx, s.Dialer, store, a)
	impatient.Stop()
	if err != nil {
		return nil, err
	}
	defer m.close()
	names, err := m.list()
	if err != nil {
		return nil, err
	}
	var all []ledger.Entry
	for _, name := range names {
		found, err := s.folder(m, a, name)
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

// list names the folders that can be opened. The inbox is always one of them
// (RFC 9051, section 5.1).
func (m *mailbox) list() ([]string, error) {
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
func (s *Scanner) folder(m *mailbox, a topology.Account, name string) ([]ledger.Entry, error) {
	status, err := m.client.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("ask for the status: %w", err)
	}
	if status.NumMessages == nil {
		return nil, fmt.Errorf("the status has no number of messages")
	}
	data, err := m.examine(name)
	if err != nil {
		return nil, err
	}
	hits, err := m.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	counts := [4]int{int(*status.NumMessages), int(data.NumMessages), len(hits.AllUIDs())}
	var found []ledger.Entry
	if max(counts[0], counts[1], counts[2]) > 0 {
		err = m.read(from(1), whole, s.Key, func(one message) {
			found = append(found, s.entry(a, name, data.UIDValidity, one))
		})
		if err != nil {
			return nil, err
		}
	}
	counts[3] = len(found)
	if counts[1] != counts[0] || counts[2] != counts[0] || counts[3] != counts[0] {
		return nil, fmt.Errorf("STATUS, EXAMINE, SEARCH and FETCH count differently: %v", counts)
	}
	return found, nil
}

// entry says what one message is: which copy of ours, or whose.
func (s *Scanner) entry(a topology.Account, folder string, validity uint32, one message) ledger.Entry {
	f := one.found
	e := ledger.Entry{Kind: ledger.Seen, Mailbox: a.Address + "/" + folder, UID: uint32(one.uid), UIDValidity: validity, Arrived: s.arrived(one.arrived),
		Integrity: ledger.Intact, Hops: strings.Join(f.Hops, ";"), Attempt: uint16(f.Attempt)}
	switch f.Class {
	case identity.Ours:
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
// names. A message that lost that header may still be the owner's first copy;
// its damage is told by its body.
func recipient(recipients []string, owner string) (index uint16, foreign string) {
	if len(recipients) == 0 {
		return 0, ""
	}
	i := slices.IndexFunc(recipients, func(r string) bool { return strings.EqualFold(r, owner) })
	if i < 0 {
		return 0, "misdelivered"
	}
	return uint16(i), ""
}
