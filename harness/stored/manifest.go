package stored

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/ledger"
)

// manifest reads one account to its end and writes down what it found. A
// reading that fails is made again, on a new connection.
func (w *worker) manifest(ctx context.Context, round string) ledger.Manifest {
	m := ledger.Manifest{}
	for range manifestTries {
		m = ledger.Manifest{Round: round, Account: w.account.Address, Began: w.now(), Folders: []ledger.StoredFolder{}}
		err := w.read(ctx, &m)
		m.Ended = w.now()
		if err == nil {
			break
		}
		m.Folders, m.Error = nil, err.Error()
		if ctx.Err() != nil {
			break
		}
	}
	w.Note(ledger.StateManifest, m)
	return m
}

func (w *worker) read(ctx context.Context, m *ledger.Manifest) error {
	ctx, cancel := context.WithTimeout(ctx, manifestLimit)
	defer cancel()
	impatient, soon := context.WithTimeout(ctx, loginLimit)
	defer soon()
	s, err := w.login(impatient, ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.list(m); err != nil {
		return err
	}
	for i := range m.Folders {
		if err := w.folder(s, &m.Folders[i]); err != nil {
			return fmt.Errorf("folder %s: %w", m.Folders[i].Name, err)
		}
	}
	if err := s.quota(m); err != nil {
		return err
	}
	s.leftOut(m)
	if err := w.readScripts(ctx, m); err != nil {
		return err
	}
	return w.readUIDL(ctx, m)
}

// list names the folders that can be opened, with their subscriptions where
// LIST tells them (RFC 5258).
func (s *session) list(m *ledger.Manifest) error {
	extended := s.caps.Has(imap.CapListExtended) || s.caps.Has(imap.CapIMAP4rev2)
	var options *imap.ListOptions
	if extended {
		options = &imap.ListOptions{ReturnSubscribed: true}
	} else {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: subscriptions, Why: "the server does not offer LIST-EXTENDED"})
	}
	found, err := s.client.List("", "*", options).Collect()
	if err != nil {
		return fmt.Errorf("list the folders: %w", err)
	}
	for _, f := range found {
		closed := slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(f.Attrs, imap.MailboxAttrNonExistent)
		if !closed {
			m.Folders = append(m.Folders, ledger.StoredFolder{Name: f.Mailbox, Subscribed: slices.Contains(f.Attrs, imap.MailboxAttrSubscribed)})
		}
	}
	slices.SortFunc(m.Folders, func(a, b ledger.StoredFolder) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// What a manifest may leave out; the judge knows the first two by these names.
const (
	subscriptions = "subscriptions"
	uniqueIDs     = "uidl"
)

// folder reads one folder whole and read-only.
func (w *worker) folder(s *session, f *ledger.StoredFolder) error {
	condstore := s.caps.Has(imap.CapCondStore)
	data, err := s.client.Select(f.Name, &imap.SelectOptions{ReadOnly: true, CondStore: condstore}).Wait()
	if err != nil {
		return fmt.Errorf("examine: %w", err)
	}
	f.UIDValidity, f.UIDNext, f.ModSeq = data.UIDValidity, uint32(data.UIDNext), data.HighestModSeq
	f.Messages = []ledger.StoredMessage{}
	if data.NumMessages == 0 {
		return nil
	}
	cmd := s.client.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true,
		ModSeq: condstore, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for one := cmd.Next(); one != nil; one = cmd.Next() {
		got, err := one.Collect()
		if err != nil {
			s.close() // the decoder must not be read from again
			return fmt.Errorf("fetch: %w", err)
		}
		if got.UID == 0 || len(got.BodySection) == 0 {
			continue // an unsolicited FETCH, of a flag for instance
		}
		f.Messages = append(f.Messages, w.found(got.UID, got.Flags, got.InternalDate.Unix(), got.ModSeq, got.BodySection[0].Bytes))
	}
	if err := cmd.Close(); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if len(f.Messages) != int(data.NumMessages) {
		return fmt.Errorf("EXAMINE counts %d messages, FETCH %d", data.NumMessages, len(f.Messages))
	}
	return nil
}

func (w *worker) found(uid imap.UID, flags []imap.Flag, date int64, modseq uint64, b []byte) ledger.StoredMessage {
	m := ledger.StoredMessage{UID: uint32(uid), Digest: digest(b), Size: int64(len(b)), Date: date, ModSeq: modseq}
	if head, _, whole := bytes.Cut(b, []byte("\r\n\r\n")); whole {
		m.Seq = seqOf(w.Key, append(bytes.Clone(head), "\r\n\r\n"...))
	}
	for _, f := range flags {
		if !strings.EqualFold(string(f), `\Recent`) {
			m.Flags = append(m.Flags, string(f))
		}
	}
	slices.Sort(m.Flags)
	return m
}

func (s *session) quota(m *ledger.Manifest) error {
	if !s.caps.Has(imap.CapQuota) {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: "quota", Why: "the server does not offer QUOTA"})
		return nil
	}
	roots, err := s.client.GetQuotaRoot(inbox).Wait()
	if err != nil {
		return fmt.Errorf("read the quota: %w", err)
	}
	for _, root := range roots {
		for _, kind := range []imap.QuotaResourceType{imap.QuotaResourceMessage, imap.QuotaResourceStorage} {
			if q, told := root.Resources[kind]; told {
				m.Quota = append(m.Quota, ledger.StoredQuota{Root: root.Root, Resource: string(kind), Usage: q.Usage, Limit: q.Limit})
			}
		}
	}
	return nil
}

// leftOut says what the server does not offer, and what it offers in vain.
func (s *session) leftOut(m *ledger.Manifest) {
	for _, missing := range []struct {
		cap       imap.Cap
		what, why string
	}{
		{imap.CapCondStore, "modseq", "the server does not offer CONDSTORE"},
		{imap.CapQResync, "qresync client", "the server does not offer QRESYNC"},
		{imap.CapUIDPlus, "uids of appended and copied mail", "the server does not offer UIDPLUS"},
		{imap.CapMove, "move", "the server does not offer MOVE"},
	} {
		if !s.caps.Has(missing.cap) {
			m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: missing.what, Why: missing.why})
		}
	}
	if s.caps.Has(imap.CapACL) {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: "acl", Why: "access rights are not read"})
	}
}
