package reports

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		in   *record.Interval
		unit string
		want string
	}{
		{nil, "s", "no data"}, {since(40), "s", "40 s or more"}, {between(3, 3), "copies", "3 copies"}, {between(1234567, 1234567), "copies", "1234567 copies"},
		{between(0.1, 0.1), "%", "0.1 %"}, {between(0, 1.251), "s", "0 to 1.26 s"}, {between(9.999, 10.01), "s", "9.99 to 10.1 s"},
		{between(0.3, 0.7), "s", "0.3 to 0.7 s"}, {between(8.2, 9.13), "s", "8.2 to 9.13 s"}, {between(31.207, 31.963), "s", "31.2 to 32 s"},
	} {
		if got := words.Interval(c.in, c.unit); got != c.want {
			t.Errorf("words.Interval(%+v) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTarget(t *testing.T) {
	if got := words.Target(map[string]float64{"max": 10, "min": 0.5, "p99": 3}, "s"); got != "at most 10 s, at least 0.5 s, p99 3 s" {
		t.Errorf("got %q", got)
	}
}

func TestWrapAndCut(t *testing.T) {
	if got := words.Wrap("one two three four", 9, 2); !reflect.DeepEqual(got, []string{"one two", "three f.."}) {
		t.Errorf("wrap = %q", got)
	}
	for _, c := range []struct {
		in   string
		room int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "a.."}, {"abcd", 2, ".."}, {"abcd", -1, ""}, {"漢字漢字", 7, "漢字.."}, {"漢字漢字", 8, "漢字漢字"}} {
		if got := words.Cut(c.in, c.room); got != c.want {
			t.Errorf("words.Cut(%q, %d) = %q, want %q", c.in, c.room, got, c.want)
		}
	}
}

func TestSqueeze(t *testing.T) {
	for _, c := range []struct {
		in   string
		room int
		want string
	}{{"imap@mx1", 8, "imap@mx1"}, {"submission@store-12", 12, "submi..re-12"}, {"漢字漢字漢字", 8, "漢字..字"}, {"too long", 4, "to.."}} {
		if got := words.Squeeze(c.in, c.room); got != c.want {
			t.Errorf("words.Squeeze(%q, %d) = %q, want %q", c.in, c.room, got, c.want)
		}
	}
}

// Both sums are checked, each part of them.
func TestUnbalanced(t *testing.T) {
	if wrong := words.Unbalanced(passed().Accounting); wrong != "" {
		t.Errorf("sound books: %s", wrong)
	}
	for _, field := range []string{"Attempted", "Accepted", "RejectedTemporary", "RejectedPermanent", "Indeterminate", "NotAttempted",
		"Delivered", "Damaged", "Notified", "Deferred", "Quarantined", "Lost", "Unknown"} {
		a := passed().Accounting
		f := reflect.ValueOf(&a).Elem().FieldByName(field)
		f.SetInt(f.Int() + 1)
		if words.Unbalanced(a) == "" {
			t.Errorf("one copy too many in %s was not seen", field)
		}
	}
}

// Every count of the accounting is shown.
func TestAccountingIsWhole(t *testing.T) {
	shown := 0
	for _, s := range words.Sums(record.Accounting{}) {
		shown += 1 + len(s.Parts)
	}
	shown += len(words.Beside(record.Accounting{})) - 1                             // accepted is in both sums
	if want := reflect.TypeFor[record.Accounting]().NumField() - 1; shown != want { // planned is attempted and unsent
		t.Errorf("%d counts are shown, the record has %d", shown, want)
	}
}

func TestMarks(t *testing.T) {
	for want, p := range map[string]record.Proofs{
		"---": {}, "I--": {Installed: true}, "-E-": {Effective: true}, "--X": {Exercised: 1}, "IEX": {Installed: true, Effective: true, Exercised: 9},
	} {
		if got := words.Marks(record.Fault{Proofs: p}); got != want {
			t.Errorf("words.Marks(%+v) = %q, want %q", p, got, want)
		}
	}
}

// Numbers that make no sense draw something, and never panic.
func TestChartOfNonsense(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 1e300} {
		r := passed()
		r.Phases[0].Began, r.Faults[0].Injected.Low, *r.Faults[0].Healed.High = v, v, v
		mx := r.Services["mx"]
		mx.Outages[0].Began.Low, mx.Outages[0].FirstSuccess = v, &v
		chart(r, 78)
		r.Phases[1].Ended = v
		chart(r, 78)
	}
}

func TestChart(t *testing.T) {
	r := record.Record{
		Phases: []record.Phase{{Name: "baseline", Ended: 10}, {Name: "timeline", Began: 10, Ended: 40}},
		Faults: []record.Fault{{Step: "cut", Injected: between(10, 10), Effective: between(12, 12), Healed: between(20, 20)}},
		Services: map[string]record.Service{"mx": {Probes: 9, Outages: []record.Outage{
			{Began: *between(12, 13), FirstSuccess: at(22), RTA: *between(13, 16), Step: "cut"}, {Began: *between(35, 36), RTA: *since(1)}}}},
	}
	want := []string{
		"    0 s                                 40 s",
		"    |baseline |timeline                     ",
		"cut ..........==#########...................",
		"mx  ------------xxxxxxxxxxx~~~~~~------xxxxx",
	}
	if got := chart(r, 44); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := chart(r, 20); got != nil {
		t.Errorf("too narrow: %q", got)
	}
}

// Where the objectives on stored mail send the reader, something is.
func TestNextKnowsWhereStoredMailIs(t *testing.T) {
	for _, step := range words.Next(storedRun())[:2] {
		if !strings.Contains(step, "stored.details of record.json") || strings.Contains(step, "see problems") {
			t.Errorf("next: %q", step)
		}
	}
}

// Nothing is said of stored mail where there was none, and nothing good where
// it was not compared.
func TestStoredLines(t *testing.T) {
	if lines := words.Stored(passed()); lines != nil {
		t.Errorf("without stored mail: %q", lines)
	}
	for want, s := range map[string]record.Stored{
		"NOTHING was compared":                        {},
		"anomalies: none of the 2 classes looked for": {Anomalies: map[string]int{"flag_lost": 0, "folder_lost": 0}},
		"anomalies: 3 flag_lost":                      {Anomalies: map[string]int{"flag_lost": 3, "folder_lost": 0}},
	} {
		if lines := words.Stored(record.Record{Stored: &s}); len(lines) != 2 || lines[1] != want {
			t.Errorf("%q, want %q", lines, want)
		}
	}
}

func TestNextIsBoundedAndNeverEmpty(t *testing.T) {
	for _, s := range samples {
		if steps := words.Next(s.make()); len(steps) == 0 || len(steps) > words.MostSteps {
			t.Errorf("%s: %d steps", s.name, len(steps))
		}
	}
}
