package exercise

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/exercise/exercisetest"
)

// What no reader may overlook is said, and nothing else is.
func TestNotices(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*exercise.Record)
		want   []string
	}{
		{"signed", func(*exercise.Record) {}, nil},
		{"simulated", func(r *exercise.Record) { r.Simulated = true }, []string{"SIMULATED"}},
		{"tabletop", func(r *exercise.Record) { r.Scenario, r.Drill = "", nil }, []string{"TABLETOP"}},
		{"draft", func(r *exercise.Record) { r.Signatures = nil }, []string{"DRAFT: not signed."}},
		{"dirty", func(r *exercise.Record) { r.Drill.Dirty = true }, []string{"DIRTY"}},
		{"running", func(r *exercise.Record) { r.State = exercise.Running }, []string{"NOT OVER: the exercise is running"}},
		{"stopped", func(r *exercise.Record) {
			r.Transitions[6].To, r.Transitions[6].Why = exercise.Stopped, "real mail was seen."
		}, []string{"ABORTED: coordinator stopped it at 10:50:00Z: real mail was seen."}},
		{"aborted", func(r *exercise.Record) { r.Verdict = exercise.Aborted }, []string{"ABORTED: play was stopped"}},
	} {
		r := exercisetest.LostStore()
		c.change(&r)
		got := Document(r, nil).Notices
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", c.name, got)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("%s: %q, want %q", c.name, got[i], c.want[i])
			}
		}
	}
}

func TestVerdictIsOnTop(t *testing.T) {
	for verdict, want := range map[exercise.Verdict]dossier.Verdict{
		exercise.Passed: {Word: "PASSED", Tone: dossier.Good}, exercise.Failed: {Word: "FAILED", Tone: dossier.Bad},
		exercise.Inconclusive: {Word: "INCONCLUSIVE", Tone: dossier.Open}, exercise.Aborted: {Word: "ABORTED", Tone: dossier.Open},
		"": {Word: "NOT JUDGED", Tone: dossier.Open}, "excellent": {Word: "EXCELLENT", Tone: dossier.Open},
	} {
		r := exercisetest.LostStore()
		r.Verdict = verdict
		if got := Document(r, nil).Verdict; got.Word != want.Word || got.Tone != want.Tone || !strings.HasPrefix(got.Why, "2 of 5 checks passed. The worst: The machines recover") {
			t.Errorf("%q: %+v", verdict, got)
		}
	}
	if got := Document(exercise.Record{}, nil).Verdict.Why; got != "No check was judged, and nothing was shown." {
		t.Errorf("without checks: %q", got)
	}
}

// A record without anything is a report that says so, in every format.
func TestNothingIsHidden(t *testing.T) {
	empty := Document(exercise.Record{}, nil)
	text := string(made(t, Markdown, exercise.Record{}, nil))
	for _, want := range []string{"version of the plan (E06)", "goal (E08)", "participants (E09)", "approved (E10)", "roll-call (E18)", "findings (E19)", "signatures (E23)", "milestone restored (E12)"} {
		if !strings.Contains(text, "- "+want) {
			t.Errorf("%q is not listed as empty", want)
		}
	}
	for _, s := range empty.Sections {
		if len(s.Blocks) == 0 {
			t.Errorf("%s is left out", s.ID)
		}
	}
	made(t, HTML, exercise.Record{}, nil)
	made(t, PDF, exercise.Record{}, nil)
	full := exercisetest.LostStore()
	full.Marks = append(full.Marks, exercise.Mark{Kind: "normal", At: full.Started.Add(time.Hour)})
	for _, field := range newTeller(full, nil).emptyFields() {
		if !strings.Contains(field, "has no place for it") {
			t.Errorf("a full record: %q is listed as empty", field)
		}
	}
}

func cellsOf(t *testing.T, d dossier.Document, table string) [][]dossier.Cell {
	t.Helper()
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if found, ok := b.(dossier.Table); ok && found.ID == table {
				return found.Rows
			}
		}
	}
	t.Fatalf("there is no table %s", table)
	return nil
}

// Machines and people are in one order.
func TestTimelineIsOne(t *testing.T) {
	rows := cellsOf(t, Document(exercisetest.LostStore(), exercisetest.Events()), "events")
	var times, kinds []string
	for _, row := range rows {
		times, kinds = append(times, row[0].Text), append(kinds, row[2].Text)
	}
	if !slices.IsSorted(times) {
		t.Errorf("not in the order of time: %q", times)
	}
	for _, kind := range []string{"state", "leader", "fault", "drill", "inject", "step", "mark", "note", "message"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no %s is in it", kind)
		}
	}
}

// Recovery is counted from the fault and from the declaration; marks that are not
// in order do not make it shorter.
func TestRecovery(t *testing.T) {
	r := exercisetest.LostStore()
	m := newTeller(r, nil).milestones()
	for from, want := range map[string]float64{fault: 1830, "declared": 1530} {
		if got, ok := m.took(from, "restored"); !ok || got != want {
			t.Errorf("from %s: %v %v", from, got, ok)
		}
	}
	r.Marks = append(r.Marks, exercise.Mark{Kind: "restored", At: r.Fault.Add(2 * time.Hour)}, exercise.Mark{Kind: fault, At: r.Started.Add(-time.Hour)})
	if got, _ := newTeller(r, nil).milestones().took(fault, "restored"); got != 1830 {
		t.Errorf("with a second call: %v", got)
	}
	r.Marks[2].At = r.Fault.Add(-time.Minute)
	if f := newTeller(r, nil).milestones().objective("", fault); f.Tone != dossier.Open || !strings.Contains(f.Value, "1m0s before it") {
		t.Errorf("restored before the fault: %+v", f)
	}
	r.Marks = nil
	if f := newTeller(r, nil).milestones().objective("", "declared"); f.Tone != dossier.Open || f.Value != "not known: nobody called declared and restored" {
		t.Errorf("without calls: %+v", f)
	}
}

func TestDetection(t *testing.T) {
	r := exercisetest.LostStore()
	if got := newTeller(r, nil).signs(); len(got) != 3 || got[0].who != "scribe" || !strings.HasPrefix(got[0].what, "observation") {
		t.Errorf("%+v", got)
	}
	r.Marks, r.Notes, r.Steps = nil, nil, nil
	s := newTeller(r, nil).detection()
	if p := s.Blocks[0].(dossier.Paragraph); p.Tone != dossier.Bad {
		t.Errorf("nobody noticed: %+v", p)
	}
}

// No requirement is supported by a simulated drill, nor by a check that is not
// there or did not pass.
func TestRequirements(t *testing.T) {
	answers := func(r exercise.Record) map[string]string {
		all := map[string]string{}
		for _, row := range cellsOf(t, Document(r, nil), "requirements") {
			all[row[0].Text] = row[2].Text
		}
		return all
	}
	r := exercisetest.LostStore()
	r.Checks[4].Requirements = []string{"levels"}
	for id, want := range map[string]string{"alternative-communication": "yes", "training": "NO", "disk-failure": "no check", "levels": "cannot be told"} {
		if got := answers(r)[id]; got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	r.Simulated = true
	for id, got := range answers(r) {
		if got != "no: simulated" {
			t.Errorf("simulated: %s is %q", id, got)
		}
	}
}

func TestLogThatLacksLinesIsSaid(t *testing.T) {
	r := exercisetest.LostStore()
	if text := markdown(t, r); strings.Contains(text, "the record speaks of") {
		t.Error("a whole log is said to lack something")
	}
	r.Events++
	if text := markdown(t, r); !strings.Contains(text, "has 8 lines, the record speaks of 9") {
		t.Error("a line is missing, and nothing says so")
	}
}

// Answers that came too late do not count.
func TestAnsweredWithin(t *testing.T) {
	if in, of := answeredWithin(*exercisetest.LostStore().RollCall); in != 4 || of != 6 {
		t.Errorf("%d of %d", in, of)
	}
}

// Markdown has all that the page has, but the pictures.
func TestMarkdownLeavesNothingOut(t *testing.T) {
	r := exercisetest.LostStore()
	text := strings.ReplaceAll(markdown(t, r), `\`, "")
	seen := 0
	want := func(said string) {
		seen++
		if !strings.Contains(text, said) {
			t.Errorf("%q is not in it", said)
		}
	}
	for _, s := range Document(r, exercisetest.Events()).Sections {
		want("## " + s.Title)
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case dossier.Cards:
				for _, c := range b.Cards {
					want("| " + c.Title + " | ")
				}
			case dossier.Table:
				want(b.Caption)
				for _, row := range b.Rows {
					want(row[len(row)-1].Text)
				}
			case dossier.Picture, dossier.Paragraph, dossier.List, dossier.Facts:
			default:
				t.Errorf("%T has no form in Markdown", b)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d texts were looked for", seen)
	}
}
