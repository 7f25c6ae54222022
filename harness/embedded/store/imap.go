package store

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Port is a listener that can end its connections too.
type Port interface {
	net.Listener
	// Cut stops listening and resets every connection.
	Cut()
}

// ServeIMAP serves until the context ends, and waits for the sessions.
func (s *Store) ServeIMAP(ctx context.Context, port Port) {
	var server, conns sync.WaitGroup
	srv := imapserver.New(&imapserver.Options{
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapListExtended: {}},
		InsecureAuth: true,
		Logger:       s.log,
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return s.veiled(&session{store: s}, c), nil, nil
		},
	})
	server.Go(func() { _ = srv.Serve(counting{port, &conns}) }) // it ends with the port
	<-ctx.Done()
	port.Cut()
	server.Wait()
	conns.Wait()
	_ = srv.Close() // the port is closed already
}

// counting knows which connections the server is not done with: closing them
// is the last thing that it does.
type counting struct {
	net.Listener
	open *sync.WaitGroup
}

// Accept implements net.Listener.
func (l counting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.open.Add(1)
	return &counted{Conn: c, done: sync.OnceFunc(l.open.Done)}, nil
}

type counted struct {
	net.Conn
	done func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.done()
	return c.Conn.Close()
}

// session is one IMAP connection.
type session struct {
	store *Store
	user  *user
	view  *view
}

var _ imapserver.SessionMove = (*session)(nil)

// Close implements imapserver.Session.
func (s *session) Close() error {
	if s.view != nil {
		s.view.tracker.Close()
	}
	return nil
}

// Login implements imapserver.Session.
func (s *session) Login(name, password string) error {
	u, ok := s.store.login(name, password)
	if !ok {
		return imapserver.ErrAuthFailed
	}
	s.user = u
	return nil
}

// Select implements imapserver.Session, and EXAMINE.
func (s *session) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	b, err := s.user.box(name)
	if err != nil {
		return nil, err
	}
	v, data := b.open(o != nil && o.ReadOnly)
	s.view = v
	return data, nil
}

// Unselect implements imapserver.Session.
func (s *session) Unselect() error {
	s.view.tracker.Close()
	s.view = nil
	return nil
}

// Create implements imapserver.Session.
func (s *session) Create(name string, _ *imap.CreateOptions) error { return s.user.create(name) }

// Delete implements imapserver.Session: a drill deletes no mailbox.
func (s *session) Delete(string) error { return errCannot }

// Rename implements imapserver.Session.
func (s *session) Rename(name, to string, _ *imap.RenameOptions) error {
	return s.user.rename(name, to)
}

// errReadOnly answers an attempt to change a mailbox that was opened with
// EXAMINE (RFC 3501, section 6.3.2).
var errReadOnly = &imap.Error{Type: imap.StatusResponseTypeNo, Text: "the mailbox is open for reading only"}

// errGone answers a session whose mailbox was renamed, removed or replaced.
var errGone = no(imap.ResponseCodeNonExistent, "the mailbox that was selected is gone")

func (v *view) writable() error {
	switch {
	case v.box.gone.Load():
		return errGone
	case v.readOnly:
		return errReadOnly
	}
	return nil
}

var errCannot = no(imap.ResponseCodeCannot, "not supported by this store")

// Subscribe implements imapserver.Session.
func (s *session) Subscribe(name string) error { return s.user.subscribe(name, true) }

// Unsubscribe implements imapserver.Session.
func (s *session) Unsubscribe(name string) error { return s.user.subscribe(name, false) }

// List implements imapserver.Session, and LSUB.
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, d := range s.user.listed(o) {
		if !slices.ContainsFunc(patterns, func(p string) bool { return imapserver.MatchList(d.Mailbox, delimiter, ref, p) }) {
			continue
		}
		if err := w.WriteList(&d); err != nil {
			return err
		}
	}
	return nil
}

const delimiter = '/'

// Status implements imapserver.Session.
func (s *session) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	b, err := s.user.box(name)
	if err != nil {
		return nil, err
	}
	return b.status(o), nil
}

// Append implements imapserver.Session.
func (s *session) Append(name string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	b, err := s.user.box(name)
	if err != nil {
		return nil, no(imap.ResponseCodeTryCreate, "no such mailbox")
	}
	text, err := io.ReadAll(r)
	if err == nil && int64(len(text)) < r.Size() {
		err = io.ErrUnexpectedEOF // the client is gone in the middle of the message
	}
	if err != nil {
		return nil, err
	}
	return b.add(text, o)
}

// Poll implements imapserver.Session.
func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.tracker.Poll(w, allowExpunge)
}

// Idle implements imapserver.Session.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	if s.view == nil {
		<-stop
		return nil
	}
	return s.view.tracker.Idle(w, stop)
}

// Expunge implements imapserver.Session.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if s.view.readOnly || s.view.box.gone.Load() {
		return nil // CLOSE comes here too, and gives no error (RFC 3501, section 6.4.2)
	}
	return s.view.box.expunge(uids) // the tracker tells every session, this one too
}

// Search implements imapserver.Session.
func (s *session) Search(kind imapserver.NumKind, c *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	if s.view.box.gone.Load() {
		return nil, errGone
	}
	return s.view.search(kind, c)
}

// Fetch implements imapserver.Session.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	if s.view.box.gone.Load() {
		return errGone
	}
	return s.view.fetch(w, set, o)
}

// Store implements imapserver.Session.
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, f *imap.StoreFlags, _ *imap.StoreOptions) error {
	if err := s.view.writable(); err != nil {
		return err
	}
	return s.view.store(w, set, f)
}

// Copy implements imapserver.Session.
func (s *session) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	to, err := s.user.box(name)
	if err != nil {
		return nil, no(imap.ResponseCodeTryCreate, "no such mailbox")
	}
	if s.view.box.gone.Load() {
		return nil, errGone
	}
	return s.view.copy(set, to)
}

// Move implements imapserver.SessionMove (RFC 6851).
func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	if err := s.view.writable(); err != nil {
		return err
	}
	to, err := s.user.box(name)
	if err != nil {
		return no(imap.ResponseCodeTryCreate, "no such mailbox")
	}
	if to == s.view.box {
		return no(imap.ResponseCodeCannot, "the messages are there already")
	}
	data, err := s.view.copy(set, to)
	if err != nil || data == nil {
		return err
	}
	if err := w.WriteCopyData(data); err != nil {
		return err
	}
	return s.view.box.take(data.SourceUIDs)
}
