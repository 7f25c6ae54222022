package measure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// survey reads the ledger once and keeps what became of every copy. Entries of
// other streams than the workload's count only as messages found.
type survey struct {
	copies
	sightings
	rules     *rules
	reading   uint16 // the last one of the queues; 0: there was none
	exposures []*exposure
	baseline  time.Duration // when the first fault began
	settled   int           // the drill's copies accepted before that
	left      int           // withdrawn
	plants    []plant
	sown      map[ledger.Copy]bool // the same
	searches  map[ledger.Copy]int  // volumes that were looked through for a copy in vain
	phantoms  ranges               // found, but never sent
	concluded uint16               // see story.concluded
	belated   map[ledger.Copy]bool // found only after that
	nameless  []ledger.Entry       // found, and name no recipients
	words     lexicon              // of these
	defects   defects
}

func (s *story) survey(h ledger.Scanner) (*survey, error) {
	v := &survey{rules: s.rules, sightings: s.sightings(), reading: s.lastReading(), searches: map[ledger.Copy]int{}, sown: map[ledger.Copy]bool{},
		concluded: s.concluded(h.Torn()), belated: map[ledger.Copy]bool{}, words: lexicon{}}
	_, v.baseline = s.baseline()
	for _, st := range s.steps {
		v.exposures = append(v.exposures, newExposure(st, s.end))
	}
	if err := h.Each(v.take); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	if err := v.claim(h); err != nil {
		return nil, err
	}
	v.settleBelated()
	return v, nil
}

// take applies one entry. The intent of a copy comes before everything else
// that is said of it.
func (v *survey) take(e ledger.Entry) error {
	if e.Kind == ledger.Seen {
		v.sightings.count(&e)
	}
	if e.Copy.Stream != ledger.StreamWorkload {
		return nil
	}
	switch e.Kind {
	case ledger.Intent:
		v.intend(e.Copy)
		return nil
	case ledger.Seen:
		v.saw(&e)
		return nil
	case ledger.Planted:
		v.plants, v.sown[e.Copy] = append(v.plants, plant{e.Copy, strings.Clone(e.Detail)}), true
		return nil
	}
	s := v.of(e.Copy)
	if s == nil {
		v.defects.add("%s of copy %d/%d, which was never planned", nameOf(e.Kind), e.Copy.Seq, e.Copy.Rcpt)
		return nil
	}
	v.happened(s, &e)
	return nil
}

func (v *survey) intend(k ledger.Copy) {
	if err := v.plan(k); err != nil {
		v.defects.add("%v", err)
		return
	}
	if len(v.sown) > 0 && v.sown[k] {
		*v.of(k) |= planted
	}
}

// happened applies one entry to the state of its copy.
func (v *survey) happened(s *state, e *ledger.Entry) {
	switch e.Kind {
	case ledger.Withdrawn:
		if !s.has(withdrawn) {
			v.left++
		}
		*s |= withdrawn
	case ledger.Unsent:
		*s |= unsent
	case ledger.Try:
		*s |= tried
		v.expose(*e)
	case ledger.Outcome:
		v.settle(s, e)
		v.expose(*e)
	case ledger.Queued:
		if e.Scan == v.reading {
			*s |= queued
		}
	case ledger.Notified:
		*s |= v.rules.reported(e.Detail)
	case ledger.Raw:
		v.looked(s, e)
	default:
		v.defects.add("entry of unknown kind %d", e.Kind)
	}
}

// settle keeps the verdict of a copy. A definite rejection may be followed by
// another attempt; an accepted or indeterminate copy is never offered again.
func (v *survey) settle(s *state, e *ledger.Entry) {
	verdict := v.rules.verdict(*e)
	if verdict < ledger.Accepted || verdict > ledger.NotAttempted {
		v.defects.add("copy %d/%d has the unknown verdict %d", e.Copy.Seq, e.Copy.Rcpt, e.Verdict)
		return
	}
	if before := s.verdict(); before == ledger.Accepted || before == ledger.Indeterminate {
		v.defects.add("copy %d/%d has a second outcome after an %s one", e.Copy.Seq, e.Copy.Rcpt, verdictNames[before])
		return
	}
	s.setVerdict(verdict)
	if verdict == ledger.Accepted && e.End <= v.baseline && !s.has(planted) {
		v.settled++
	}
}

// looked notes the search of one node's volumes for one copy's token.
func (v *survey) looked(s *state, e *ledger.Entry) {
	*s |= searched
	if e.Detail != "" {
		*s |= onDisk
		return
	}
	v.searches[e.Copy]++
}

// multiplicity is how often a copy was found at once.
func (v *survey) multiplicity(k ledger.Copy, s state) int {
	if n := s.most(); n < countMost {
		return n
	}
	return v.most(k, s)
}

// misdelivered is the largest number found in any one scan.
func (v *survey) misdelivered() int {
	scans := map[uint16]int{}
	for _, r := range v.places {
		scans[r.scan] += r.astray
	}
	most := v.tally(func(r *inspection) int { return r.astray })
	for _, n := range scans {
		most = max(most, n)
	}
	return most
}

// saw applies one physical copy. Stale and alien messages are no copies of
// this run, and whose an unreadable one is nobody knows; they only count as found.
func (v *survey) saw(e *ledger.Entry) {
	switch e.Foreign {
	case foreignStale, foreignAlien, foreignUnreadable:
		return
	case foreignUnaddressed:
		v.setAside(e)
		return
	case foreignMisdelivered:
		v.sawMisplaced(e)
		return
	}
	s := v.of(e.Copy)
	if s == nil || s.has(unsent|withdrawn) {
		v.phantoms.add(e.Copy.Seq)
		return
	}
	if e.Unmarked > 0 && !s.has(planted) {
		v.at(e).unfiltered++
	}
	if view := v.rules.view(v.view(e)); s.sight(view) {
		v.crowds[crowd{e.Copy, view}]++
	}
	v.keep(e)
	v.belate(*s, e)
	*s |= seen
	if e.Integrity != ledger.Intact {
		*s |= corrupt
	}
	if v.final(e) {
		*s |= whereabouts(e)
	}
}

// whereabouts says where the final reading found a copy, and how.
func whereabouts(e *ledger.Entry) state {
	_, folder, _ := strings.Cut(e.Mailbox, "/")
	switch {
	case quarantine(folder):
		return inJunk
	case e.Integrity != ledger.Intact:
		return inMailbox | inboxBit(folder)
	}
	return inMailbox | inIntact | inboxBit(folder)
}

func inboxBit(folder string) state {
	if strings.EqualFold(folder, "INBOX") {
		return inInbox
	}
	return 0
}

func (v *survey) sawMisplaced(e *ledger.Entry) {
	s := v.anyOf(e.Copy.Seq)
	if s == nil {
		v.phantoms.add(e.Copy.Seq)
		return
	}
	*s |= misplaced
}

// reported is what a delivery status notification says of a copy (RFC 3464,
// section 2.3.3): only a final failure tells the sender that the copy will not
// arrive, and "delivered" is a receipt. The recipient may follow the action:
// "failed u1@drill.test".
func reported(action string) state {
	first, _, _ := strings.Cut(strings.TrimSpace(action), " ")
	switch strings.ToLower(first) {
	case "failed":
		return notified
	case "delivered":
		return receipted
	}
	return 0
}

// quarantineFolders hold what a filter took out of the user's sight.
var quarantineFolders = []string{"junk", "spam", "quarantine"}

func quarantine(folder string) bool {
	return slices.ContainsFunc(quarantineFolders, func(q string) bool { return strings.EqualFold(q, folder) })
}

var verdictNames = map[ledger.Verdict]string{
	ledger.Accepted: "accepted", ledger.RejectedTemporary: "rejected", ledger.RejectedPermanent: "rejected",
	ledger.Indeterminate: "indeterminate", ledger.NotAttempted: "unattempted",
}

func nameOf(k ledger.Kind) string {
	names := map[ledger.Kind]string{ledger.Unsent: "unsent entry", ledger.Withdrawn: "withdrawal", ledger.Try: "try",
		ledger.Outcome: "outcome", ledger.Queued: "queue sighting", ledger.Notified: "bounce", ledger.Raw: "search"}
	if n, ok := names[k]; ok {
		return n
	}
	return fmt.Sprintf("entry of kind %d", k)
}
