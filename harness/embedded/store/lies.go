package store

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/embedded/durable"
)

// Lie is one promise of a mail store that is broken on purpose, so that the
// truth is known to whoever judges the judge. It is no fault: a real server does
// not offer it.
type Lie struct {
	Kind    LieKind
	Account string // address
	Mailbox string // INBOX if empty
	UID     uint32
	Flag    string
	Value   uint32 // the new UIDVALIDITY
}

// LieKind names what a [Lie] does.
type LieKind string

const (
	// Remember keeps a copy of the mailbox as it is now.
	Remember LieKind = "remember"
	// RollBack puts that copy in its place, UIDNEXT and all, under the same
	// UIDVALIDITY: a snapshot restored as no server should.
	RollBack LieKind = "roll back"
	// ChangeValidity sets UIDVALIDITY to Value; UIDs stay.
	ChangeValidity LieKind = "change UIDVALIDITY"
	// Resurrect shows the expunged message again under its UID.
	Resurrect LieKind = "resurrect"
	// LoseFlag takes Flag off the message.
	LoseFlag LieKind = "lose a flag"
	// AddFlag puts Flag on the message.
	AddFlag LieKind = "add a flag"
	// LoseMessage removes the message.
	LoseMessage LieKind = "lose a message"
	// DamageMessage changes one byte of the message.
	DamageMessage LieKind = "damage a message"
	// LoseMailbox removes the mailbox with all that is in it.
	LoseMailbox LieKind = "lose a mailbox"
	// LoseSubscription forgets that the mailbox is subscribed.
	LoseSubscription LieKind = "lose a subscription"
	// ChurnUIDL gives every message of the inbox a new unique-id (RFC 1939).
	ChurnUIDL LieKind = "churn UIDL"
)

var lies = map[LieKind]func(*user, Lie) error{
	Remember:         func(u *user, l Lie) error { return u.remember(l.Mailbox) },
	RollBack:         func(u *user, l Lie) error { return u.rollBack(l.Mailbox) },
	ChangeValidity:   func(u *user, l Lie) error { return u.changeValidity(l.Mailbox, l.Value) },
	Resurrect:        func(u *user, l Lie) error { return u.resurrect(l.Mailbox, imap.UID(l.UID)) },
	LoseFlag:         func(u *user, l Lie) error { return u.reflag(l, imap.StoreFlagsDel) },
	AddFlag:          func(u *user, l Lie) error { return u.reflag(l, imap.StoreFlagsAdd) },
	LoseMessage:      func(u *user, l Lie) error { return u.lose(l.Mailbox, imap.UID(l.UID)) },
	DamageMessage:    func(u *user, l Lie) error { return u.damage(l.Mailbox, imap.UID(l.UID)) },
	LoseMailbox:      func(u *user, l Lie) error { return u.loseBox(l.Mailbox) },
	LoseSubscription: func(u *user, l Lie) error { return u.subscribe(l.Mailbox, false) },
	ChurnUIDL:        func(u *user, _ Lie) error { u.mu.Lock(); u.salt++; u.mu.Unlock(); return nil },
}

// Lie breaks one promise.
func (s *Store) Lie(l Lie) error {
	u, ok := s.users[strings.ToLower(l.Account)]
	tell, known := lies[l.Kind]
	if !ok || !known {
		return fmt.Errorf("lie %q about %s: no such lie, or no such account", l.Kind, l.Account)
	}
	if l.Mailbox == "" {
		l.Mailbox = inbox
	}
	if err := tell(u, l); err != nil {
		return fmt.Errorf("lie %q about %s of %s: %w", l.Kind, l.Mailbox, l.Account, err)
	}
	return nil
}

// snapshot is every file of a mailbox, by name.
type snapshot map[string][]byte

func (u *user) remember(name string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	b, ok := u.boxes[name]
	if !ok {
		return errors.New("no such mailbox")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.writeList(); err != nil {
		return err
	}
	entries, err := os.ReadDir(b.dir)
	kept := snapshot{}
	for _, e := range entries {
		text, readErr := os.ReadFile(filepath.Join(b.dir, e.Name()))
		err = errors.Join(err, readErr)
		kept[e.Name()] = text
	}
	u.kept[name] = kept
	return err
}

func (u *user) rollBack(name string) error {
	return u.reopen(name, func(dir string) error {
		kept, ok := u.kept[name]
		if !ok {
			return errors.New("nothing was remembered")
		}
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
		for file, text := range kept {
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, file), text, 0o600))
		}
		return err
	})
}

func (u *user) changeValidity(name string, value uint32) error {
	b, err := u.box(name)
	if err != nil {
		return err
	}
	return u.reopen(name, func(string) error { return b.saveList(value) })
}

// reopen changes the files of a mailbox and reads it anew. Sessions that have
// it open find it gone.
func (u *user) reopen(name string, change func(dir string) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	b, ok := u.boxes[name]
	if !ok {
		return errors.New("no such mailbox")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := change(b.dir); err != nil {
		return err
	}
	opened, err := openBox(b.dir, name)
	if err != nil {
		return err
	}
	opened.buried = b.buried
	b.gone.Store(true)
	u.boxes[name] = opened
	return nil
}

// grave is an expunged message.
type grave struct {
	uid   imap.UID
	date  time.Time
	flags []imap.Flag
	text  []byte
}

// gravesKept bounds what is remembered of a mailbox.
const gravesKept = 64

// bury remembers a message that is about to be removed. b.mu is held.
func (b *box) bury(m *message) {
	text, err := os.ReadFile(m.path)
	if err != nil {
		return // it cannot rise again, which only a lie would ask for
	}
	flags := slices.DeleteFunc(slices.Clone(m.flags), func(f imap.Flag) bool { return f == lower([]imap.Flag{imap.FlagDeleted})[0] })
	b.buried = append(b.buried, grave{m.uid, m.date, flags, text})
	b.buried = b.buried[max(0, len(b.buried)-gravesKept):]
}

func (u *user) resurrect(name string, uid imap.UID) error {
	return u.reopen(name, func(dir string) error {
		buried := u.boxes[name].buried
		i := slices.IndexFunc(buried, func(g grave) bool { return g.uid == uid })
		if i < 0 {
			return fmt.Errorf("message %d was not expunged lately", uid)
		}
		m := &message{uid: uid, path: filepath.Join(dir, fileName(uid, buried[i].date)), flags: buried[i].flags}
		m.writeFlags()
		return durable.Replace(m.path, buried[i].text)
	})
}

// find gives a message of a mailbox.
func (u *user) find(name string, uid imap.UID) (*box, *message, error) {
	b, err := u.box(name)
	if err != nil {
		return nil, nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.messages, func(m *message) bool { return m.uid == uid })
	if i < 0 {
		return nil, nil, fmt.Errorf("no message %d", uid)
	}
	return b, b.messages[i], nil
}

func (u *user) reflag(l Lie, op imap.StoreFlagsOp) error {
	b, m, err := u.find(l.Mailbox, imap.UID(l.UID))
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	m.change(&imap.StoreFlags{Op: op, Flags: []imap.Flag{imap.Flag(l.Flag)}})
	return nil
}

func (u *user) lose(name string, uid imap.UID) error {
	b, _, err := u.find(name, uid)
	if err != nil {
		return err
	}
	return b.take(imap.UIDSetNum(uid))
}

func (u *user) damage(name string, uid imap.UID) error {
	_, m, err := u.find(name, uid)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(m.path)
	if err != nil {
		return err
	}
	text[len(text)/2] ^= 1
	return os.WriteFile(m.path, text, 0o600)
}

func (u *user) loseBox(name string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	b, ok := u.boxes[name]
	if !ok || name == inbox {
		return errors.New("no such mailbox, or the inbox")
	}
	b.gone.Store(true)
	delete(u.boxes, name)
	return os.RemoveAll(b.dir)
}

// UIDs lists what a mailbox holds, in order, for those who plant lies.
func (s *Store) UIDs(account, name string) ([]uint32, error) {
	u, ok := s.users[strings.ToLower(account)]
	if !ok {
		return nil, fmt.Errorf("%s has no mailbox here", account)
	}
	b, err := u.box(name)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var uids []uint32
	for _, m := range b.messages {
		uids = append(uids, uint32(m.uid))
	}
	return uids, nil
}

// LieKinds lists the lies that can be told, sorted.
func LieKinds() []LieKind { return slices.Sorted(maps.Keys(lies)) }
