package stored

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/starttls"
	"maildrill/harness/topology"
)

// session is an IMAP login on a connection of its own.
type session struct {
	client   *imapclient.Client
	caps     imap.CapSet
	selected string
	validity uint32
}

// login opens a session. Everything on it ends with bound.
func (w *worker) login(ctx, bound context.Context) (*session, error) {
	conn, err := w.Dialer.Dial(ctx, w.Store, topology.IMAP)
	if err != nil {
		return nil, fmt.Errorf("connect to IMAP of %s: %w", w.Store, err)
	}
	context.AfterFunc(bound, func() { conn.Close() })
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	private, err := starttls.IMAP(conn)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: %w", w.Store, err)
	}
	s := &session{client: imapclient.New(private, nil)}
	if err = s.client.WaitGreeting(); err == nil {
		err = s.client.Login(w.account.User, w.account.Password).Wait()
	}
	if err == nil {
		s.caps, err = s.client.Capability().Wait()
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("log in to %s as %s: %w", w.Store, w.account.User, err)
	}
	return s, nil
}

// close drops the connection: nothing is owed to the server.
func (s *session) close() { _ = s.client.Close() }

func (s *session) alive() bool {
	select {
	case <-s.client.Closed():
		return false
	default:
		return true
	}
}

// open selects a folder for writing, if it is not selected already.
func (s *session) open(f *folder) error {
	if s.selected == f.name {
		return f.same(s.validity)
	}
	s.selected = ""
	data, err := s.client.Select(f.name, nil).Wait()
	if err != nil {
		return fmt.Errorf("select %s: %w", f.name, err)
	}
	s.selected, s.validity = f.name, data.UIDValidity
	return f.same(s.validity)
}

// token is the section that shows whose message it is, and no more.
var token = imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{identity.HeaderToken}, Peek: true}

// whose tells the number of the message under a UID of the selected folder;
// there is false if no message is there, seq 0 if it is none of this run's.
func (s *session) whose(uid uint32, key identity.Key) (seq uint32, there bool, err error) {
	all, err := s.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{&token}}).Collect()
	if err != nil {
		return 0, false, fmt.Errorf("look at UID %d: %w", uid, err)
	}
	for _, m := range all {
		if uint32(m.UID) == uid && len(m.BodySection) > 0 {
			return seqOf(key, m.BodySection[0].Bytes), true, nil
		}
	}
	return 0, false, nil
}

// seqOf reads the number of a stored message out of its header.
func seqOf(key identity.Key, header []byte) uint32 {
	t, err := key.Decode(tokenField(header))
	if err != nil || t.Stream != ledger.StreamStored {
		return 0
	}
	return t.Seq
}

// refused tells a tagged NO or BAD, after which nothing has changed, from a
// connection that was lost.
func refused(err error) bool {
	var said *imap.Error
	return errors.As(err, &said) && (said.Type == imap.StatusResponseTypeNo || said.Type == imap.StatusResponseTypeBad)
}
