package controls

import (
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
)

func rowOf(t *testing.T, rows []Row, id string) Row {
	t.Helper()
	i := slices.IndexFunc(rows, func(r Row) bool { return r.Control.ID == id })
	if i < 0 {
		t.Fatalf("no row %s", id)
	}
	return rows[i]
}

func fieldsOf(places []Place) string {
	var ids []string
	for _, p := range places {
		ids = append(ids, p.Field)
	}
	return strings.Join(ids, " ")
}

func TestMap(t *testing.T) {
	rows := Map(audited(), []string{"iso27001", "nist80053"})
	row := rowOf(t, rows, "iso27001:A.5.30")
	if !row.Counts || !row.Named || row.Why != "" || fieldsOf(row.Filled) != "E04 E06 E08 E14" || fieldsOf(row.Empty) != "E26" {
		t.Errorf("%+v", row)
	}
	if row := rowOf(t, rows, "nist80053:CP-4(3)"); !row.Named || fieldsOf(row.Filled) != "E02 E11" || len(row.Empty) > 0 {
		t.Errorf("%+v", row)
	}
	if row := rowOf(t, rows, "iso27001:A.8.13"); row.Named || fieldsOf(row.Filled) != "E15" || fieldsOf(row.Empty) != "E16" {
		t.Errorf("%+v", row)
	}
	for _, row := range rows {
		if f := row.Control.Framework; f != "iso27001" && f != "nist80053" {
			t.Errorf("%s was not asked for", row.Control.ID)
		}
		if len(row.Filled)+len(row.Empty) != len(row.Control.Fields) {
			t.Errorf("%s: %d filled, %d empty of %d", row.Control.ID, len(row.Filled), len(row.Empty), len(row.Control.Fields))
		}
	}
	if all := Map(audited(), nil); len(all) != len(Shipped().IDs()) {
		t.Errorf("%d rows for all frameworks", len(all))
	}
	if got := Frameworks(audited()); !slices.Equal(got, []string{"iso27001", "nist80053"}) {
		t.Errorf("frameworks %v", got)
	}
}

// Each of these has everything but one thing, and offers nothing.
func TestWhatDoesNotCountOffersNothing(t *testing.T) {
	for _, c := range []struct {
		name, why string
		spoil     func(*record.Record)
	}{
		{"simulated", "simulated", func(r *record.Record) { r.Simulated = true }},
		{"embedded, whatever it says", "simulated", func(r *record.Record) { r.Run.Runtime = "embedded" }},
		{"on nobody knows what", "ran on", func(r *record.Record) { r.Run.Runtime = "" }},
		{"dirty", "clean-up", func(r *record.Record) { r.Dirty = true }},
		{"dirty and failed", "clean-up", func(r *record.Record) { r.Dirty, r.Verdict = true, record.Failed }},
		{"inconclusive", "no conclusion (inconclusive)", func(r *record.Record) { r.Verdict = record.Inconclusive }},
		{"aborted", "no conclusion (aborted)", func(r *record.Record) { r.Verdict = record.Aborted }},
		{"error", "no conclusion (error)", func(r *record.Record) { r.Verdict = record.Error }},
		{"no verdict", "no conclusion (no verdict)", func(r *record.Record) { r.Verdict = "" }},
		{"a verdict of another time", "no conclusion (PASSED)", func(r *record.Record) { r.Verdict = "PASSED" }},
	} {
		r := spoiled(c.spoil)
		for _, row := range Map(r, nil, Beside{Field: "E21", Where: "aar.md"}) {
			if row.Counts || len(row.Filled) > 0 || len(row.Empty) != len(row.Control.Fields) || !strings.Contains(row.Why, c.why) {
				t.Fatalf("%s: %+v", c.name, row)
			}
		}
		gaps, refused := Gaps([]Run{{Record: r}}, nil)
		if len(refused) != 1 || !strings.Contains(refused[0].Why, c.why) {
			t.Errorf("%s: refused %+v", c.name, refused)
		}
		for _, g := range gaps {
			if len(g.Filled) > 0 {
				t.Errorf("%s: %+v", c.name, g)
			}
		}
	}
}

// A failed run shows that a test took place. It says so.
func TestAMissedObjectiveIsEvidenceOfATest(t *testing.T) {
	r := spoiled(func(r *record.Record) { r.Verdict = record.Failed })
	row := rowOf(t, Map(r, nil), "nist80053:CP-4a")
	if !row.Counts || fieldsOf(row.Filled) != "E03 E07 E14" || !strings.Contains(row.Why, "not that the objective is met") {
		t.Errorf("%+v", row)
	}
}

// What others keep fills a field, and only where the record does not.
func TestBeside(t *testing.T) {
	row := rowOf(t, Map(audited(), nil, Beside{"E21", "aar.md, actions"}, Beside{"E14", "made up"}), "nist80053:CP-4")
	if fieldsOf(row.Filled) != "E03 E07 E14 E21" || fieldsOf(row.Empty) != "E23" {
		t.Fatalf("%+v", row)
	}
	if p := row.Filled[3]; p.Where != "aar.md, actions" || p.By != "the debrief" {
		t.Errorf("%+v", p)
	}
	if p := row.Filled[2]; p.Where == "made up" {
		t.Errorf("%+v", p)
	}
}

func TestGapsAddUp(t *testing.T) {
	bare := spoiled(func(r *record.Record) { r.Run.ID, r.Evidence = "bare", nil })
	empty := spoiled(func(r *record.Record) { r.Run.ID, r.Verdict = "open", record.Inconclusive })
	runs := []Run{{Record: bare}, {Record: empty}, {Record: audited(), Beside: []Beside{{"E26", "trend"}}}}
	gaps, refused := Gaps(runs, []string{"iso27001"})
	if len(refused) != 1 || refused[0].Run != "open" {
		t.Errorf("refused %+v", refused)
	}
	i := slices.IndexFunc(gaps, func(g Gap) bool { return g.Control.ID == "iso27001:A.5.30" })
	var from []string
	for _, s := range gaps[i].Filled {
		from = append(from, s.Field+" "+s.Run[:4])
	}
	if got := strings.Join(from, ", "); got != "E04 bare, E06 2026, E08 2026, E14 bare, E26 2026" || len(gaps[i].Empty) > 0 {
		t.Errorf("%s; empty %+v", got, gaps[i].Empty)
	}
	none, _ := Gaps(nil, []string{"iso27001"})
	if len(none) != len(gaps) || len(none[0].Filled) > 0 || none[0].Empty[0].Where == "" {
		t.Errorf("without runs: %+v", none[0])
	}
}
