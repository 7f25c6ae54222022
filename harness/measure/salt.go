package measure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// What the instrument plants in a run, to see whether this judge, on this
// store, today, finds it (in-run salting).
const (
	plantedLost       = "lost"
	plantedDuplicated = "duplicated"
	plantedDamaged    = "damaged"
	plantedMisfiled   = "misfiled"
	plantedPhantom    = "phantom"
)

// plant is one anomaly that the instrument made.
type plant struct {
	copy  ledger.Copy
	class string
}

// salted are the anomalies that planted copies may show.
var salted = []string{plantedLost, plantedDuplicated, plantedDamaged, plantedMisfiled, plantedPhantom}

// unsalted says what was planted and not found, or found and not planted.
// Where absence is not proven, a planted loss is unknown: that the judge would
// have seen it is then not claimed either.
func (all *accounts) unsalted(plants []plant, proven bool) string {
	want := map[string][]uint32{}
	for _, p := range plants {
		class := p.class
		if class == plantedLost && !proven {
			class = "unknown"
		}
		want[class] = append(want[class], p.copy.Seq)
	}
	var wrong []string
	for _, name := range anomalyOrder {
		planted, found := slices.Compact(slices.Sorted(slices.Values(want[name]))), all.salt.seqs(name)
		if !slices.Equal(planted, found) {
			wrong = append(wrong, fmt.Sprintf("%s: planted %s, found %s", name, printed(planted), printed(found)))
		}
	}
	return strings.Join(wrong, "; ")
}

// seqs lists the copies of an anomaly.
func (b *books) seqs(name string) []uint32 {
	if r := b.anomalies[name]; r != nil {
		return r.list()
	}
	return nil
}

func printed(seqs []uint32) string {
	var r ranges
	for _, seq := range seqs {
		r.add(seq)
	}
	if text := r.String(); text != "" {
		return text
	}
	return "none"
}

// seasoned is the gate of the salt. Without a full final reading nothing that
// was planted can be found, and other gates say so.
func (q *inquiry) seasoned() (wrong, well string) {
	plants := q.survey.plants
	switch {
	case len(plants) == 0 && q.story.spec.Salt == 0:
		return "", "nothing was planted"
	case len(plants) < q.story.spec.Salt:
		return fmt.Sprintf("%d of %d anomalies could be planted", len(plants), q.story.spec.Salt), ""
	case q.story.salting == nil:
		return "what was planted was not put into the mailboxes", ""
	case q.story.salting.Error != "":
		return "plant anomalies: " + q.story.salting.Error, ""
	case q.absence.finalScan == 0 || q.absence.unread != "":
		return "the mailboxes were not read to their end", ""
	}
	counts := map[string]int{}
	for _, p := range plants {
		counts[p.class]++
	}
	var said []string
	for _, class := range salted {
		if counts[class] > 0 {
			said = append(said, fmt.Sprintf("%d %s", counts[class], class))
		}
	}
	return "", "planted and found: " + strings.Join(said, ", ")
}

// oversalted: the judge did not find exactly what was planted, so that it
// cannot be trusted with what was not.
func (q *inquiry) oversalted() string {
	if wrong, _ := q.seasoned(); wrong != "" || len(q.survey.plants) == 0 || !q.rules.salt {
		return ""
	}
	return q.accounts.unsalted(q.survey.plants, q.proven)
}
