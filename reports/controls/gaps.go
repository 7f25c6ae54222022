package controls

import (
	"slices"

	"maildrill/harness/record"
)

// Run is one record with what is known beside it.
type Run struct {
	Record record.Record
	Beside []Beside
}

// Gap is one control and what several runs together offer for it.
type Gap struct {
	Control Control  `json:"control"`
	Filled  []Source `json:"filled"`
	Empty   []Place  `json:"empty"`
}

// Source is a field that is filled, and the first run that fills it.
type Source struct {
	Place
	Run string `json:"run"`
}

// Refused is a run that offers nothing, and why.
type Refused struct {
	Run string `json:"run"`
	Why string `json:"why"`
}

// Gaps adds up what runs offer for the controls of the frameworks: a field is
// filled if one run that counts fills it. No framework stands for all. What is
// empty says why it is so in the last run that counts.
func Gaps(runs []Run, frameworks []string) (gaps []Gap, refused []Refused) {
	var counted []Run
	for _, r := range runs {
		if ok, why := Counts(r.Record); !ok {
			refused = append(refused, Refused{Run: r.Record.Run.ID, Why: why})
			continue
		}
		counted = append(counted, r)
	}
	for _, f := range Shipped() {
		if len(frameworks) > 0 && !slices.Contains(frameworks, f.ID) {
			continue
		}
		for _, k := range f.Controls {
			gaps = append(gaps, gapOf(k, counted))
		}
	}
	return gaps, refused
}

func gapOf(k Control, runs []Run) Gap {
	gap := Gap{Control: k, Filled: []Source{}, Empty: []Place{}}
	for _, id := range k.Fields {
		f, _ := field(id)
		if s, ok := sourceOf(f, runs); ok {
			gap.Filled = append(gap.Filled, s)
			continue
		}
		p := Place{Field: f.ID, Name: f.Name, By: f.By, Where: f.Tell}
		if len(runs) > 0 {
			_, p.Where = f.Filled(runs[len(runs)-1].Record)
		}
		gap.Empty = append(gap.Empty, p)
	}
	return gap
}

func sourceOf(f Field, runs []Run) (Source, bool) {
	for _, r := range runs {
		if p, ok := f.place(r.Record, r.Beside); ok {
			return Source{Place: p, Run: r.Record.Run.ID}, true
		}
	}
	return Source{}, false
}
