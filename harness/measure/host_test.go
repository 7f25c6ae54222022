package measure

import (
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
)

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
			if (r.Verdict == record.Passed) != c.want {
				t.Errorf("verdict %s (%s)", r.Verdict, r.Reason)
			}
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

// TestSaturationSpoilsTimesAlone: copies are counted as well on a host without a
// CPU to spare; times are not, neither for better nor for worse.
func TestSaturationSpoilsTimesAlone(t *testing.T) {
	lost := func(_ int, seq uint32) int { return int(min(1, seq%400)) }
	twice := func(_ int, seq uint32) int { return 1 + int(100/max(seq, 100)) }
	noLoss := Objective{"loss", 0, "copies"}
	for _, c := range []struct {
		name       string
		goals      []Objective
		found      func(int, uint32) int
		delay      time.Duration  // of every tenth copy
		idle, want record.Verdict // on an idle host, and on a saturated one
	}{
		{name: "no loss", goals: []Objective{noLoss}, idle: record.Passed, want: record.Passed},
		{name: "a loss", goals: []Objective{noLoss}, found: lost, idle: record.Failed, want: record.Failed},
		{name: "a duplicate", goals: []Objective{{"duplicates", 0, "copies"}}, found: twice, idle: record.Failed, want: record.Failed},
		{name: "no loss meanwhile", goals: []Objective{{"loss_during", 0, "copies"}}, idle: record.Passed, want: record.Passed},
		{name: "recovery in time", goals: []Objective{{"rto.mx", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "recovery too late", goals: []Objective{{"rto.mx", 1, "s"}}, idle: record.Failed, want: record.Inconclusive},
		{name: "recovery in time, and no loss", goals: []Objective{noLoss, {"rto.mx", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "recovery in time, and a loss", goals: []Objective{noLoss, {"rto.mx", 60, "s"}}, found: lost, idle: record.Failed, want: record.Failed},
		{name: "no loss before", goals: []Objective{{"rpo", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "a loss long before", goals: []Objective{{"rpo", 1, "s"}}, found: func(_ int, seq uint32) int { return int(min(1, seq-100)) }, idle: record.Failed, want: record.Inconclusive},
		{name: "detected in time", goals: []Objective{{"detect", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "capacity in time", goals: []Objective{{"capacity", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "drained in time", goals: []Objective{{"drain", 60, "s"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "no late mail", goals: []Objective{{"late", 0, "copies"}}, idle: record.Passed, want: record.Inconclusive},
		{name: "late mail", goals: []Objective{{"late", 0, "copies"}}, delay: 20 * time.Second, idle: record.Failed, want: record.Inconclusive},
		{name: "no objective", idle: record.Inconclusive, want: record.Inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			drill := func() *drill {
				d := later(func(seq uint32) time.Duration {
					if seq%10 == 0 {
						return c.delay + 10*time.Millisecond
					}
					return 10 * time.Millisecond
				}).aim(Timing{Late: seconds(10), DetectBy: "probe"}, c.goals...)
				d.found = c.found
				return d
			}
			if r := drill().verdict(t); r.Verdict != c.idle {
				t.Errorf("on an idle host %s (%s), want %s", r.Verdict, r.Reason, c.idle)
			}
			d := drill()
			saturate(d)
			r := d.verdict(t)
			if g := gateOf(t, r, "host-not-saturated"); g.Passed || !strings.Contains(g.Detail, "times are not to be relied on") {
				t.Errorf("gate %+v", g)
			}
			if r.Verdict != c.want {
				t.Errorf("verdict %s (%s), want %s", r.Verdict, r.Reason, c.want)
			}
		})
	}
}

// saturate leaves the host no CPU, and a probe late, while it recovers.
func saturate(d *drill) {
	d.loads = func(float64) float64 { return 0.01 }
	d.hold(20.1, 21.5)
}
