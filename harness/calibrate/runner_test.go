package calibrate

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// all is every row as sound.
func all() map[string]bool {
	sound := map[string]bool{}
	for _, id := range IDs() {
		sound[id] = true
	}
	return sound
}

func hunted(t *testing.T, j Judge, sound map[string]bool) record.CaughtMutant {
	t.Helper()
	lib := &library{volumes: map[string]measure.History{}}
	return Mutant{"m", "a mutant", j}.hunt(t.Context(), Options{Seed: 1, Dir: t.TempDir()}, lib, sound)
}

// A judge without a defect is caught by nothing, else catching one would prove
// nothing.
func TestWholeJudgeIsNotCaught(t *testing.T) {
	if c := hunted(t, measure.Judge, all()); c.CaughtBy != "" {
		t.Errorf("caught by %s: %s", c.CaughtBy, c.Reason)
	}
}

func TestDefectiveJudgesAreCaught(t *testing.T) {
	for name, j := range map[string]Judge{
		"an error":  func(measure.History) (record.Record, error) { return record.Record{}, errors.New("no") },
		"a panic":   func(measure.History) (record.Record, error) { panic("no") },
		"no record": func(measure.History) (record.Record, error) { return record.Record{}, nil },
	} {
		if c := hunted(t, j, all()); c.CaughtBy != "CAL-01" {
			t.Errorf("%s: caught by %q", name, c.CaughtBy)
		}
		if c := hunted(t, j, nil); c.CaughtBy != "" {
			t.Errorf("%s: caught by %s, which is red by itself", name, c.CaughtBy)
		}
	}
}

func TestUncaughtMutantsAndFailedRowsFail(t *testing.T) {
	good := record.CalibrationRow{ID: "CAL-01", Result: record.RowPassed}
	caught, missed := record.CaughtMutant{CaughtBy: "CAL-01"}, record.CaughtMutant{}
	for name, c := range map[string]struct {
		rows    []record.CalibrationRow
		mutants []record.CaughtMutant
		want    bool
	}{
		"all well":             {[]record.CalibrationRow{good}, []record.CaughtMutant{caught}, true},
		"nothing at all":       {nil, nil, false},
		"a failed row":         {[]record.CalibrationRow{good, {Result: record.RowFailed}}, nil, false},
		"an uncaught mutant":   {[]record.CalibrationRow{good}, []record.CaughtMutant{caught, missed}, false},
		"a row without an end": {[]record.CalibrationRow{good, {}}, nil, false},
	} {
		got, said := sumUp(record.Calibration{Rows: c.rows, Mutants: c.mutants}, Options{})
		if got != c.want {
			t.Errorf("%s: passed %v (%s)", name, got, said)
		}
	}
}

func TestUnknownRow(t *testing.T) {
	if _, err := Run(t.Context(), Options{Only: []string{"CAL-99"}}); err == nil || !strings.Contains(err.Error(), "CAL-01") {
		t.Errorf("error %v, want one that lists the valid names", err)
	}
}

// A row that asked nothing has not passed.
func TestEmptyRowFails(t *testing.T) {
	row := calibration{id: "CAL-00", pure: func(*Bench) {}}.run(t.Context(), Options{})
	if row.Result != record.RowFailed {
		t.Errorf("%+v", row)
	}
}

func TestShrinkLeavesTheCause(t *testing.T) {
	lies := every(some, topology.Lie{Drop: true, Twice: "forked", Report: "delayed"})
	cause := errors.New("cause")
	got, err := shrink(lies, func(l map[uint32]topology.Lie) error {
		if l[some[2]].Report == "delayed" {
			return cause
		}
		return nil
	})
	if want := map[uint32]topology.Lie{some[2]: {Report: "delayed"}}; !maps.Equal(got, want) || !errors.Is(err, cause) {
		t.Errorf("%v, %v", got, err)
	}
}

// Each number and each class that differs from the truth is told.
func TestTruthIsStrict(t *testing.T) {
	lies := every(some, topology.Lie{Drop: true})
	tape := newTape(sample)
	tape.lies = lies
	r, err := measure.Judge(tape.history())
	if err != nil {
		t.Fatal(err)
	}
	want := truthOf(sample, lies, false)
	if err := want.differs(r); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*record.Record){
		"a number":        func(r *record.Record) { r.Accounting.Delivered-- },
		"a class missing": func(r *record.Record) { r.Problems = nil },
		"another copy":    func(r *record.Record) { r.Problems = []record.Problem{{Class: "lost", Count: 5, Seqs: "1-5"}} },
		"a pass":          func(r *record.Record) { r.Verdict = record.Passed },
	} {
		spoiled := r
		spoil(&spoiled)
		if want.differs(spoiled) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestSeedsRepeat(t *testing.T) {
	a, b := &Bench{Seed: 5}, &Bench{Seed: 5}
	if x, y := anyLies(a.rand("s %d", 3), 100), anyLies(b.rand("s %d", 3), 100); !maps.Equal(x, y) {
		t.Errorf("%v and %v", x, y)
	}
}

// A calibration that is stopped ends soon, and passes nothing.
func TestStoppedPassesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	c, err := Run(ctx, Options{Full: true, Dir: t.TempDir()})
	if err != nil || c.Passed || time.Since(began) > time.Minute {
		t.Errorf("passed %v after %v, %v", c.Passed, time.Since(began), err)
	}
	for _, r := range c.Rows {
		if r.Result == record.RowPassed {
			t.Errorf("%s passed", r.ID)
		}
	}
}
