package store

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/embedded/durable"
)

// subscriptionsName is a file beside the mailboxes; no mailbox has a name that
// begins with a dot.
const subscriptionsName = ".subscriptions"

var errName = no(imap.ResponseCodeCannot, "no such name is possible here")

// possible tells whether a mailbox may have the name. Hierarchies are not
// offered.
func possible(name string) bool {
	return name != "" && !strings.ContainsAny(name, "/\\\x00\n") && !strings.HasPrefix(name, ".")
}

func readSubscriptions(dir string) (map[string]bool, error) {
	subscribed := map[string]bool{}
	text, err := os.ReadFile(filepath.Join(dir, subscriptionsName))
	if errors.Is(err, fs.ErrNotExist) {
		return subscribed, nil
	}
	for name := range strings.Lines(string(text)) {
		subscribed[strings.TrimSuffix(name, "\n")] = true
	}
	return subscribed, err
}

// subscribe returns when the change is on stable storage.
func (u *user) subscribe(name string, on bool) error {
	if strings.EqualFold(name, inbox) {
		name = inbox
	}
	if !possible(name) {
		return errName
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.subscribed[name] == on {
		return nil
	}
	changed := maps.Clone(u.subscribed)
	delete(changed, name)
	if on {
		changed[name] = true
	}
	text := strings.Join(slices.Sorted(maps.Keys(changed)), "\n") + "\n"
	if err := durable.Replace(filepath.Join(u.dir, subscriptionsName), []byte(strings.TrimPrefix(text, "\n"))); err != nil {
		return err
	}
	u.subscribed = changed
	return nil
}

// rename moves a mailbox with its UIDs. Sessions that have it open find it gone.
func (u *user) rename(name, to string) error {
	if strings.EqualFold(name, inbox) || !possible(to) {
		return errName
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	b, ok := u.boxes[name]
	if !ok {
		return no(imap.ResponseCodeNonExistent, "no such mailbox")
	}
	if _, taken := u.boxes[to]; taken || strings.EqualFold(to, inbox) {
		return no(imap.ResponseCodeAlreadyExists, "mailbox exists")
	}
	b.mu.Lock() // whoever stores a message in it right now finds no folder afterwards
	defer b.mu.Unlock()
	if err := b.writeList(); err != nil {
		return err
	}
	dir := filepath.Join(u.dir, to)
	if err := os.Rename(b.dir, dir); err != nil {
		return err
	}
	renamed, err := openBox(dir, to)
	if err != nil {
		return err
	}
	b.gone.Store(true)
	delete(u.boxes, name)
	u.boxes[to] = renamed
	return durable.SyncFolder(u.dir)
}

// listed gives what LIST and LSUB show: with SelectSubscribed also names that
// are gone (RFC 5258, section 3.1).
func (u *user) listed(o *imap.ListOptions) []imap.ListData {
	if o == nil {
		o = &imap.ListOptions{}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	names := slices.Collect(maps.Keys(u.boxes))
	if o.SelectSubscribed {
		names = slices.Collect(maps.Keys(u.subscribed))
	}
	slices.Sort(names)
	var all []imap.ListData
	for _, name := range names {
		d := imap.ListData{Mailbox: name, Delim: delimiter}
		if (o.SelectSubscribed || o.ReturnSubscribed) && u.subscribed[name] {
			d.Attrs = append(d.Attrs, imap.MailboxAttrSubscribed)
		}
		if _, exists := u.boxes[name]; !exists {
			d.Attrs = append(d.Attrs, imap.MailboxAttrNonExistent)
		}
		all = append(all, d)
	}
	return all
}

// take removes messages that were copied elsewhere, whatever their flags.
func (b *box) take(uids imap.UIDSet) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.writeList(); err != nil { // or the UIDs could be used again
		return err
	}
	for i := len(b.messages) - 1; i >= 0; i-- {
		if !uids.Contains(b.messages[i].uid) {
			continue
		}
		if err := b.remove(i); err != nil {
			return err
		}
	}
	return nil
}
