package mailstore

import (
	"fmt"
	"slices"

	"maildrill/harness/ledger"
)

// cache is what a client that never reads a folder anew has of it.
type cache struct {
	validity uint32
	messages map[uint32]uint32 // the number of the message, by UID
}

// caches replays the synchronisations of one client. current is false if its
// last one failed: then nothing can be said of it.
func (a *account) caches(client string) (folders map[string]*cache, current bool) {
	folders = map[string]*cache{}
	for _, s := range a.syncs {
		if s.Client != client {
			continue
		}
		current = s.Error == "" && s.Round == ledger.AfterDrill
		for _, f := range s.Folders {
			c := folders[f.Name]
			if c == nil || c.validity != f.UIDValidity {
				c = &cache{f.UIDValidity, map[uint32]uint32{}} // RFC 4549, section 4.1
				folders[f.Name] = c
			}
			for _, uid := range f.Vanished {
				delete(c.messages, uid)
			}
			for _, m := range f.New {
				c.messages[m.UID] = m.Seq
			}
		}
	}
	return folders, current
}

// cachedClients are those whose last synchronisation was after the drill.
func (c *comparison) cachedClients() []string {
	var clients []string
	for _, client := range []string{ledger.ClientUIDNext, ledger.ClientQResync} {
		if _, current := c.account.caches(client); current {
			clients = append(clients, client)
		}
	}
	return clients
}

func synced(c *comparison) bool { return compared(c) && len(c.cachedClients()) > 0 }

// unseen lists what is stored and what the client does not have, or believes to
// be another message.
func (c *comparison) unseen(client string) []finding {
	folders, _ := c.account.caches(client)
	var all []finding
	for _, f := range c.account.after.Folders {
		for _, m := range f.Messages {
			have, cached := uint32(0), false
			if k := folders[f.Name]; k != nil && k.validity == f.UIDValidity {
				have, cached = k.messages[m.UID]
			}
			switch {
			case !cached:
				all = append(all, finding{folder: f.Name, uid: m.UID, seq: m.Seq, text: "never shown by a client of kind " + client})
			case m.Seq != 0 && have != m.Seq:
				all = append(all, finding{folder: f.Name, uid: m.UID, seq: m.Seq,
					text: fmt.Sprintf("a client of kind %s shows message %d in its place", client, have)})
			}
		}
	}
	return all
}

// invisible counts, by client, what it never saw.
func (c *comparison) invisible() map[string]int {
	n := map[string]int{}
	if !compared(c) {
		return n
	}
	for _, client := range c.cachedClients() {
		n[client] = len(c.unseen(client))
	}
	return n
}

// invisibleToCachedClients: stored and searchable, but at least one kind of
// client never shows it.
func invisibleToCachedClients(c *comparison) []finding {
	var all []finding
	for _, client := range c.cachedClients() {
		for _, f := range c.unseen(client) {
			same := func(o finding) bool { return o.folder == f.folder && o.uid == f.uid }
			if !slices.ContainsFunc(all, same) {
				all = append(all, f)
			}
		}
	}
	return all
}
