package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"maildrill/harness/embedded/durable"
)

// box is one mailbox: a folder with a file for each message, whose name is its
// UID and internal date, and the file uidlist. Flags are not worth a disk's
// wait, messages are.
type box struct {
	dir, name string
	tracker   *imapserver.MailboxTracker
	parts     atomic.Uint64 // names of files being written
	gone      atomic.Bool   // renamed, removed or replaced while sessions have it open

	mu       sync.Mutex
	validity uint32
	next     imap.UID
	messages []*message // by UID
	buried   []grave    // the last that were expunged
}

// message is one message of a mailbox. Its text is read when it is asked for.
type message struct {
	uid  imap.UID
	date time.Time
	size int64
	path string
	// flags in lower case; under the lock of the box.
	flags []imap.Flag
}

// uidlist is what must outlive the messages themselves.
type uidlist struct {
	Validity uint32   `json:"validity"`
	Next     imap.UID `json:"next"`
}

const listName = "uidlist"

func openBox(dir, name string) (*box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	b := &box{dir: dir, name: name}
	if err := b.readList(); err != nil {
		return nil, fmt.Errorf("mailbox %s: %w", name, err)
	}
	if err := b.readMessages(); err != nil {
		return nil, fmt.Errorf("mailbox %s: %w", name, err)
	}
	b.tracker = imapserver.NewMailboxTracker(uint32(len(b.messages)))
	return b, nil
}

func (b *box) readList() error {
	text, err := os.ReadFile(filepath.Join(b.dir, listName))
	if errors.Is(err, fs.ErrNotExist) {
		b.validity, b.next = uint32(time.Now().Unix()), 1
		return b.writeList()
	}
	var l uidlist
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	b.validity, b.next = l.Validity, l.Next
	return err
}

func (b *box) writeList() error { return b.saveList(b.validity) }

func (b *box) saveList(validity uint32) error {
	text, err := json.Marshal(uidlist{validity, b.next})
	if err != nil {
		return err
	}
	return durable.Replace(filepath.Join(b.dir, listName), text)
}

// readMessages finds the messages, and removes what a kill left half written.
func (b *box) readMessages() error {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		m := &message{path: filepath.Join(b.dir, e.Name())}
		var nanos int64
		if strings.HasSuffix(e.Name(), durable.Suffix) {
			err = errors.Join(err, os.Remove(m.path))
		}
		if _, parsed := fmt.Sscanf(e.Name(), "%d,%d.eml", &m.uid, &nanos); parsed != nil || filepath.Ext(e.Name()) != ".eml" {
			continue
		}
		info, statErr := e.Info()
		if statErr != nil {
			return statErr
		}
		m.size, m.date, m.flags = info.Size(), time.Unix(0, nanos), readFlags(m.path)
		b.messages = append(b.messages, m)
		b.next = max(b.next, m.uid+1)
	}
	slices.SortFunc(b.messages, func(x, y *message) int { return int(x.uid) - int(y.uid) })
	return err
}

// add returns when the message is on stable storage. UIDs are given in the
// order in which messages appear: a client must never see a lower one later.
func (b *box) add(text []byte, o *imap.AppendOptions) (*imap.AppendData, error) {
	m := &message{size: int64(len(text)), date: time.Now()}
	if o != nil {
		m.flags = lower(o.Flags)
		if !o.Time.IsZero() {
			m.date = o.Time
		}
	}
	temporary := filepath.Join(b.dir, fmt.Sprintf("%d"+durable.Suffix, b.parts.Add(1)))
	if err := durable.Write(temporary, text); err != nil {
		return nil, err
	}
	if err := b.insert(m, temporary); err != nil {
		return nil, err
	}
	return &imap.AppendData{UIDValidity: b.validity, UID: m.uid}, durable.SyncFolder(b.dir)
}

// fileName is what a message's file says of it.
func fileName(uid imap.UID, date time.Time) string {
	return fmt.Sprintf("%010d,%d.eml", uid, date.UnixNano())
}

func (b *box) insert(m *message, temporary string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.uid = b.next
	m.path = filepath.Join(b.dir, fileName(m.uid, m.date))
	if err := os.Rename(temporary, m.path); err != nil {
		return err
	}
	if len(m.flags) > 0 {
		m.writeFlags()
	}
	b.next++
	b.messages = append(b.messages, m)
	b.tracker.QueueNumMessages(uint32(len(b.messages)))
	return nil
}

// expunge removes the messages marked \Deleted, of those named if any are.
func (b *box) expunge(uids *imap.UIDSet) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.writeList(); err != nil { // or the UIDs could be used again
		return err
	}
	for i := len(b.messages) - 1; i >= 0; i-- {
		m := b.messages[i]
		if !m.has(imap.FlagDeleted) || uids != nil && !uids.Contains(m.uid) {
			continue
		}
		if err := b.remove(i); err != nil {
			return err
		}
	}
	return nil
}

// remove takes message i away and tells every session. b.mu is held.
func (b *box) remove(i int) error {
	m := b.messages[i]
	b.bury(m)
	if err := os.Remove(m.path); err != nil {
		return err
	}
	_ = os.Remove(m.path + flagsSuffix) // there may be none
	b.messages = slices.Delete(b.messages, i, i+1)
	b.tracker.QueueExpunge(uint32(i) + 1)
	return nil
}

func (m *message) text() (*bytes.Reader, error) {
	data, err := os.ReadFile(m.path)
	return bytes.NewReader(data), err
}
