package mailstore

import (
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/ledger"
)

// sighting is one thing that was seen of a folder: a message under its
// UID, or (UID 0) what the server said of the folder itself.
type sighting struct {
	folder   string
	validity uint32
	uid      uint32
	seq      uint32
	next     uint32 // UIDNEXT; 0: not told
	modseq   uint64 // HIGHESTMODSEQ; 0: not told
	given    bool   // the UID was given to a new message just now
}

func (a *account) see(s sighting) { a.sightings = append(a.sightings, s) }

func (a *account) seeManifest(m ledger.Manifest) {
	for _, f := range m.Folders {
		a.see(sighting{folder: f.Name, validity: f.UIDValidity, next: f.UIDNext, modseq: f.ModSeq})
		for _, one := range f.Messages {
			a.see(sighting{folder: f.Name, validity: f.UIDValidity, uid: one.UID, seq: one.Seq})
		}
	}
}

// seeOutcome: APPENDUID and COPYUID say which UID a new message has.
func (a *account) seeOutcome(o operation) {
	if o.outcome.Verdict != ledger.StateOK || o.outcome.UID == 0 {
		return
	}
	folder := o.Folder
	if o.Target != "" {
		folder = o.Target
	}
	a.see(sighting{folder: folder, validity: o.outcome.UIDValidity, uid: o.outcome.UID, seq: o.Seq, given: true})
}

func (a *account) seeSync(s ledger.CacheSync) {
	for _, f := range s.Folders {
		a.see(sighting{folder: f.Name, validity: f.UIDValidity, next: f.UIDNext, modseq: f.ModSeq})
		for _, one := range f.New {
			a.see(sighting{folder: f.Name, validity: f.UIDValidity, uid: one.UID, seq: one.Seq})
		}
	}
}

// generation is a folder under one UIDVALIDITY: within it, UIDs name messages
// for ever (RFC 9051, section 2.3.1.1).
type generation struct {
	folder   string
	validity uint32
}

// uidReused: one UID was seen on two different messages.
func uidReused(c *comparison) []finding {
	type name struct {
		generation
		uid uint32
	}
	bearer, told := map[name]uint32{}, map[name]bool{}
	var all []finding
	for _, s := range c.account.sightings {
		if s.uid == 0 || s.seq == 0 {
			continue
		}
		n := name{generation{s.folder, s.validity}, s.uid}
		before, known := bearer[n]
		if known && before != s.seq && !told[n] {
			told[n] = true
			all = append(all, finding{folder: s.folder, uid: s.uid, seq: s.seq,
				text: fmt.Sprintf("the UID was that of message %d, and is that of message %d", before, s.seq)})
		}
		if !known {
			bearer[n] = s.seq
		}
	}
	return all
}

// uidnextRollback: UIDNEXT fell, or a new message was given a UID below it,
// while UIDVALIDITY stayed.
func uidnextRollback(c *comparison) []finding {
	next, told := map[generation]uint32{}, map[generation]bool{}
	var all []finding
	for _, s := range c.account.sightings {
		g := generation{s.folder, s.validity}
		is := s.next
		if s.given {
			is = s.uid
		}
		if is != 0 && is < next[g] && !told[g] {
			told[g] = true
			all = append(all, finding{folder: s.folder, text: fmt.Sprintf("UIDNEXT was %d, and is %d", next[g], is)})
		}
		next[g] = max(next[g], s.next)
		if s.given {
			next[g] = max(next[g], s.uid+1)
		}
	}
	return all
}

// modseqs: the server tells mod-sequences (CONDSTORE).
func modseqs(c *comparison) bool {
	if !compared(c) {
		return false
	}
	for _, f := range c.account.before.Folders {
		if f.ModSeq > 0 {
			return true
		}
	}
	return false
}

// modseqRollback: HIGHESTMODSEQ fell while UIDVALIDITY stayed (RFC 7162, section
// 3.1.1).
func modseqRollback(c *comparison) []finding {
	highest, told := map[generation]uint64{}, map[generation]bool{}
	var all []finding
	for _, s := range c.account.sightings {
		g := generation{s.folder, s.validity}
		if s.modseq != 0 && s.modseq < highest[g] && !told[g] {
			told[g] = true
			all = append(all, finding{folder: s.folder, text: fmt.Sprintf("HIGHESTMODSEQ was %d, and is %d", highest[g], s.modseq)})
		}
		highest[g] = max(highest[g], s.modseq)
	}
	return all
}

// validity finds folders whose UIDVALIDITY is another one now. Every mail
// reader downloads them again.
func (c *comparison) validity(wrong func(was, is uint32) bool) []finding {
	var all []finding
	for _, f := range c.folders {
		if f.found == nil || f.moved || f.shelf.validity == 0 || !wrong(f.shelf.validity, f.found.UIDValidity) {
			continue
		}
		found := f.finding("UIDVALIDITY was %d, and is %d", f.shelf.validity, f.found.UIDValidity)
		for _, m := range f.found.Messages {
			found.bytes += m.Size
		}
		all = append(all, found)
	}
	return all
}

// resurrected: the removal was acknowledged, and the message is there.
func resurrected(c *comparison) []finding {
	var all []finding
	for _, e := range c.extra {
		if e.back != nil {
			all = append(all, e.finding("its removal was acknowledged"))
		}
	}
	return all
}

// expungedReappeared: under its old UID even.
func expungedReappeared(c *comparison) []finding {
	var all []finding
	for _, e := range c.extra {
		if e.back != nil && e.back.uid == e.found.UID && e.back.validity == e.uidv {
			all = append(all, e.finding("its removal was acknowledged, and it has its UID again"))
		}
	}
	return all
}

func uidls(c *comparison) bool {
	return compared(c) && len(c.account.before.UIDL) > 0 && !c.skipped(UIDL)
}

// UIDL is what a manifest calls unique-ids where it could not read them.
const UIDL = "uidl"

// uidlChurn: a message of the inbox has another unique-id than before (RFC
// 1939, section 7). Where the messages could not be told apart, unique-ids that
// are gone without a removal.
func uidlChurn(c *comparison) []finding {
	was, is := map[uint32]string{}, map[uint32]string{}
	ids := map[string]bool{}
	for _, u := range c.account.before.UIDL {
		was[u.Seq] = u.ID
	}
	for _, u := range c.account.after.UIDL {
		is[u.Seq], ids[u.ID] = u.ID, true
	}
	excused := c.inboxRenewed()
	var all []finding
	if was[0] == "" && is[0] == "" {
		for _, seq := range slices.Sorted(maps.Keys(was)) {
			if id, there := is[seq]; there && id != was[seq] {
				all = append(all, finding{folder: "INBOX", seq: seq, excused: excused,
					text: fmt.Sprintf("the unique-id was %q, and is %q", was[seq], id)})
			}
		}
		return all
	}
	for _, u := range c.account.before.UIDL {
		if !ids[u.ID] {
			all = append(all, finding{folder: "INBOX", excused: excused, text: fmt.Sprintf("the unique-id %q is gone", u.ID)})
		}
	}
	return all[min(len(all), c.removedFromInbox()):]
}

// inboxRenewed: with another UIDVALIDITY other unique-ids are no surprise.
func (c *comparison) inboxRenewed() bool {
	for _, f := range c.folders {
		if f.shelf.name == "INBOX" && f.found != nil {
			return f.found.UIDValidity != f.shelf.validity
		}
	}
	return false
}

func (c *comparison) removedFromInbox() int {
	n := 0
	for _, o := range c.account.operations {
		done := o.outcome.Verdict == ledger.StateOK || o.outcome.Verdict == ledger.StateIndeterminate
		switch o.Kind {
		case ledger.OpExpunge, ledger.OpMove, ledger.OpPOPDelete:
			if done && o.Folder == "INBOX" {
				n++
			}
		}
	}
	return n
}
