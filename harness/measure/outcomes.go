package measure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// survey reads the ledger twice: once for what was planned, once for what
// became of it. Entries of other streams than the workload's count only as
// messages found.
type survey struct {
	copies
	exposures   []*exposure
	baseline    time.Duration  // when the first fault began
	settled     int            // copies accepted before that
	physical    map[uint16]int // messages found, by scan
	misplacedIn map[uint16]int // messages in the wrong mailbox, by scan
	stores      []string
	phantoms    ranges // found, but never sent
	defects     defects
}

func (s *story) survey(h ledger.Scanner) (*survey, error) {
	v := &survey{physical: map[uint16]int{}, misplacedIn: map[uint16]int{}}
	_, v.baseline = s.baseline()
	for _, st := range s.steps {
		v.exposures = append(v.exposures, newExposure(st, s.end))
	}
	if err := h.Each(v.takePlan); err != nil {
		return nil, fmt.Errorf("read the plan from the ledger: %w", err)
	}
	if err := h.Each(v.take); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return v, nil
}

func (v *survey) takePlan(e ledger.Entry) error {
	if e.Kind != ledger.Planned || e.Copy.Stream != ledger.StreamWorkload {
		return nil
	}
	if err := v.plan(e.Copy); err != nil {
		v.defects.add("%v", err)
	}
	return nil
}

func (v *survey) take(e ledger.Entry) error {
	if e.Kind == ledger.Seen {
		v.physical[e.Scan]++
	}
	if e.Copy.Stream != ledger.StreamWorkload || e.Kind == ledger.Planned {
		return nil
	}
	if e.Kind == ledger.Seen {
		v.saw(e)
		return nil
	}
	s := v.at(e.Copy)
	if s == nil {
		v.defects.add("%s of copy %d/%d, which was never planned", nameOf(e.Kind), e.Copy.Seq, e.Copy.Rcpt)
		return nil
	}
	v.happened(s, e)
	return nil
}

// happened applies one entry to the state of its copy.
func (v *survey) happened(s *state, e ledger.Entry) {
	switch e.Kind {
	case ledger.Unsent:
		s.flags |= unsent
	case ledger.Intent:
		s.flags |= intended
	case ledger.Try:
		s.flags |= tried
		v.expose(e)
	case ledger.Outcome:
		v.settle(s, e)
		v.expose(e)
	case ledger.Queued:
		s.queued = max(s.queued, e.Scan)
	case ledger.Notified:
		if failed(e.Detail) {
			s.flags |= notified
		}
	default:
		v.defects.add("entry of unknown kind %d", e.Kind)
	}
}

// settle keeps the verdict of a copy. A definite rejection may be followed by
// another attempt; an accepted or indeterminate copy is never offered again.
func (v *survey) settle(s *state, e ledger.Entry) {
	if e.Verdict < ledger.Accepted || e.Verdict > ledger.NotAttempted {
		v.defects.add("copy %d/%d has the unknown verdict %d", e.Copy.Seq, e.Copy.Rcpt, e.Verdict)
		return
	}
	if s.verdict == ledger.Accepted || s.verdict == ledger.Indeterminate {
		v.defects.add("copy %d/%d has a second outcome after an %s one", e.Copy.Seq, e.Copy.Rcpt, verdictNames[s.verdict])
		return
	}
	s.verdict = e.Verdict
	if e.Verdict == ledger.Accepted && e.End <= v.baseline {
		v.settled++
	}
}

// saw applies one physical copy. Stale and alien messages are no copies of
// this run; they only count as found.
func (v *survey) saw(e ledger.Entry) {
	if e.Foreign == "stale" || e.Foreign == "alien" {
		return
	}
	if e.Foreign == "misdelivered" {
		v.sawMisplaced(e)
		return
	}
	s := v.at(e.Copy)
	if s == nil || s.has(unsent) {
		v.phantoms.add(e.Copy.Seq)
		return
	}
	// Another store may be a replica of the same mail: multiplicity is counted
	// within one view.
	if store := v.storeOf(e.Node); e.Scan != s.view || store != s.store {
		s.view, s.store, s.found = e.Scan, store, 0
	}
	s.scan = max(s.scan, e.Scan)
	s.found = saturated(s.found)
	s.most = max(s.most, s.found)
	if e.Integrity != ledger.Intact {
		s.flags |= corrupt
	}
	if quarantine(e.Mailbox) {
		return
	}
	s.placed = max(s.placed, e.Scan)
	if e.Integrity == ledger.Intact {
		s.intact = max(s.intact, e.Scan)
	}
}

// storeOf numbers the stores in the order in which they appear.
func (v *survey) storeOf(node string) uint8 {
	i := slices.Index(v.stores, node)
	if i < 0 {
		i = len(v.stores)
		v.stores = append(v.stores, node)
	}
	return uint8(i)
}

func (v *survey) sawMisplaced(e ledger.Entry) {
	s := v.of(e.Copy.Seq)
	if s == nil {
		v.phantoms.add(e.Copy.Seq)
		return
	}
	s.flags |= misplaced
	v.misplacedIn[e.Scan]++
}

// misdelivered is the largest number found in any one scan: reading a mailbox
// twice does not deliver twice.
func (v *survey) misdelivered() int {
	most := 0
	for _, n := range v.misplacedIn {
		most = max(most, n)
	}
	return most
}

func saturated(n uint16) uint16 {
	if n == ^uint16(0) {
		return n
	}
	return n + 1
}

// failed tells a final failure from a delay (RFC 3464, section 2.3.3). The
// recipient may follow the action: "failed u1@drill.test".
func failed(action string) bool {
	fields := strings.Fields(action)
	return len(fields) > 0 && strings.EqualFold(fields[0], "failed")
}

// quarantineFolders hold what a filter took out of the user's sight.
var quarantineFolders = []string{"junk", "spam", "quarantine"}

// quarantine tells whether a mailbox ("u1@drill.test/Junk") is such a folder.
func quarantine(mailbox string) bool {
	_, folder, _ := strings.Cut(mailbox, "/")
	return slices.Contains(quarantineFolders, strings.ToLower(folder))
}

var verdictNames = map[ledger.Verdict]string{
	ledger.Accepted: "accepted", ledger.RejectedTemporary: "rejected", ledger.RejectedPermanent: "rejected",
	ledger.Indeterminate: "indeterminate", ledger.NotAttempted: "unattempted",
}

func nameOf(k ledger.Kind) string {
	names := map[ledger.Kind]string{ledger.Unsent: "unsent entry", ledger.Intent: "intent", ledger.Try: "try",
		ledger.Outcome: "outcome", ledger.Queued: "queue sighting", ledger.Notified: "bounce"}
	if n, ok := names[k]; ok {
		return n
	}
	return fmt.Sprintf("entry of kind %d", k)
}
