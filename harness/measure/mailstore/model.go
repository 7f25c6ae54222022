package mailstore

import (
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// certainty is what is known of something: an operation whose reply was lost
// leaves it open.
type certainty uint8

const (
	no certainty = iota
	maybe
	yes
)

// settled is what becomes of something that an operation sets to v: a lost
// reply leaves both open, unless it was so before.
func (c certainty) settled(v certainty, verdict string) certainty {
	switch {
	case verdict == ledger.StateOK || c == v:
		return v
	case verdict == ledger.StateIndeterminate:
		return maybe
	}
	return c
}

// shelf is one folder as it has to be at the end.
type shelf struct {
	name       string
	alias      string // the other name that it may have: a RENAME without a reply
	exists     certainty
	subscribed certainty
	validity   uint32 // 0: not known
	items      []*item
	removed    []removal
}

// item is one message as it has to be at the end.
type item struct {
	seq, uid, validity uint32 // 0: not known
	digest             string
	date               int64 // 0: not known
	exists             certainty
	flags              map[string]certainty // in lower case
	// loose: its flags are not known. COPY and MOVE only SHOULD keep them (RFC
	// 9051, section 6.4.7).
	loose bool
	// other is the place where it is instead, of a MOVE without a reply.
	other *item
}

// removal is a message whose removal was acknowledged.
type removal struct{ seq, uid, validity uint32 }

// expected replays the operations over the manifest from before.
func (a *account) expected(defect Defect) map[string]*shelf {
	shelves := map[string]*shelf{}
	if a.before == nil {
		return shelves
	}
	for _, f := range a.before.Folders {
		shelves[f.Name] = shelve(f)
	}
	for _, o := range a.operations {
		if o.outcome.Verdict != ledger.StateOK && o.outcome.Verdict != ledger.StateIndeterminate {
			continue // nothing has changed
		}
		replay, known := replays[o.Kind]
		s := shelves[o.Folder]
		if !known || s == nil && o.Kind != ledger.OpCreate {
			defect("operation %d: %s in %s, which is not known", o.N, o.Kind, o.Folder)
			continue
		}
		replay(shelves, s, o)
	}
	return shelves
}

func shelve(f ledger.StoredFolder) *shelf {
	s := &shelf{name: f.Name, exists: yes, validity: f.UIDValidity}
	if f.Subscribed {
		s.subscribed = yes
	}
	for _, m := range f.Messages {
		s.items = append(s.items, &item{seq: m.Seq, uid: m.UID, validity: f.UIDValidity, digest: m.Digest, date: m.Date,
			exists: yes, flags: certain(m.Flags)})
	}
	return s
}

func certain(flags []string) map[string]certainty {
	set := map[string]certainty{}
	for _, f := range flags {
		set[strings.ToLower(f)] = yes
	}
	delete(set, `\recent`) // belongs to a session, not to the message (RFC 3501, section 2.3.2)
	return set
}

// replays is what each kind of operation changes.
var replays = map[string]func(map[string]*shelf, *shelf, operation){
	ledger.OpAddFlags:    func(_ map[string]*shelf, s *shelf, o operation) { s.flag(o, yes) },
	ledger.OpRemoveFlags: func(_ map[string]*shelf, s *shelf, o operation) { s.flag(o, no) },
	ledger.OpCopy: func(all map[string]*shelf, s *shelf, o operation) {
		s.transfer(all[o.Target], o)
	},
	ledger.OpMove: func(all map[string]*shelf, s *shelf, o operation) {
		arrived := s.transfer(all[o.Target], o)
		s.remove(o)
		if it := s.item(o.Seq); it != nil && it.exists == maybe {
			it.other = arrived
		}
	},
	ledger.OpExpunge: func(_ map[string]*shelf, s *shelf, o operation) {
		if it := s.item(o.Seq); it != nil && o.outcome.Verdict == ledger.StateIndeterminate {
			it.flags[`\deleted`] = maybe
		}
		s.remove(o)
	},
	ledger.OpPOPDelete: func(_ map[string]*shelf, s *shelf, o operation) { s.remove(o) },
	ledger.OpAppend: func(_ map[string]*shelf, s *shelf, o operation) {
		s.items = append(s.items, &item{seq: o.Seq, uid: o.outcome.UID, validity: o.outcome.UIDValidity, digest: o.Digest,
			date: o.Date, flags: certain(o.Flags), exists: no.settled(yes, o.outcome.Verdict)})
	},
	ledger.OpCreate: func(all map[string]*shelf, s *shelf, o operation) {
		if s == nil {
			s = &shelf{name: o.Folder}
			all[o.Folder] = s
		}
		s.exists = s.exists.settled(yes, o.outcome.Verdict)
	},
	ledger.OpRename: func(all map[string]*shelf, s *shelf, o operation) {
		if o.outcome.Verdict == ledger.StateIndeterminate {
			s.alias = o.Target
			return
		}
		delete(all, s.name)
		s.name = o.Target
		all[s.name] = s
	},
	ledger.OpSubscribe: func(_ map[string]*shelf, s *shelf, o operation) {
		s.subscribed = s.subscribed.settled(yes, o.outcome.Verdict)
	},
	ledger.OpUnsubscribe: func(_ map[string]*shelf, s *shelf, o operation) {
		s.subscribed = s.subscribed.settled(no, o.outcome.Verdict)
	},
}

// item finds the message of a number, if it may be there.
func (s *shelf) item(seq uint32) *item {
	i := slices.IndexFunc(s.items, func(it *item) bool { return it.seq == seq && it.exists != no })
	if i < 0 {
		return nil
	}
	return s.items[i]
}

func (s *shelf) flag(o operation, v certainty) {
	it := s.item(o.Seq)
	if it == nil {
		return
	}
	for _, f := range o.Flags {
		f = strings.ToLower(f)
		it.flags[f] = it.flags[f].settled(v, o.outcome.Verdict)
	}
}

// transfer puts what is copied or moved into the other folder.
func (s *shelf) transfer(to *shelf, o operation) *item {
	from := s.item(o.Seq)
	if from == nil || to == nil {
		return nil
	}
	arrived := &item{seq: o.Seq, uid: o.outcome.UID, validity: o.outcome.UIDValidity, digest: from.digest,
		flags: map[string]certainty{}, loose: true, exists: no.settled(yes, o.outcome.Verdict)}
	to.items = append(to.items, arrived)
	return arrived
}

// remove takes a message away, and remembers that it must not come back.
func (s *shelf) remove(o operation) {
	it := s.item(o.Seq)
	if it == nil {
		return
	}
	it.exists = it.exists.settled(no, o.outcome.Verdict)
	if it.exists == no {
		s.removed = append(s.removed, removal{it.seq, it.uid, it.validity})
	}
}
