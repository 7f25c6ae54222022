package measure

import (
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// stand plants stalls of the instrument.
func stand(t *testing.T, d *drill, stalls ...[2]float64) {
	t.Helper()
	left := stalls
	inner := d.event
	d.event = func(e *ledger.Event) bool {
		// The first events that nothing rests on become the stalls.
		if len(left) > 0 && e.Kind == ledger.Note {
			*e = gap(t, *e, left[0][0], left[0][1])
			e.Kind, left = ledger.Gap, left[1:]
			return true
		}
		return inner == nil || inner(e)
	}
	d.notes = len(stalls)
	d.loads = func(float64) float64 { return 0.8 }
}

func TestStallsWidenTheEdges(t *testing.T) {
	// Looks put the onset into [15, 15.1] and the end into [24.8, 25.05].
	for _, c := range []struct {
		name              string
		stalls            [][2]float64
		effective, healed [2]float64
	}{
		{"none", nil, [2]float64{15, 15.1}, [2]float64{24.8, 25.05}},
		{"elsewhere", [][2]float64{{10, 10.5}, {20, 20.5}, {26, 26.5}}, [2]float64{15, 15.1}, [2]float64{24.8, 25.05}},
		{"into the onset", [][2]float64{{14.5, 15.05}}, [2]float64{14.5, 15.1}, [2]float64{24.8, 25.05}},
		{"out of the onset", [][2]float64{{15.05, 15.8}}, [2]float64{15, 15.8}, [2]float64{24.8, 25.05}},
		{"around the end", [][2]float64{{24.5, 25.4}}, [2]float64{15, 15.1}, [2]float64{24.5, 25.4}},
		{"at both", [][2]float64{{14.9, 15.2}, {25, 25.3}}, [2]float64{14.9, 15.2}, [2]float64{24.8, 25.3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			stand(t, d, c.stalls...)
			f := d.verdict(t).Faults[0]
			same(t, "effective", f.Effective, c.effective)
			same(t, "healed", f.Healed, c.healed)
		})
	}
}

// A probe that failed because maildrill stood still says nothing.
func TestStallsMakeNoFalseRecoveryTime(t *testing.T) {
	for _, c := range []struct {
		name     string
		down     [][2]float64
		stalls   [][2]float64
		want     record.Verdict
		measured [2]float64
	}{
		// Without the stall this would be a certain failure: 25 s after the onset.
		{"long after the fault", [][2]float64{{40, 40.3}}, [][2]float64{{39.9, 40.6}}, record.Inconclusive, [2]float64{0, 25.6}},
		{"the same without a stall", [][2]float64{{40, 40.3}}, nil, record.Failed, [2]float64{25.15, 25.52}},
		{"the last of several", [][2]float64{{15.1, 20.3}}, [][2]float64{{20.2, 20.4}}, record.Passed, [2]float64{4.9, 5.52}},
		{"while it recovers", [][2]float64{{15.1, 20}}, [][2]float64{{19.8, 21.4}}, record.Passed, [2]float64{4.65, 6.4}},
		{"at the onset", [][2]float64{{15.1, 20}}, [][2]float64{{14.4, 15.05}}, record.Passed, [2]float64{4.65, 5.62}},
		{"in the middle", [][2]float64{{15.1, 20}}, [][2]float64{{17, 17.5}}, record.Passed, [2]float64{4.65, 5.02}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.down["mx"] = c.down
			stand(t, d, c.stalls...)
			o := goal(t, d.verdict(t), "rto.mx")
			if o.Verdict != c.want {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.want)
			}
			same(t, "measured", o.Measured, c.measured)
		})
	}
}

// An interruption may have hidden in the hole that a stall left.
func TestHoleInTheProbesWidensTheUnbroken(t *testing.T) {
	d := sound()
	d.down["mx"] = nil
	stand(t, d, [2]float64{30.01, 31.5})
	d.hold(30.01, 31.5)
	o := goal(t, d.verdict(t), "rto.mx")
	// From the start of the probe at 30 s to the end of that due at 30.25 s.
	same(t, "measured", o.Measured, [2]float64{0, 1.52})
	if o.Verdict != record.Passed {
		t.Errorf("%s (%s)", o.Verdict, o.Reason)
	}
}
