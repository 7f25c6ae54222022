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
		{"a host that lacks something", func(d *drill) { d.event = lacks(t) }, record.Error, 6},
		{"a host that lacks something, and books that do not balance", func(d *drill) {
			d.event = lacks(t)
			d.extra = []ledger.Entry{{Kind: ledger.Outcome, Copy: ledger.Copy{Seq: 9999}, Verdict: ledger.Accepted, Phase: ledger.PhaseDone}}
		}, record.Error, 70},
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
	off, some, weak := blunt, on, on
	off.Installed, some.Partial, some.Installed = false, true, false
	lame := on // in one direction of two
	lame.Measured = []ledger.Measured{{What: "delay", Unit: "s", Asked: 0.1, Seen: 0.2}, {What: "delay", Unit: "s", Asked: 0.1, Seen: 0.1, Within: true}}
	fair := on
	fair.Measured = []ledger.Measured{{What: "delay", Unit: "s", Asked: 0.1, Seen: 0.1, Within: true}}
	weak.Measured, weak.By = []ledger.Measured{{What: "delay", Unit: "s", Asked: 0.1, Seen: 0.2}}, "tbf"
	gone := look{ledger.Proof{Began: seconds(3), Ended: seconds(3)}, ledger.FaultClean}
	late := look{ledger.Proof{Began: seconds(2.9), Ended: seconds(2.9), Effective: true}, ledger.FaultClean}
	hiccup := look{ledger.Proof{Began: seconds(1), Ended: seconds(1), Effective: true}, ledger.EffectSeen}
	for _, c := range []struct {
		want   string
		target target
		met    uint64
	}{
		{stateNotReached, target{looks: []look{control}}, 0},
		{stateDirty, target{injecting: call, looks: []look{control, hurt, blunt}}, 0},
		{stateOverreach, target{injecting: call, looks: []look{control, hurt, gone}}, 0},
		{stateIneffective, target{injecting: call, looks: []look{control, blunt, gone}}, 0},
		{stateIneffective, target{injecting: call, looks: []look{control, on, off, gone}}, 1},              // its target was started anew
		{stateIneffective, target{injecting: call, looks: []look{control, on, blunt, blunt, gone}}, 1},     // its rules were taken away by somebody
		{stateIneffective, target{injecting: call, looks: []look{control, blunt, blunt, late, gone}}, 1},   // the server was slow to come back
		{stateIneffective, target{injecting: call, looks: []look{control, hiccup, blunt, blunt, gone}}, 1}, // the effect was gone before the fault stood
		{stateProven, target{injecting: call, looks: []look{control, on, blunt, on, gone}}, 1},
		{stateProven, target{injecting: call, looks: []look{control, blunt, on, blunt, gone}}, 1}, // one attempt had luck
		{statePartial, target{injecting: call, looks: []look{control, some, gone}}, 0},
		{statePartial, target{injecting: call, looks: []look{control, on, some, gone}}, 0},
		{statePartial, target{injecting: call, looks: []look{control, weak, gone}}, 0},
		{statePartial, target{injecting: call, looks: []look{control, lame, gone}}, 1},
		{statePartial, target{injecting: call, looks: []look{control, fair, weak, weak, gone}}, 1},
		{stateProven, target{injecting: call, looks: []look{control, fair, fair, weak, gone}}, 1}, // one measurement had bad luck
		{stateUnexercised, target{injecting: call, looks: []look{control, on, gone}}, 0},
		{stateProven, target{injecting: call, looks: []look{control, on, gone}}, 1},
	} {
		st := &step{PlannedFault: PlannedFault{Step: "crash"}, rules: soundRules(), targets: []*target{&c.target}}
		if got := st.fault(c.met).State; got != c.want {
			t.Errorf("state %q, want %q", got, c.want)
		}
	}
}

// What a step says of its targets together.
func TestStateOfTwoTargets(t *testing.T) {
	call := []ledger.Call{{Began: seconds(1), Ended: seconds(1)}}
	control := look{ledger.Proof{}, ledger.FaultControl}
	on := look{ledger.Proof{Began: seconds(2), Ended: seconds(2.5), Installed: true, Effective: true, By: "tbf",
		Measured: []ledger.Measured{{What: "delay", Unit: "s", Asked: 0.1, Seen: 0.104, Within: true}}}, ledger.FaultProof}
	off := look{ledger.Proof{Began: seconds(2), Ended: seconds(3)}, ledger.FaultProof}
	gone := look{ledger.Proof{Began: seconds(4), Ended: seconds(4)}, ledger.FaultClean}
	good := &target{name: "mx1", injecting: call, looks: []look{control, on, gone}}
	state := func(other ...look) record.Fault {
		st := &step{rules: soundRules(), targets: []*target{good, {name: "mx2", injecting: call, looks: append([]look{control}, other...)}}}
		return st.fault(1)
	}
	if f := state(on, gone); f.State != stateProven || len(f.By) != 1 || len(f.Measured) != 2 || f.Measured[1].Target != "mx2" || f.LastSeen != nil {
		t.Errorf("two good targets: %+v", f)
	}
	control.Counters = map[string]uint64{"dropped": 1}
	on.Counters = map[string]uint64{"dropped": 4, "delayed": 2, "refused": 0}
	if f := state(on, gone); len(f.Counted) != 2 || f.Counted["dropped"] != 3 || f.Counted["delayed"] != 2 {
		t.Errorf("counted %v, want 3 dropped and 2 delayed more than before", f.Counted)
	}
	if f := state(off, gone); f.State != statePartial {
		t.Errorf("effect on one of two targets is %q, want partial", f.State)
	}
	if f := state(on, off, gone); f.State != stateIneffective || f.LastSeen == nil || *f.LastSeen != 2.5 {
		t.Errorf("one that lapsed: %+v, want ineffective, last seen at 2.5 s", f)
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

// lacks ends the run in an error that is the environment's.
func lacks(t *testing.T) func(*ledger.Event) bool {
	return func(e *ledger.Event) bool {
		if e.Kind == ledger.RunEnded {
			edit(t, e, func(end *ledger.Ending) { end.How, end.Why, end.Lacking = "error", "no nf_tables", true })
		}
		return true
	}
}
