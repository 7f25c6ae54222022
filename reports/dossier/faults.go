package dossier

import (
	"cmp"
	"fmt"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// faultsAndProofs says for each fault whether it was real, and whether it is gone.
func faultsAndProofs(r record.Record) Section {
	s := Section{ID: "faults", Title: "Faults and proofs"}
	if len(r.Faults) == 0 {
		s.Blocks = []Block{Paragraph{Text: "No fault was planned."}}
		return s
	}
	s.Blocks = []Block{
		Paragraph{Text: "A fault counts if it was installed, was seen in effect from outside, was met by the system's own traffic, and is proven gone."},
		proofTable(r),
	}
	if t := measuredTable(r); len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	var said []string
	for _, f := range r.Faults {
		said = append(said, remarks(f)...)
	}
	if len(said) > 0 {
		s.Blocks = append(s.Blocks, List{Items: said})
	}
	return s
}

func faultTone(f record.Fault) Tone {
	switch {
	case f.State == words.StateProven && f.Reverted && len(f.Residue) == 0:
		return Good
	case f.State == "dirty" || len(f.Residue) > 0:
		return Bad
	}
	return Open
}

func proofTable(r record.Record) Table {
	t := Table{ID: "proofs", Caption: "Proofs", Head: []Column{{Title: "step"}, {Title: "fault", Share: 1.4}, {Title: "on"}, {Title: "state"}, {Title: "installed"}, {Title: "effective"},
		{Title: "met by", Right: true}, {Title: "in effect", Share: 2.4}, {Title: "afterwards", Share: 1.3}}}
	for _, f := range r.Faults {
		gone := Good
		if words.Revert(f) != "proven gone" {
			gone = Bad
		}
		if f.Injected == nil {
			gone = Open
		}
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(f.Step)}, {Text: words.Plain(f.Kind), Mono: true}, {Text: words.List(f.Targets)},
			{Text: cmp.Or(words.Plain(f.State), "no state"), Tone: faultTone(f)}, yes(f.Proofs.Installed), yes(f.Proofs.Effective), met(f),
			{Text: words.Span(f)}, {Text: words.Revert(f), Tone: gone}})
	}
	return t
}

func yes(on bool) Cell {
	if on {
		return Cell{Text: "yes", Tone: Good}
	}
	return Cell{Text: "no", Tone: Open}
}

func met(f record.Fault) Cell {
	if f.Proofs.Exercised == 0 {
		return Cell{Text: "0", Tone: Open}
	}
	return Cell{Text: fmt.Sprint(f.Proofs.Exercised)}
}

// measuredTable compares what was asked of faults with what was seen.
func measuredTable(r record.Record) Table {
	t := Table{ID: "measured", Caption: "Asked for and seen", Head: []Column{{Title: "step"}, {Title: "on"}, {Title: "quantity", Share: 2}, {Title: "asked", Right: true}, {Title: "seen", Right: true}, {Title: "within"}}}
	for _, f := range r.Faults {
		for _, m := range f.Measured {
			t.Rows = append(t.Rows, []Cell{{Text: words.Plain(f.Step)}, {Text: words.Plain(m.Target)}, {Text: words.Plain(m.What)},
				{Text: words.Quantity(m.Asked, m.Unit)}, {Text: words.Quantity(m.Seen, m.Unit)}, yes(m.Within)})
		}
	}
	return t
}

func remarks(f record.Fault) []string {
	var said []string
	if by := words.ProvenBy(f); by != "" && len(f.Measured) == 0 {
		said = append(said, words.Plain(f.Step)+": "+by)
	}
	if d := words.Plain(f.Detail); d != "" {
		said = append(said, words.Plain(f.Step)+": "+d)
	}
	if len(f.Residue) > 0 {
		said = append(said, words.Plain(f.Step)+": LEFT OVER: "+words.List(f.Residue))
	}
	return said
}
