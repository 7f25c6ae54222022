package mailstore

import (
	"maps"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// comparison lays what must be there beside what is there. Checkers read it and
// nothing else.
type comparison struct {
	account *account
	folders []folderPair
	pairs   []messagePair
	extra   []extraMessage // that nothing put there
	done    map[*item]bool // what pairs holds
}

// folderPair is a folder that must or may be there, with what was found for it.
type folderPair struct {
	shelf *shelf
	found *ledger.StoredFolder // nil: nothing
	moved bool                 // found under a name that nobody gave it
}

// messagePair is a message that must or may be there, with what was found.
type messagePair struct {
	folder string
	item   *item
	found  *ledger.StoredMessage // nil: nothing
	uidv   uint32                // UIDVALIDITY of the folder where it was found
}

// extraMessage is a message that was found and not expected. back is the
// acknowledged removal that it undoes.
type extraMessage struct {
	folder string
	uidv   uint32
	found  ledger.StoredMessage
	back   *removal
}

// compare pairs folders, then the messages in them.
func (a *account) compare(defect Defect) *comparison {
	c := &comparison{account: a, done: map[*item]bool{}}
	shelves := a.expected(defect)
	for _, name := range slices.Sorted(maps.Keys(shelves)) {
		c.folders = append(c.folders, folderPair{shelf: shelves[name]})
	}
	if a.after != nil {
		c.pairFolders()
	}
	for _, f := range c.folders {
		c.pairMessages(f)
	}
	return c
}

// pairFolders finds each folder by its name, by the name that a RENAME without
// a reply may have given it, and last by what is in it.
func (c *comparison) pairFolders() {
	taken := map[string]bool{}
	for i := range c.folders {
		f := &c.folders[i]
		for _, name := range []string{f.shelf.alias, f.shelf.name} {
			if found := c.folder(name); found != nil && (f.found == nil || name == f.shelf.name && len(f.found.Messages) == 0) {
				f.found = found
			}
		}
		if f.found != nil {
			taken[f.found.Name] = true
		}
	}
	for i := range c.folders {
		f := &c.folders[i]
		if f.found == nil && f.shelf.exists == yes {
			f.found = c.likest(f.shelf, taken)
			f.moved = f.found != nil
		}
		if f.moved {
			taken[f.found.Name] = true
		}
	}
}

func (c *comparison) folder(name string) *ledger.StoredFolder {
	if name == "" {
		return nil
	}
	all := c.account.after.Folders
	i := slices.IndexFunc(all, func(f ledger.StoredFolder) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// likest is the folder that nobody expected and that holds most of the messages
// of one that is missing. Dovecot gives a folder whose index it has lost the name
// recovered-lost-folder-<guid>.
func (c *comparison) likest(s *shelf, taken map[string]bool) *ledger.StoredFolder {
	var best *ledger.StoredFolder
	most := 0
	for i, f := range c.account.after.Folders {
		if taken[f.Name] {
			continue
		}
		shared := 0
		for _, m := range f.Messages {
			if m.Seq != 0 && s.item(m.Seq) != nil {
				shared++
			}
		}
		if len(s.items) == 0 && strings.HasPrefix(f.Name, "recovered-lost-folder") {
			shared = 1
		}
		if shared > most {
			best, most = &c.account.after.Folders[i], shared
		}
	}
	return best
}

// pairMessages finds each message by the number that it bears, under its UID if
// there are several; one that lost its number, by its UID.
func (c *comparison) pairMessages(f folderPair) {
	var messages []ledger.StoredMessage
	validity := uint32(0)
	if f.found != nil {
		messages, validity = f.found.Messages, f.found.UIDValidity
	}
	used := make([]bool, len(messages))
	for _, same := range []func(*item, ledger.StoredMessage) bool{
		func(it *item, m ledger.StoredMessage) bool { return it.seq == m.Seq && it.uid == m.UID },
		func(it *item, m ledger.StoredMessage) bool { return it.seq != 0 && it.seq == m.Seq },
		func(it *item, m ledger.StoredMessage) bool {
			return m.Seq == 0 && it.uid == m.UID && it.validity == validity
		},
	} {
		for _, it := range f.shelf.items {
			if it.exists == no || c.done[it] {
				continue
			}
			for i, m := range messages {
				if !used[i] && same(it, m) {
					used[i] = true
					c.pair(messagePair{f.shelf.name, it, &messages[i], validity})
					break
				}
			}
		}
	}
	for _, it := range f.shelf.items {
		if it.exists != no && !c.done[it] {
			c.pair(messagePair{folder: f.shelf.name, item: it})
		}
	}
	for i, m := range messages {
		if !used[i] {
			c.extra = append(c.extra, f.shelf.unexpected(m, validity))
		}
	}
}

func (c *comparison) pair(p messagePair) {
	c.done[p.item] = true
	c.pairs = append(c.pairs, p)
}

// unexpected tells whether a message came back after its removal.
func (s *shelf) unexpected(m ledger.StoredMessage, validity uint32) extraMessage {
	e := extraMessage{folder: s.name, uidv: validity, found: m}
	i := slices.IndexFunc(s.removed, func(r removal) bool { return m.Seq != 0 && r.seq == m.Seq })
	if i >= 0 {
		e.back = &s.removed[i]
	}
	return e
}
