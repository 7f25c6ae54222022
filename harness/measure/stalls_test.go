package measure

import (
	"strings"
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

// TestSaturatedHost: the load of the host, with and without late probes.
func TestSaturatedHost(t *testing.T) {
	for _, c := range []struct {
		name string
		idle func(at float64) float64
		hold [2]float64 // probes due in it begin at its end
		want bool       // the gate holds
		say  string
	}{
		{name: "idle", idle: func(float64) float64 { return 0.8 }, want: true},
		{name: "busy, but on time", idle: func(float64) float64 { return 0.01 }, want: true},
		{name: "late on an idle host", idle: func(float64) float64 { return 0.8 }, hold: [2]float64{20.1, 21.5}, want: true},
		{name: "late on a busy host", idle: func(float64) float64 { return 0.01 }, hold: [2]float64{20.1, 21.5}, say: "crash: a probe of imap was late by 1.250 s, and no CPU was left"},
		{name: "a little late on a busy host", idle: func(float64) float64 { return 0.01 }, hold: [2]float64{20.1, 20.9}, want: true},
		{name: "busy for one sample", idle: func(at float64) float64 { return busyIn(at, 20, 22) }, hold: [2]float64{20.1, 21.5}, want: true},
		{name: "busy for two", idle: func(at float64) float64 { return busyIn(at, 18, 22) }, hold: [2]float64{20.1, 21.5}, say: "between 18.000 s and 22.000 s"},
		{name: "busy and late at other times", idle: func(at float64) float64 { return busyIn(at, 18, 22) }, hold: [2]float64{23.1, 24.5}, want: true},
		{name: "busy and late before the fault", idle: func(at float64) float64 { return busyIn(at, 6, 12) }, hold: [2]float64{8.1, 9.5}, want: true},
		{name: "busy and late long after recovery", idle: func(at float64) float64 { return busyIn(at, 40, 50) }, hold: [2]float64{45.1, 46.5}, want: true},
		{name: "not known, on time", want: true},
		{name: "not known, and late", hold: [2]float64{20.1, 21.5}, say: "the load of the host is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.loads = c.idle
			if c.hold[1] > 0 {
				d.hold(c.hold[0], c.hold[1])
			}
			r := d.verdict(t)
			g := gateOf(t, r, "host-not-saturated")
			if g.Passed != c.want || !strings.Contains(g.Detail, c.say) {
				t.Errorf("gate %v: %s", g.Passed, g.Detail)
			}
			rto, loss := goal(t, r, "rto.mx"), goal(t, r, "loss")
			if (rto.Verdict == record.Passed) != c.want || loss.Verdict != record.Passed {
				t.Errorf("rto %s (%s), loss %s", rto.Verdict, rto.Reason, loss.Verdict)
			}
			if (r.Host != nil) != (c.idle != nil) {
				t.Errorf("host %+v", r.Host)
			}
		})
	}
}

func busyIn(at, from, to float64) float64 {
	if at >= from && at < to {
		return 0.01
	}
	return 0.5
}

// A long recovery from an early step is looked at to its end.
func TestSaturatedUntilRecovery(t *testing.T) {
	d := sound()
	d.down["mx"] = [][2]float64{{15.1, 99}}
	d.loads = func(at float64) float64 { return busyIn(at, 50, 56) }
	d.hold(52.1, 53.5)
	if g := gateOf(t, d.verdict(t), "host-not-saturated"); g.Passed {
		t.Error("never back, busy and late at the end, and the gate held")
	}
}

func TestHostIsSummedUp(t *testing.T) {
	d := sound()
	d.loads = func(at float64) float64 { return busyIn(at, 20, 22) }
	d.hold(20.1, 20.7)
	h := d.verdict(t).Host
	if h == nil || h.Samples != 30 || h.CPUs != 2 || h.Busy.Max != 0.99 || h.Busy.Mean <= 0.5 || h.Busy.Mean >= 0.6 || h.Late != 0.45 {
		t.Fatalf("host %+v", h)
	}
	if h.Servers == nil || h.Servers.CPU.Max != 0.2 || h.Servers.Memory != 300 || h.Agents.Memory != 7 || h.Driver.CPU.Mean != 0.1 || h.Sampling != 0.001 {
		t.Errorf("servers %+v, agents %+v, driver %+v, sampling %v", h.Servers, h.Agents, h.Driver, h.Sampling)
	}
	if h.CPUPressure == nil || h.MemoryPressure != nil {
		t.Errorf("pressure %+v %+v", h.CPUPressure, h.MemoryPressure)
	}
}
