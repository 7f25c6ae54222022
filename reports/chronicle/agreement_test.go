package chronicle_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

// Whatever becomes of the mail, what is drawn is what the judge has counted: the
// fates add up to the record, and every copy that it names is there.
func TestFatesAreThoseOfTheRecord(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := random(rand.New(rand.NewPCG(seed, 1)), 400)
			r := d.judged(t)
			c := d.read(t, r)
			if len(c.Doubts) > 0 || c.Thinned != "" {
				t.Errorf("doubts %q, thinned %q", c.Doubts, c.Thinned)
			}
			if got, want := counted(c), r.Accounting; got != summed(want) {
				t.Errorf("fates %+v, the record has %+v", got, summed(want))
			}
			allNamed(t, c, r)
			sameTimes(t, c, r)
			sameRates(t, c, r.Accounting)
		})
	}
}

// sums are the rows of an accounting that fates add up to.
type sums struct{ planned, delivered, damaged, quarantined, notified, deferred, lost, unknown, rejected, indeterminate, notAttempted, unsent int }

func summed(a record.Accounting) sums {
	return sums{a.Planned, a.Delivered, a.Damaged, a.Quarantined, a.Notified, a.Deferred, a.Lost, a.Unknown,
		a.RejectedTemporary + a.RejectedPermanent, a.Indeterminate, a.NotAttempted, a.Unsent}
}

// counted sums up the points that are drawn.
func counted(c chronicle.Chronicle) sums {
	n := map[chronicle.Fate]int{}
	for _, p := range c.Copies.Points {
		n[p.Fate]++
	}
	return sums{len(c.Copies.Points), n[chronicle.Delivered] + n[chronicle.Late] + n[chronicle.Duplicated], n[chronicle.Damaged],
		n[chronicle.Quarantined], n[chronicle.Notified], n[chronicle.Deferred], n[chronicle.Lost], n[chronicle.Unknown],
		n[chronicle.RefusedForNow] + n[chronicle.Refused], n[chronicle.Indeterminate], n[chronicle.NotAttempted], n[chronicle.Unsent]}
}

// listed reads the numbers of a row of the record.
func listed(t *testing.T, text string) []uint32 {
	t.Helper()
	var all []uint32
	for _, part := range strings.Fields(text) {
		from, to, _ := strings.Cut(part, "-")
		first, err := strconv.ParseUint(from, 10, 32)
		last := first
		if err == nil && to != "" {
			last, err = strconv.ParseUint(to, 10, 32)
		}
		if err != nil {
			t.Fatal(err)
		}
		for seq := first; seq <= last; seq++ {
			all = append(all, uint32(seq))
		}
	}
	return all
}

// allNamed: every message of every row is drawn with that anomaly, nothing else
// is, and its copies are told of.
func allNamed(t *testing.T, c chronicle.Chronicle, r record.Record) {
	t.Helper()
	drawn := map[string]map[uint32]bool{}
	note := func(class string, seq uint32) {
		if drawn[class] == nil {
			drawn[class] = map[uint32]bool{}
		}
		drawn[class][seq] = true
	}
	for _, p := range c.Copies.Points {
		note(string(p.Fate), p.Seq)
		for _, m := range p.Marks {
			note(string(m), p.Seq)
		}
	}
	told := map[string]map[uint32]bool{}
	for _, p := range c.Problems.Copies {
		for _, class := range append(p.Also, p.Class) {
			if told[class] == nil {
				told[class] = map[uint32]bool{}
			}
			told[class][p.Seq] = true
		}
	}
	for _, p := range r.Problems {
		want := slices.Compact(listed(t, p.Seqs))
		if got := slices.Sorted(maps.Keys(drawn[p.Class])); !slices.Equal(got, want) {
			t.Errorf("%s: drawn %v, the record names %v", p.Class, got, want)
		}
		if got := slices.Sorted(maps.Keys(told[p.Class])); !slices.Equal(got, want) {
			t.Errorf("%s: told of %v, the record names %v", p.Class, got, want)
		}
	}
}

// sameTimes: the times that are drawn are those that the judge has measured.
func sameTimes(t *testing.T, c chronicle.Chronicle, r record.Record) {
	t.Helper()
	const grain = 0.1251 // the judge keeps when a copy was due to an eighth of a second
	accepted, slowest := 0, 0.0
	for _, q := range c.Accept {
		accepted, slowest = accepted+q.Count, max(slowest, q.Max)
	}
	counted, most := int64(0), 0.0
	for _, l := range r.Times.Latency {
		counted, most = counted+l.Count, max(most, l.Max)
	}
	if accepted != r.Accounting.Accepted || int64(accepted) != counted || math.Abs(slowest-most) > 2e-4 {
		t.Errorf("%d accepted, the slowest in %.4f s; the record has %d, %d and %.4f s", accepted, slowest, r.Accounting.Accepted, counted, most)
	}
	arrived, last := 0, 0.0
	for _, q := range c.Arrive {
		arrived, last = arrived+q.Count, max(last, q.Max)
	}
	if l := r.Times.Late; l == nil && arrived > 0 || l != nil && (arrived != l.Delivered || math.Abs(last-*l.Max.High) > grain) {
		t.Errorf("%d arrived, the last in %.3f s; the record has %+v", arrived, last, l)
	}
}

// sameRates: nothing falls out of the bins.
func sameRates(t *testing.T, c chronicle.Chronicle, a record.Accounting) {
	t.Helper()
	var sum chronicle.Rate
	arrived := 0
	for _, r := range c.Rates {
		sum.Offered, sum.Accepted, sum.Refused = sum.Offered+r.Offered, sum.Accepted+r.Accepted, sum.Refused+r.Refused
		sum.Indeterminate, sum.NotAttempted, arrived = sum.Indeterminate+r.Indeterminate, sum.NotAttempted+r.NotAttempted, arrived+r.Delivered
	}
	want := chronicle.Rate{Offered: a.Attempted, Accepted: a.Accepted, Refused: a.RejectedTemporary + a.RejectedPermanent,
		Indeterminate: a.Indeterminate, NotAttempted: a.NotAttempted}
	if sum != want {
		t.Errorf("rates sum up to %+v, the record has %+v", sum, want)
	}
}

// A record that says something else than the ledger stands, and that is told.
func TestDisagreementIsTold(t *testing.T) {
	d := &drill{messages: 100, each: 200e6}
	r := d.judged(t)
	r.Problems = []record.Problem{{Class: "lost", Count: 1, Seqs: "7"}}
	c := d.read(t, r)
	if got := c.Copies.Points[6]; got.Seq != 7 || got.Fate != chronicle.Lost {
		t.Errorf("copy 7 is %+v", got)
	}
	if text := strings.Join(c.Doubts, "; "); !strings.Contains(text, "99") || !strings.Contains(text, "lost") {
		t.Errorf("doubts: %q", text)
	}
}
