package store

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/topology"
)

// Store is one life of a mail store.
type Store struct {
	accounts []topology.Account
	log      *log.Logger
	users    map[string]*user // by address in lower case
	// Veil is what readers are shown instead. Nil: the truth.
	Veil *topology.Veil
}

// user is the mailboxes of one account.
type user struct {
	dir string

	mu         sync.Mutex
	boxes      map[string]*box
	subscribed map[string]bool // by name; it need not exist (RFC 3501, section 6.3.6)
	salt       int             // of the POP3 unique-ids; only a lie changes it
	kept       map[string]snapshot
}

const inbox = "INBOX"

// Open reads the mailboxes of the accounts, and makes those that are missing.
func Open(dir string, accounts []topology.Account, l *log.Logger) (*Store, error) {
	s := &Store{accounts: accounts, log: l, users: map[string]*user{}}
	for _, a := range accounts {
		u, err := openUser(filepath.Join(dir, strings.ToLower(a.Address)))
		if err != nil {
			return nil, fmt.Errorf("open the mailboxes of %s: %w", a.Address, err)
		}
		s.users[strings.ToLower(a.Address)] = u
	}
	return s, nil
}

func openUser(dir string) (*user, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	u := &user{dir: dir, boxes: map[string]*box{}, kept: map[string]snapshot{}}
	var err error
	if u.subscribed, err = readSubscriptions(dir); err != nil {
		return nil, err
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := []string{inbox}
	for _, f := range folders {
		if f.IsDir() && f.Name() != inbox {
			names = append(names, f.Name())
		}
	}
	for _, name := range names {
		if u.boxes[name], err = openBox(filepath.Join(dir, name), name); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// Has tells whether the address has a mailbox.
func (s *Store) Has(address string) bool {
	_, ok := s.users[strings.ToLower(address)]
	return ok
}

// Deliver returns when the message is on stable storage in the inbox.
func (s *Store) Deliver(address string, message []byte) error {
	u, ok := s.users[strings.ToLower(address)]
	if !ok {
		return fmt.Errorf("%s has no mailbox here", address)
	}
	b, err := u.box(inbox)
	if err != nil {
		return err
	}
	_, err = b.add(message, nil)
	return err
}

// login finds the mailboxes of a user.
func (s *Store) login(name, password string) (*user, bool) {
	i := slices.IndexFunc(s.accounts, func(a topology.Account) bool {
		return strings.EqualFold(a.User, name) && a.Password == password
	})
	if i < 0 {
		return nil, false
	}
	return s.users[strings.ToLower(s.accounts[i].Address)], true
}

// box finds a mailbox; INBOX in any case (RFC 3501, section 5.1).
func (u *user) box(name string) (*box, error) {
	if strings.EqualFold(name, inbox) {
		name = inbox
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if b, ok := u.boxes[name]; ok {
		return b, nil
	}
	return nil, no(imap.ResponseCodeNonExistent, "no such mailbox")
}

// create makes a mailbox. Hierarchies are not offered.
func (u *user) create(name string) error {
	if !possible(name) {
		return errName
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, ok := u.boxes[name]; ok || strings.EqualFold(name, inbox) {
		return no(imap.ResponseCodeAlreadyExists, "mailbox exists")
	}
	b, err := openBox(filepath.Join(u.dir, name), name)
	if err != nil {
		return err
	}
	u.boxes[name] = b
	return nil
}

// no is a tagged NO with a code (RFC 3501, section 7.1.2; RFC 5530).
func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}
