package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/identity"
	"maildrill/harness/topology"
)

const (
	breaksMost = 2000 // connections to one folder after the first
	blindMost  = 16   // of them while none of its messages was read
	aloneTries = 2    // attempts at one message by itself
)

// reading is the reading of one account at one store, on one connection after
// the other.
type reading struct {
	dialer  Dialer
	store   string
	account topology.Account
	key     identity.Key

	*mailbox
	end context.CancelFunc // of the connection
}

// connect logs in on a connection of its own; the one before ends.
func (r *reading) connect(ctx context.Context) error {
	r.leave()
	ctx, cancel := context.WithCancel(ctx)
	impatient := time.AfterFunc(scanLogin, cancel)
	m, err := login(ctx, r.dialer, r.store, r.account)
	impatient.Stop()
	if err != nil {
		cancel()
		return err
	}
	r.mailbox, r.end = m, cancel
	return nil
}

func (r *reading) leave() {
	if r.mailbox != nil {
		r.close()
		r.end()
		r.mailbox = nil
	}
}

// open examines a folder, whose messages take gets.
func (r *reading) open(name string, section imap.FetchItemBodySection, take func(message)) (*folder, error) {
	data, err := r.examine(name)
	if err != nil {
		return nil, err
	}
	return &folder{reading: r, name: name, status: data, section: section, take: take,
		got: map[imap.UID]bool{}, illegible: map[imap.UID]string{}}, nil
}

// folder is one folder that is being read. Some servers end the connection where
// a message is damaged (Dovecot does where a file is shorter than its index
// says); the messages behind it are read all the same.
type folder struct {
	*reading
	name    string
	status  *imap.SelectData
	section imap.FetchItemBodySection
	take    func(message)

	listed    []imap.UID // by SEARCH, ascending; nil: not asked yet
	got       map[imap.UID]bool
	illegible map[imap.UID]string // the unreadable, and why
	highest   imap.UID            // that was got
	control   imap.UID            // the first that was got
	breaks    int
}

// sweep reads the messages from first on, in long strides. One at which a stride
// ends is tried alone, as soon as any other was read. A folder of which no message
// can be read is an error.
func (f *folder) sweep(ctx context.Context, first imap.UID) error {
	passed, err := f.fetch(from(first))
	for err != nil {
		if len(f.got) == 0 && f.breaks >= blindMost {
			return fmt.Errorf("none of its messages can be read: %w", err)
		}
		if again := f.again(ctx); again != nil {
			return fmt.Errorf("%w (after: %w)", again, err)
		}
		rest := f.missing(max(passed, first-1))
		if len(rest) == 0 {
			break
		}
		if len(f.got) == 0 && f.breaks == 1 { // is the beginning damaged, or is nothing shown at all?
			if _, err = f.fetch(imap.UIDSetNum(rest[len(rest)-1])); err != nil {
				continue
			}
		}
		passed, err = f.stride(ctx, rest)
	}
	if len(f.got) == 0 && len(f.missing(first-1)) > 0 {
		return errors.New("none of its messages can be read")
	}
	return nil
}

// stride goes on with what is left after a break: the first of these is what
// broke the connection, as far as anybody can tell.
func (f *folder) stride(ctx context.Context, rest []imap.UID) (passed imap.UID, err error) {
	if len(f.got) > 0 {
		if err := f.alone(ctx, rest[0]); err != nil {
			return rest[0], err
		}
	}
	if len(rest) == 1 {
		return rest[0], nil
	}
	passed, err = f.fetch(imap.UIDSet{{Start: rest[1], Stop: rest[len(rest)-1]}})
	return max(passed, rest[0]), err
}

// alone tries a message by itself, on a fresh connection, twice. It is unreadable
// if that fails while the same connections show another message of the folder
// before it and after. It is not if it was read, or if the server hides it, which
// is another matter.
func (f *folder) alone(ctx context.Context, uid imap.UID) error {
	var failed error
	for range aloneTries {
		if _, failed = f.fetch(imap.UIDSetNum(uid)); failed == nil || f.got[uid] {
			return nil
		}
		if err := f.again(ctx); err != nil {
			return err
		}
	}
	f.illegible[uid] = unreadable(failed)
	return nil
}

// unreadable says how a server does not show a message, in words that are the
// same each time: scans are compared.
func unreadable(err error) string {
	var refused *imap.Error
	switch {
	case errors.As(err, &refused):
		return "the server refuses to show it"
	case errors.Is(err, errBodiless):
		return "the server answers without its body"
	}
	return "the connection ends before it does"
}

// again opens the folder on a fresh connection, and proves by a message that
// was read before that it is the same folder and can be read.
func (f *folder) again(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.breaks++; f.breaks > breaksMost {
		return fmt.Errorf("%d connections were not enough", f.breaks)
	}
	if err := f.connect(ctx); err != nil {
		return err
	}
	data, err := f.examine(f.name)
	if err != nil {
		return err
	}
	if data.UIDValidity != f.status.UIDValidity {
		return fmt.Errorf("UIDVALIDITY is %d and was %d", data.UIDValidity, f.status.UIDValidity)
	}
	if f.listed == nil {
		if err := f.list(); err != nil {
			return err
		}
	}
	return f.proven()
}

// list asks which messages there are.
func (f *folder) list() error {
	hits, err := f.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	f.listed = slices.Sorted(slices.Values(hits.AllUIDs()))
	return nil
}

func (f *folder) proven() error {
	if len(f.got) == 0 {
		return nil // then the number of connections is small
	}
	shown := false
	err := f.read(imap.UIDSetNum(f.control), f.section, f.key, func(message) { shown = true })
	if err == nil && !shown {
		err = errAbsent
	}
	if err != nil {
		return fmt.Errorf("UID %d, which was read before: %w", f.control, err)
	}
	return nil
}

// fetch reads messages, and takes those that were not read before. last is the
// highest UID that came.
func (f *folder) fetch(set imap.UIDSet) (last imap.UID, err error) {
	err = f.read(set, f.section, f.key, func(one message) {
		last = max(last, one.uid)
		if f.got[one.uid] {
			return
		}
		if len(f.got) == 0 {
			f.control = one.uid
		}
		f.got[one.uid], f.highest = true, max(f.highest, one.uid)
		f.take(one)
	})
	return last, err
}

// missing lists the messages above a UID of which nothing is known yet.
func (f *folder) missing(above imap.UID) (all []imap.UID) {
	for _, uid := range f.listed {
		if uid > above && !f.got[uid] && f.illegible[uid] == "" {
			all = append(all, uid)
		}
	}
	return all
}
