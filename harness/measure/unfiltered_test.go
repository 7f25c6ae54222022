package measure

import (
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Mail without the filter's mark counts once, though several readings found it.
func TestUnfilteredCountsMailPastTheFilter(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*ledger.Entry)
		want   float64
		says   record.Verdict
	}{
		{"all marked", func(*ledger.Entry) {}, 0, record.Passed},
		{"five of them unmarked", func(e *ledger.Entry) { e.Unmarked = 1 }, 5, record.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.goals = []Objective{{"unfiltered", 0, "copies"}}
			d.entry = func(e *ledger.Entry) bool {
				if e.Kind == ledger.Seen && e.Copy.Stream == ledger.StreamWorkload && e.Copy.Seq >= 100 && e.Copy.Seq < 105 {
					c.change(e)
				}
				return true
			}
			o := goal(t, d.verdict(t), "unfiltered")
			if o.Measured == nil || o.Measured.Low != c.want || *o.Measured.High != c.want || o.Verdict != c.says {
				t.Errorf("%+v, want %g and %s", o, c.want, c.says)
			}
		})
	}
}

// What the instrument planted itself passes no filter, and is no reproach to it.
func TestPlantedMailIsNotUnfiltered(t *testing.T) {
	d := sound()
	d.goals = []Objective{{"unfiltered", 0, "copies"}}
	season(d, func(e *ledger.Entry) bool {
		e.Unmarked = map[bool]uint8{true: 1}[e.Kind == ledger.Seen]
		return true
	})
	if o := goal(t, d.verdict(t), "unfiltered"); o.Verdict != record.Passed {
		t.Errorf("%+v", o)
	}
}
