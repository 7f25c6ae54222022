package stored

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/ledger"
)

// assigned is what the server says of a new message (APPENDUID, COPYUID).
type assigned struct{ uid, validity uint32 }

// carrier orders one operation. An error that wraps [errNotSent] came before
// the command; one that is a tagged NO or BAD means that nothing has changed.
type carrier func(*worker, context.Context, *task) (assigned, error)

// errNotSent: nothing of the command was written.
var errNotSent = errors.New("not attempted")

// errUnchanged: the server, or the protocol, says that nothing has changed.
var errUnchanged = errors.New("nothing has changed")

func notSent(err error) error { return fmt.Errorf("%w: %w", errNotSent, err) }

// once chooses one operation, writes the intent, carries it out and writes what
// became of it.
func (w *worker) once(ctx context.Context) {
	o, t := w.choose()
	if t == nil {
		return
	}
	t.order.N, t.order.Account, t.order.Began = int(w.orders.Add(1)), w.account.Address, w.now()
	w.Note(ledger.StateIntent, t.order)
	ctx, cancel := context.WithTimeout(ctx, operationLimit)
	defer cancel()
	got, err := o.carry(w, ctx, t)
	out := ledger.StateOutcome{N: t.order.N, Account: t.order.Account, Verdict: verdict(err),
		UID: got.uid, UIDValidity: got.validity, Ended: w.now()}
	if err != nil {
		out.Error = err.Error()
	}
	w.Note(ledger.StateDone, out)
	switch out.Verdict {
	case ledger.StateOK:
		o.done(w, t, got)
	case ledger.StateIndeterminate:
		w.distrust(o.kind, t)
	}
	switch {
	case err == nil || w.session == nil:
	case refused(err) && w.session.alive():
		w.session.selected = "" // perhaps it is not what it was
	default:
		w.hangUp()
	}
}

// verdict tells the four endings apart.
func verdict(err error) string {
	switch {
	case err == nil:
		return ledger.StateOK
	case errors.Is(err, errNotSent):
		return ledger.StateNotAttempted
	case errors.Is(err, errUnchanged), refused(err):
		return ledger.StateFailed
	}
	return ledger.StateIndeterminate
}

// distrust keeps everything that an operation without a reply touched out of
// the operations to come.
func (w *worker) distrust(kind string, t *task) {
	if t.mail != nil {
		t.mail.unsure = true
	}
	if t.target != nil {
		t.target.tried[t.order.Seq] = true
	}
	switch kind {
	case ledger.OpCreate, ledger.OpRename, ledger.OpSubscribe, ledger.OpUnsubscribe:
		t.folder.unsure = true
	}
}

func (w *worker) hangUp() {
	if w.session != nil {
		w.session.close()
		w.session = nil
	}
}

// connected gives the open session, or a new one. For as long as the operation
// lasts, the connection ends with its context.
func (w *worker) connected(ctx context.Context) (*session, func() bool, error) {
	if w.session != nil && !w.session.alive() {
		w.hangUp()
	}
	if w.session == nil {
		s, err := w.login(ctx, context.Background())
		if err != nil {
			return nil, nil, notSent(err)
		}
		w.session = s
	}
	s := w.session
	return s, context.AfterFunc(ctx, s.close), nil
}

// within carries out a command on a session.
func (w *worker) within(ctx context.Context, do func(*session) error) error {
	s, stop, err := w.connected(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return do(s)
}

// upon carries out a command on one message, after a look whether the UID still
// names it: what another message bears its UID now must not be changed.
func (w *worker) upon(ctx context.Context, t *task, do func(*session, imap.UIDSet) error) error {
	return w.within(ctx, func(s *session) error {
		if err := s.open(t.folder); err != nil {
			return notSent(err)
		}
		seq, there, err := s.whose(t.mail.uid, w.Key)
		if err != nil {
			return notSent(err)
		}
		if seq != t.mail.seq {
			t.mail.unsure = true
			w.Note(ledger.StateSeen, ledger.UIDSighting{Account: w.account.Address, Folder: t.folder.name,
				UIDValidity: s.validity, UID: t.mail.uid, Seq: seq})
			return notSent(fmt.Errorf("UID %d is not message %d any more (there: %t, number %d)", t.mail.uid, t.mail.seq, there, seq))
		}
		return do(s, imap.UIDSetNum(imap.UID(t.mail.uid)))
	})
}

func (w *worker) storeFlags(ctx context.Context, t *task) (assigned, error) {
	op := imap.StoreFlagsAdd
	if t.order.Kind == ledger.OpRemoveFlags {
		op = imap.StoreFlagsDel
	}
	return assigned{}, w.upon(ctx, t, func(s *session, uid imap.UIDSet) error {
		return s.client.Store(uid, &imap.StoreFlags{Op: op, Silent: true, Flags: flagsOf(t.order.Flags)}, nil).Close()
	})
}

func (w *worker) append(ctx context.Context, t *task) (got assigned, err error) {
	err = w.within(ctx, func(s *session) error {
		data, err := s.store(t.folder.name, t.text)
		if err == nil {
			got = assigned{uint32(data.UID), data.UIDValidity}
		}
		return err
	})
	return got, err
}

func (w *worker) copy(ctx context.Context, t *task) (got assigned, err error) {
	err = w.upon(ctx, t, func(s *session, uid imap.UIDSet) error {
		data, err := s.client.Copy(uid, t.target.name).Wait()
		if err == nil {
			got.uid, got.validity, err = s.copied(data.DestUIDs, data.UIDValidity)
		}
		return err
	})
	return got, err
}

func (w *worker) move(ctx context.Context, t *task) (got assigned, err error) {
	err = w.upon(ctx, t, func(s *session, uid imap.UIDSet) error {
		if !s.moves() {
			return notSent(errors.New("the server does not offer MOVE"))
		}
		data, err := s.client.Move(uid, t.target.name).Wait()
		if err == nil {
			got.uid, got.validity, err = s.copied(data.DestUIDs, data.UIDValidity)
		}
		return err
	})
	return got, err
}

func (s *session) moves() bool { return s.caps.Has(imap.CapMove) || s.caps.Has(imap.CapIMAP4rev2) }

// copied reads the one UID of COPYUID. An OK without it copied nothing, where
// the server offers UIDPLUS: the message was gone (RFC 4315, section 3).
func (s *session) copied(to imap.NumSet, validity uint32) (uid, of uint32, err error) {
	if set, ok := to.(imap.UIDSet); ok && len(set) > 0 {
		return uint32(set[0].Start), validity, nil
	}
	if s.caps.Has(imap.CapUIDPlus) {
		return 0, 0, fmt.Errorf("%w: the server found no message", errUnchanged)
	}
	return 0, 0, nil
}

func (w *worker) expunge(ctx context.Context, t *task) (assigned, error) {
	return assigned{}, w.upon(ctx, t, func(s *session, uid imap.UIDSet) error {
		deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := s.client.Store(uid, deleted, nil).Close(); err != nil {
			return err
		}
		var err error
		if s.caps.Has(imap.CapUIDPlus) {
			err = s.client.UIDExpunge(uid).Close()
		} else {
			err = s.client.Expunge().Close()
		}
		if refused(err) { // it is marked, and there: no ending of the table
			return fmt.Errorf("expunge after STORE: %v", err)
		}
		return err
	})
}

func (w *worker) create(ctx context.Context, t *task) (assigned, error) {
	return assigned{}, w.within(ctx, func(s *session) error { return s.client.Create(t.folder.name, nil).Wait() })
}

// rename is not ordered for the folder that the session has selected: what
// becomes of that is not said anywhere.
func (w *worker) rename(ctx context.Context, t *task) (assigned, error) {
	return assigned{}, w.within(ctx, func(s *session) error {
		if s.selected == t.folder.name {
			s.selected = ""
			if _, err := s.client.Select(inbox, nil).Wait(); err != nil {
				return notSent(err)
			}
		}
		return s.client.Rename(t.folder.name, t.order.Target, nil).Wait()
	})
}

func (w *worker) subscribe(ctx context.Context, t *task) (assigned, error) {
	return assigned{}, w.within(ctx, func(s *session) error { return s.client.Subscribe(t.folder.name).Wait() })
}

func (w *worker) unsubscribe(ctx context.Context, t *task) (assigned, error) {
	return assigned{}, w.within(ctx, func(s *session) error { return s.client.Unsubscribe(t.folder.name).Wait() })
}
