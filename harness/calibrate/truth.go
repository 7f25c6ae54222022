package calibrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// graded adds what the evidence for each loss is worth: with a later copy for
// the same mailbox that arrived it is bracketed (L3), without one inferred (L2).
func (w *truth) graded(t *tape) *truth {
	w.grades = map[string]int{}
	for _, seq := range w.seqs["lost"] {
		if t.followed(seq) {
			w.grades["L3"]++
		} else {
			w.grades["L2"]++
		}
	}
	return w
}

// followed tells whether a later copy for the same mailbox arrived.
func (t *tape) followed(seq uint32) bool {
	for later := seq + users; int(later) <= t.copies; later += users {
		if _, lied := t.lies[later]; !lied {
			return true
		}
	}
	return false
}

// truth is what must be reported of a system that told known lies.
type truth struct {
	counts  map[string]int      // of record.Accounting, by its JSON names
	seqs    map[string][]uint32 // by class of record.Problem
	verdict record.Verdict      // empty: not asked
	grades  map[string]int
	causes  map[string]int
	hurt    int // damaged copies whose submission is indeterminate: they fail an objective too
}

// causeOf names the origin of a second copy, as the record does.
var causeOf = map[string]string{"forked": "the sender -> mx1.drill.test", "retried": "mx1.drill.test -> store1.drill.test", "stored": "store", "folders": "store"}

// truthOf works the truth out of the lies. Copies are numbered from 1; blind:
// something keeps the instrument from saying that a copy is nowhere.
func truthOf(copies int, lies map[uint32]topology.Lie, blind bool) *truth {
	w := &truth{counts: map[string]int{}, seqs: map[string][]uint32{}, causes: map[string]int{}}
	for _, l := range lies {
		blind = blind || l.Hold >= forever
	}
	w.counts["planned"], w.counts["attempted"] = copies, copies
	for seq := uint32(1); int(seq) <= copies; seq++ {
		w.take(seq, lies[seq], blind)
	}
	for _, name := range countNames {
		w.counts[name] += 0
	}
	w.verdict = w.conclude()
	return w
}

// countNames are compared whether or not a lie touches them.
var countNames = []string{"planned", "unsent", "attempted", "accepted", "rejected_temporary", "rejected_permanent", "indeterminate",
	"not_attempted", "delivered", "damaged", "notified", "deferred", "quarantined", "lost", "unknown", "duplicates", "misdelivered",
	"delivered_despite_rejection", "phantom", "hidden", "misfiled", "late", "stale", "recovered"}

func (w *truth) take(seq uint32, l topology.Lie, blind bool) {
	found := sightings(l, seq)
	own := slices.DeleteFunc(slices.Clone(found), func(e ledger.Entry) bool { return e.Foreign != "" })
	for _, e := range found {
		if e.Foreign == "misdelivered" {
			w.note("misdelivered", "misdelivered", seq)
		}
	}
	if n := len(own); n > 1 {
		w.note("duplicates", "duplicated", seq)
		w.causes[causeOf[l.Twice]]++
	}
	elsewhere := func(e ledger.Entry) bool { return !strings.HasSuffix(e.Mailbox, "/INBOX") }
	if len(own) > 0 && l.Folder != "Junk" && !slices.ContainsFunc(own, func(e ledger.Entry) bool { return !elsewhere(e) }) {
		w.counts["misfiled"]++
	}
	switch verdictOf(l) {
	case ledger.Accepted:
		w.counts["accepted"]++
		w.accepted(seq, l, own, blind)
	case ledger.Indeterminate:
		w.note("indeterminate", "indeterminate", seq)
		if len(own) > 0 {
			w.counts["recovered"]++
		}
		if slices.ContainsFunc(own, func(e ledger.Entry) bool { return e.Integrity == ledger.Damaged }) {
			w.seqs["damaged"], w.hurt = append(w.seqs["damaged"], seq), w.hurt+1
		}
	case ledger.RejectedTemporary:
		w.counts["rejected_temporary"]++
		w.despite(seq, own)
	case ledger.RejectedPermanent:
		w.counts["rejected_permanent"]++
		w.despite(seq, own)
	}
}

func (w *truth) despite(seq uint32, own []ledger.Entry) {
	if len(own) > 0 {
		w.note("delivered_despite_rejection", "delivered despite rejection", seq)
	}
}

// accepted gives the one class of an accepted copy.
func (w *truth) accepted(seq uint32, l topology.Lie, own []ledger.Entry, blind bool) {
	intact := slices.ContainsFunc(own, func(e ledger.Entry) bool { return e.Integrity == ledger.Intact })
	failed := strings.HasPrefix(bounceOf(l, seq), "failed")
	switch {
	case len(own) > 0 && l.Folder == "Junk":
		w.note("quarantined", "quarantined", seq)
	case intact:
		w.counts["delivered"]++
	case len(own) > 0:
		w.note("damaged", "damaged", seq)
	case failed:
		w.note("notified", "notified", seq)
	case l.Hold >= forever:
		w.note("deferred", "deferred", seq)
	case blind:
		w.note("unknown", "unknown", seq)
	default:
		w.note("lost", "lost", seq)
		if buried(l) {
			w.counts["hidden"]++
		}
		if l.Report == "delivered" {
			w.seqs["reported as delivered"] = append(w.seqs["reported as delivered"], seq)
		}
	}
}

func (w *truth) note(count, class string, seq uint32) {
	w.counts[count]++
	w.seqs[class] = append(w.seqs[class], seq)
}

// conclude is the verdict over the objectives of noLoss: presence fails
// always, absence fails where it is proven, and nothing else is a pass unless
// everything is known.
func (w *truth) conclude() record.Verdict {
	c := w.counts
	switch {
	case c["lost"]+c["duplicates"]+c["damaged"]+c["misdelivered"]+c["notified"]+w.hurt > 0:
		return ""
	case c["delivered_despite_rejection"] > 0:
		return record.Failed
	case c["unknown"]+c["deferred"] > 0:
		return record.Inconclusive
	case c["accepted"]*2 < c["planned"] || c["indeterminate"]*20 > c["attempted"]:
		return record.Inconclusive
	}
	return record.Passed
}

// differs compares a record with the truth; nil: it is the truth.
func (w *truth) differs(r record.Record) error {
	var wrong []error
	got := counted(r)
	for _, name := range sorted(w.counts) {
		if got[name] != w.counts[name] {
			wrong = append(wrong, fmt.Errorf("%s is %d, true are %d", name, got[name], w.counts[name]))
		}
	}
	wrong = append(wrong, w.classes(r), w.bad(r), sameMap("duplicate_causes", r.DuplicateCauses, w.causes))
	if w.grades != nil {
		wrong = append(wrong, sameMap("loss_grades", r.LossGrades, w.grades))
	}
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("%w (verdict %s: %.300s)", err, r.Verdict, r.Reason)
	}
	return nil
}

// classes compares the sequence numbers of every anomaly.
func (w *truth) classes(r record.Record) error {
	for _, p := range r.Problems {
		if want, known := w.seqs[p.Class]; known && p.Seqs != ranges(want) {
			return fmt.Errorf("%s are %s, true are %s", p.Class, p.Seqs, ranges(want))
		}
	}
	for class := range w.seqs {
		if !slices.ContainsFunc(r.Problems, func(p record.Problem) bool { return p.Class == class }) {
			return fmt.Errorf("%s copies are not named", class)
		}
	}
	return nil
}

// bad compares the verdict. With an anomaly found, a pass is wrong whatever
// else is; what exactly it must be is asked where nothing else interferes.
func (w *truth) bad(r record.Record) error {
	c := w.counts
	anomalies := c["lost"] + c["duplicates"] + c["damaged"] + c["misdelivered"] + c["notified"] + w.hurt
	switch {
	case w.verdict != "" && r.Verdict != w.verdict:
		return fmt.Errorf("verdict %s, want %s", r.Verdict, w.verdict)
	case anomalies > 0 && r.Verdict == record.Passed:
		return errors.New("passed with anomalies")
	case anomalies > c["lost"] && r.Verdict != record.Failed:
		return fmt.Errorf("verdict %s though anomalies were found", r.Verdict)
	}
	return nil
}

// counted reads the accounting by its JSON names, so that later ones need no
// change here.
func counted(r record.Record) map[string]int {
	counts := map[string]int{}
	for name, value := range accounting(r) {
		var n int
		if json.Unmarshal(value, &n) == nil {
			counts[name] = n
		}
	}
	return counts
}

func accounting(r record.Record) map[string]json.RawMessage {
	raw, err := json.Marshal(r.Accounting)
	if err != nil {
		panic(err) // plain numbers
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	return all
}

func sameMap(name string, got, want map[string]int) error {
	for _, key := range sorted(want) {
		if got[key] != want[key] {
			return fmt.Errorf("%s %s is %d, true are %d", name, key, got[key], want[key])
		}
	}
	return nil
}

// ranges prints numbers as the record does: "3 17-21 40".
func ranges(seqs []uint32) string {
	seqs = slices.Compact(slices.Sorted(slices.Values(seqs)))
	var words []string
	for len(seqs) > 0 {
		n := 1
		for n < len(seqs) && seqs[n] == seqs[n-1]+1 {
			n++
		}
		word := fmt.Sprint(seqs[0])
		if n > 1 {
			word += fmt.Sprintf("-%d", seqs[n-1])
		}
		words, seqs = append(words, word), seqs[n:]
	}
	return strings.Join(words, " ")
}
