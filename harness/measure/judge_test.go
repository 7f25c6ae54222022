package measure

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestSoundDrillPasses(t *testing.T) {
	r := sound().verdict(t)
	if r.Verdict != record.Passed || r.Dirty || record.ExitCode(r) != 0 {
		t.Fatalf("verdict %s, dirty %v: %s", r.Verdict, r.Dirty, r.Reason)
	}
	for _, g := range r.Gates {
		if !g.Passed || g.Detail == "" {
			t.Errorf("gate %s: passed %v, %q", g.Name, g.Passed, g.Detail)
		}
	}
	if a := r.Accounting; a.Planned != 800 || a.Accepted != 800 || a.Delivered != 800 || a.Lost != 0 {
		t.Errorf("accounting %+v", a)
	}
}

func TestRecordIsGolden(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int {
		switch seq {
		case 17, 18, 19, 40:
			return 0
		case 7:
			return 2
		}
		return 1
	}
	got, err := record.Marshal(d.verdict(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := record.Marshal(d.verdict(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, again) {
		t.Fatal("the same history gave two different records")
	}
	golden := filepath.Join("testdata", "record.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("record differs from %s (run with -update to accept):\n%s", golden, got)
	}
}

func TestUnreadableHistory(t *testing.T) {
	w := sound().write(t)
	w.err = errors.New("disk gone")
	for name, h := range map[string]History{
		"no events":         {Ledger: w},
		"no plan":           {Events: w.events[1:], Ledger: w},
		"unreadable ledger": {Events: w.events, Ledger: w},
	} {
		if _, err := Judge(h); err == nil {
			t.Errorf("%s: judged without an error", name)
		}
	}
}

func TestVerdictPrecedence(t *testing.T) {
	ending := func(how string, dirty bool) func(*ledger.Event) bool {
		return func(e *ledger.Event) bool {
			if e.Kind == ledger.RunEnded {
				edit(t, e, func(end *ledger.Ending) { end.How, end.Why, end.Dirty = how, "because", dirty })
			}
			return true
		}
	}
	lossy := func(d *drill) { d.found = func(_ int, seq uint32) int { return int(min(1, seq%100)) } }
	for _, c := range []struct {
		name  string
		plant func(*drill)
		want  record.Verdict
		exit  int
	}{
		{"sound", func(*drill) {}, record.Passed, 0},
		{"lossy", lossy, record.Failed, 1},
		{"aborted and lossy", func(d *drill) { lossy(d); d.event = ending("aborted", false) }, record.Aborted, 4},
		{"error and lossy", func(d *drill) { lossy(d); d.event = ending("error", false) }, record.Error, 70},
		{"dirty", func(d *drill) { d.event = ending("complete", true) }, record.Passed, 5},
		{"no objectives", func(d *drill) { d.goals = nil }, record.Inconclusive, 3},
		{"killed", func(d *drill) { d.event = func(e *ledger.Event) bool { return e.Kind != ledger.RunEnded } }, record.Aborted, 5},
		{"abort event", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.PhaseBegan && e.At == seconds(25.3) {
					e.Kind = ledger.Aborted
				}
				return true
			}
		}, record.Aborted, 4},
		{"unreadable event", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.Scanned {
					e.Data = []byte(`{"scan":"two"}`)
				}
				return true
			}
		}, record.Error, 70},
	} {
		d := sound()
		c.plant(d)
		r := d.verdict(t)
		if r.Verdict != c.want || record.ExitCode(r) != c.exit {
			t.Errorf("%s: %s, exit %d, want %s, exit %d (%s)", c.name, r.Verdict, record.ExitCode(r), c.want, c.exit, r.Reason)
		}
	}
}

func TestExpectation(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int { return int(min(1, seq%100)) }
	for _, c := range []struct {
		expect record.Expect
		want   bool
	}{
		{record.Expect{Verdict: record.Failed, Objectives: []string{"loss", "rpo"}}, true},
		{record.Expect{Verdict: record.Failed, Objectives: []string{"loss"}}, false},
		{record.Expect{Verdict: record.Passed}, false},
	} {
		d.spec = func(s *Spec) { s.Expect = &c.expect }
		if r := d.verdict(t); r.Expect == nil || r.Expect.Met != c.want {
			t.Errorf("expect %+v: got %+v, want met %v", c.expect, r.Expect, c.want)
		}
	}
}

// The states of a step, the worst first: each one's cause is planted together
// with those of all that come after it.
func TestStates(t *testing.T) {
	call := []ledger.Call{{Began: seconds(1), Ended: seconds(1)}}
	control := look{ledger.Proof{Began: seconds(0), Ended: seconds(0)}, ledger.FaultControl}
	on := look{ledger.Proof{Began: seconds(2), Ended: seconds(2), Installed: true, Effective: true}, ledger.FaultProof}
	hurt, blunt := on, on
	hurt.BystanderHurt, blunt.Effective = true, false
	gone := look{ledger.Proof{Began: seconds(3), Ended: seconds(3)}, ledger.FaultClean}
	for _, c := range []struct {
		want   string
		target target
		met    uint64
	}{
		{stateNotReached, target{looks: []look{control}}, 0},
		{stateDirty, target{injecting: call, looks: []look{control, hurt, blunt}}, 0},
		{stateOverreach, target{injecting: call, looks: []look{control, hurt, gone}}, 0},
		{stateIneffective, target{injecting: call, looks: []look{control, blunt, gone}}, 0},
		{stateUnexercised, target{injecting: call, looks: []look{control, on, gone}}, 0},
		{stateProven, target{injecting: call, looks: []look{control, on, gone}}, 1},
	} {
		st := &step{PlannedFault: PlannedFault{Step: "crash"}, rules: soundRules(), targets: []*target{&c.target}}
		if got := st.fault(c.met).State; got != c.want {
			t.Errorf("state %q, want %q", got, c.want)
		}
	}
}

// A history that was written to disk and read back gives the same bytes.
func TestJudgeFromTheRunFolder(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int { return int(min(1, seq%100)) }
	w := d.write(t)
	want, err := Judge(History{Events: w.events, Ledger: w})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	got, err := Judge(stored(t, dir, w))
	if err != nil {
		t.Fatal(err)
	}
	a, errA := record.Marshal(want)
	b, errB := record.Marshal(got)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("from memory:\n%s\nfrom disk:\n%s\n%v %v", a, b, errA, errB)
	}
}

// stored writes a history as a run does, and opens it as a judge does.
func stored(t *testing.T, dir string, w *written) History {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	log, err := ledger.Create(filepath.Join(dir, "ledger"))
	must(err)
	must(log.Record(w.entries...))
	must(log.Close())
	events, err := ledger.CreateEvents(filepath.Join(dir, "events.jsonl"))
	must(err)
	for _, e := range w.events {
		must(events.Append(time.Duration(e.At), e.Kind, e.Step, e.Node, e.Data))
	}
	must(events.Close())
	read, err := ledger.ReadEvents(filepath.Join(dir, "events.jsonl"))
	must(err)
	reader, err := ledger.Open(filepath.Join(dir, "ledger"))
	must(err)
	return History{Events: read, Ledger: reader}
}
