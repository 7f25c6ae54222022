package controls

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
)

func TestFieldsAreE01ToE29(t *testing.T) {
	if len(Fields) != 29 {
		t.Fatalf("%d fields", len(Fields))
	}
	for i, f := range Fields {
		if f.ID != fmt.Sprintf("E%02d", i+1) || f.Name == "" || f.By == "" || f.Tell == "" || f.filled == nil {
			t.Errorf("field %d: %+v", i+1, f)
		}
	}
}

// unfilled are the fields that no record of this version fills.
var unfilled = []string{"E16", "E18", "E20", "E21", "E22", "E23", "E24", "E25", "E26", "E29"}

func TestAWholeRecordFillsWhatARecordCan(t *testing.T) {
	for _, f := range Fields {
		ok, where := f.Filled(audited())
		if want := !slices.Contains(unfilled, f.ID); ok != want || where == "" {
			t.Errorf("%s: filled %v, want %v: %q", f.ID, ok, want, where)
		}
	}
}

// An empty record fills nothing, and each field says why.
func TestAnEmptyRecordFillsNothing(t *testing.T) {
	for _, f := range Fields {
		if ok, why := f.Filled(record.Record{}); ok || why == "" {
			t.Errorf("%s: filled %v: %q", f.ID, ok, why)
		}
	}
}

// Each field has a defect that empties it.
func TestEveryFieldGoesEmpty(t *testing.T) {
	evidence := func(change func(*record.Evidence)) func(*record.Record) {
		return func(r *record.Record) { change(r.Evidence) }
	}
	for _, c := range []struct {
		field, want string
		spoil       func(*record.Record)
	}{
		{"E01", "no id", func(r *record.Record) { r.Run.ID = "" }},
		{"E02", "write `exercise:`", evidence(func(e *record.Evidence) { e.Exercise = "" })},
		{"E03", "started and ended", func(r *record.Record) { r.Run.Ended = "" }},
		{"E04", "no service", func(r *record.Record) { r.Services = nil }},
		{"E05", "write `differences:`", evidence(func(e *record.Evidence) { e.Differences = nil })},
		{"E06", "write `bia:`", evidence(func(e *record.Evidence) { e.Basis.BIA, e.Basis.Plan = "", "tbd" })},
		{"E07", "no digest", func(r *record.Record) { r.Scenario.SHA256 = "" }},
		{"E07", "no faults", func(r *record.Record) { r.Faults = nil }},
		{"E08", "write `owner:`", evidence(func(e *record.Evidence) { e.Objectives.Owner = "" })},
		{"E08", "no objectives", func(r *record.Record) { r.Objectives = nil }},
		{"E09", "operator", evidence(func(e *record.Evidence) { e.Participants = e.Participants[1:] })},
		{"E10", "write somebody else", evidence(func(e *record.Evidence) { e.Authorisation.Approver = "ANN" })},
		{"E11", "which maildrill", func(r *record.Record) { r.Run.Tool.SHA256 = "" }},
		{"E11", "planted-found", func(r *record.Record) { r.Gates[2].Passed = false }},
		{"E12", "no fault began", func(r *record.Record) { r.Faults[0].Injected = nil }},
		{"E13", "nothing was planned", func(r *record.Record) { r.Faults, r.Actions = nil, nil }},
		{"E14", "no objective was measured", func(r *record.Record) { r.Objectives = r.Objectives[1:] }},
		{"E15", "gate conservation", func(r *record.Record) { r.Gates[0].Passed = false }},
		{"E15", "gate mailboxes-read", func(r *record.Record) { r.Gates = r.Gates[:1] }},
		{"E15", "no message", func(r *record.Record) { r.Accounting = record.Accounting{} }},
		{"E16", "had taken itself", func(r *record.Record) { r.Faults[0].Kind = "storage.rollback" }},
		{"E17", "no mail was seen to move", func(r *record.Record) { r.Faults[0].Detection = nil }},
		{"E17", "a return was not seen", func(r *record.Record) { r.Faults[0].Healed = nil }},
		{"E17", "a return was not seen", func(r *record.Record) { r.Faults[0].Reverted = false }},
		{"E19", "for them to write down", func(r *record.Record) { r.Problems, r.Actions = nil, nil }},
		{"E27", "nobody asked", func(r *record.Record) { r.Security = nil }},
		{"E27", "no server answered", func(r *record.Record) { r.Security.Degraded = 0 }},
		{"E28", "neither backlog nor load", func(r *record.Record) { r.Times = nil }},
	} {
		f, _ := field(c.field)
		if ok, why := f.Filled(spoiled(c.spoil)); ok || !strings.Contains(why, c.want) {
			t.Errorf("%s: filled %v, %q, want %q", c.field, ok, why, c.want)
		}
	}
}

// Where a field is filled is told with what stands there.
func TestWhereAFieldIsFilled(t *testing.T) {
	for id, want := range map[string]string{
		"E01": "run.id: 20261123-184105-backup-mx-takes-over-3fa9; classification: internal",
		"E04": "services: imap, mx; environment: 2 images by digest; evidence.exclusions: 1",
		"E05": "evidence.environment: replica; 1 difference from production",
		"E06": "evidence.basis: bia BIA-4, plan DRP-7, version 3.1",
		"E08": "evidence.objectives: owner Head of Sales, approved 2026-03-01; 2 targets in objectives",
		"E09": "evidence.participants: 3 intended, 1 attended, 1 did not, of 1 it is not said",
		"E10": "evidence.authorisation: approver Dan, change CHG-1",
		"E13": "faults, actions: 2 planned, 1 carried out",
		"E14": "objectives: 1 of 2 measured and judged",
		"E15": "accounting: 100 accepted = 99 delivered + 0 damaged + 1 notified + 0 deferred + 0 quarantined + 0 lost + 0 unknown",
		"E17": "faults[crash].detection.failover: mail accepted at mx2 after 0.200 to 1.100 s; healed: 50.000 to 50.500 s",
		"E19": "objectives, problems, actions: 2 duplicated, action flush not done",
		"E27": "security: 1 check, 7 answers while a fault was in effect, 0 breaches; filtering, signing and logging were not looked at",
		"E28": "times.backlog: 61 copies at most, 4 as usual",
	} {
		f, _ := field(id)
		if _, where := f.Filled(audited()); where != want {
			t.Errorf("%s: %q, want %q", id, where, want)
		}
	}
	r := spoiled(func(r *record.Record) { r.Times, r.Faults[0].Capacity = nil, &record.Interval{Low: 7} })
	f, _ := field("E28")
	if _, where := f.Filled(r); where != "faults[crash].capacity: the load was carried again after 7.000 s or more" {
		t.Errorf("E28: %q", where)
	}
}

// Hostile text makes nothing panic, and is handed on as it is.
func TestHostileRecords(t *testing.T) {
	for _, text := range []string{"<script>alert(1)</script>", "\x1b[2J", "\u202eabc", "\xff\xfe", strings.Repeat("x", 1<<16), "a | b\n# c"} {
		r := audited()
		fill(reflect.ValueOf(&r).Elem(), text)
		if rows := Map(r, nil); len(rows) == 0 {
			t.Error("no rows")
		}
		if s := Fidelity(r); len(s) < 5 {
			t.Errorf("%d statements", len(s))
		}
		Gaps([]Run{{Record: r}}, []string{text})
	}
}

// fill puts the text into every string of a value.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text)
	}
}
