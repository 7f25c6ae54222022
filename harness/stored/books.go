package stored

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// folder and mail are what the instrument believes of an account, so that it
// can order what makes sense. The judge works it out by itself.
type folder struct {
	name     string
	validity uint32 // 0: not known yet
	fixed    bool   // of the corpus: never renamed
	subbed   bool
	unsure   bool // an operation on it had no reply, or it is not what it was
	mail     []*mail
	tried    map[uint32]bool // numbers that are, were or may be there
}

// mail is one message in one folder.
type mail struct {
	seq, uid uint32
	digest   string
	flags    map[string]bool // in lower case
	unsure   bool
}

// errRenewed: UIDs of before mean nothing any more.
var errRenewed = errors.New("UIDVALIDITY changed")

// same tells whether the folder still has the UIDVALIDITY that its UIDs are of.
func (f *folder) same(validity uint32) error {
	if f.validity == 0 {
		f.validity = validity
	}
	if f.validity != validity {
		f.unsure = true
		return fmt.Errorf("%s: %w from %d to %d", f.name, errRenewed, f.validity, validity)
	}
	return nil
}

func newFolder(name string) *folder { return &folder{name: name, tried: map[uint32]bool{}} }

func (f *folder) add(m *mail) {
	f.mail = append(f.mail, m)
	f.tried[m.seq] = true
}

func (f *folder) drop(m *mail) {
	f.mail = slices.DeleteFunc(f.mail, func(o *mail) bool { return o == m })
}

// learn takes the manifest from before for what is there.
func (w *worker) learn(m ledger.Manifest) {
	for _, read := range m.Folders {
		f := newFolder(read.Name)
		f.validity, f.subbed, f.fixed = read.UIDValidity, read.Subscribed, true
		for _, one := range read.Messages {
			if one.Seq != 0 {
				f.add(&mail{seq: one.Seq, uid: one.UID, digest: one.Digest, flags: flagSet(one.Flags)})
			}
		}
		w.folders = append(w.folders, f)
	}
	for _, u := range m.UIDL {
		w.uidl[u.Seq] = u.ID
	}
	w.canSubscribe = !slices.ContainsFunc(m.Unmeasured, func(u ledger.Unmeasured) bool { return u.What == subscriptions })
}

func flagSet(flags []string) map[string]bool {
	set := map[string]bool{}
	for _, f := range flags {
		set[strings.ToLower(f)] = true
	}
	return set
}

// usable lists the folders that can be built upon.
func (w *worker) usable(fits func(*folder) bool) []*folder {
	var list []*folder
	for _, f := range w.folders {
		if !f.unsure && fits(f) {
			list = append(list, f)
		}
	}
	return list
}

// message draws one that can be built upon, with its folder.
func (w *worker) message(fits func(*folder, *mail) bool) (*folder, *mail) {
	var folders []*folder
	var list []*mail
	for _, f := range w.usable(func(*folder) bool { return true }) {
		for _, m := range f.mail {
			if !m.unsure && m.uid != 0 && fits(f, m) {
				folders, list = append(folders, f), append(list, m)
			}
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	n := w.random.IntN(len(list))
	return folders[n], list[n]
}

// stock is how much is left.
func (w *worker) stock() int {
	n := 0
	for _, f := range w.folders {
		n += len(f.mail)
	}
	return n
}
