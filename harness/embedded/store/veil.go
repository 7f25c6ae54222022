package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"maildrill/harness/embedded/durable"
	"maildrill/harness/topology"
)

// File stores a message in a folder of the address, which is made if there is
// none.
func (s *Store) File(address, folder string, message []byte) error {
	u, ok := s.users[strings.ToLower(address)]
	if !ok {
		return fmt.Errorf("%s has no mailbox here", address)
	}
	b, err := u.box(folder)
	if err != nil {
		if err := u.create(folder); err != nil {
			return err
		}
		if b, err = u.box(folder); err != nil {
			return err
		}
	}
	_, err = b.add(message, nil)
	return err
}

// buried counts the names of messages that no mailbox shows.
var buried atomic.Uint64

// Bury keeps a message on disk beside those of the inbox, under a name that no
// mailbox takes for a message: an index that lost it.
func (s *Store) Bury(address string, message []byte) error {
	u, ok := s.users[strings.ToLower(address)]
	if !ok {
		return fmt.Errorf("%s has no mailbox here", address)
	}
	b, err := u.box(inbox)
	if err != nil {
		return err
	}
	return durable.Write(filepath.Join(b.dir, fmt.Sprintf("lost-%d.eml", buried.Add(1))), message)
}

// veiled puts the veil before a session; without one the session is as it is.
func (s *Store) veiled(in *session, c *imapserver.Conn) imapserver.Session {
	if s.Veil == nil {
		return in
	}
	return &veiled{session: in, veil: s.Veil, hangUp: c.NetConn().Close}
}

// veiled is a session that shows something else than the store holds.
type veiled struct {
	*session
	veil   *topology.Veil
	hangUp func() error
}

var errClosed = no(imap.ResponseCodeUnavailable, "the mailbox cannot be opened")

// Select implements imapserver.Session.
func (v *veiled) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	shown := v.veil.Shown()
	if shown.Closed {
		return nil, errClosed
	}
	data, err := v.session.Select(name, o)
	if err != nil {
		return nil, err
	}
	data.NumMessages = count(v.view.list(), shown) + shown.More
	return data, nil
}

// Status implements imapserver.Session.
func (v *veiled) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	data, err := v.session.Status(name, o)
	if err != nil || data.NumMessages == nil {
		return data, err
	}
	b, err := v.user.box(name)
	if err != nil {
		return nil, err
	}
	shown := v.veil.Shown()
	n := count(b.all(), shown) + shown.More
	data.NumMessages = &n
	return data, nil
}

// Search implements imapserver.Session.
func (v *veiled) Search(kind imapserver.NumKind, c *imap.SearchCriteria, o *imap.SearchOptions) (*imap.SearchData, error) {
	shown := v.veil.Shown()
	narrower := *c
	narrower.UID = append(slices.Clone(c.UID), uidsOf(v.view.list(), func(m *message) bool {
		return visible(m, shown) && !multiple(m.uid, shown.Unfound)
	}))
	return v.session.Search(kind, &narrower, o)
}

// Fetch implements imapserver.Session.
func (v *veiled) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	shown := v.veil.Shown()
	picked := v.view.pick(set)
	left := shown.CutAfter
	for _, m := range picked {
		if !visible(m.message, shown) || multiple(m.uid, shown.Skip) {
			continue
		}
		if shown.CutAfter > 0 && left == 0 {
			return v.hangUp()
		}
		left--
		if err := v.session.Fetch(w, imap.UIDSetNum(m.uid), o); err != nil {
			return err
		}
	}
	return nil
}

// visible tells whether a message exists as far as readers are told.
func visible(m *message, s topology.Shown) bool {
	return !s.Empty && (s.Until.IsZero() || !m.date.After(s.Until))
}

func multiple(uid imap.UID, of uint32) bool { return of > 0 && uint32(uid)%of == 0 }

func count(all []numbered, s topology.Shown) (n uint32) {
	for _, m := range all {
		if visible(m.message, s) {
			n++
		}
	}
	return n
}

func uidsOf(all []numbered, wanted func(*message) bool) imap.UIDSet {
	var set imap.UIDSet
	for _, m := range all {
		if wanted(m.message) {
			set.AddNum(m.uid)
		}
	}
	if set == nil {
		set.AddNum(maxUID) // an empty set would match everything
	}
	return set
}

// maxUID is given to no message.
const maxUID imap.UID = 1<<32 - 1

// all gives the messages of the box, without sequence numbers.
func (b *box) all() []numbered {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]numbered, 0, len(b.messages))
	for _, m := range b.messages {
		list = append(list, numbered{message: m})
	}
	return list
}
