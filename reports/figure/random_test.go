package figure_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

// drill makes up the record and the chronicle of a run. Hostile ones have
// numbers and names that no run should have.
type drill struct {
	*rand.Rand
	end      float64
	hostile  bool
	faults   int
	services int
	copies   int
}

// sizes of drills, from nothing to more than anybody runs.
var drills = []struct {
	name string
	drill
}{
	{"empty", drill{}},
	{"one probe", drill{end: 1, services: 1}},
	{"usual", drill{end: 70, faults: 1, services: 4, copies: 400}},
	{"crowded", drill{end: 300, faults: 12, services: 30, copies: 3000}},
	{"long", drill{end: 90000, faults: 6, services: 8, copies: 500}},
	{"short", drill{end: 0.02, faults: 2, services: 3, copies: 3}},
	{"hostile", drill{end: 50, hostile: true, faults: 5, services: 6, copies: 200}},
	{"hostile without end", drill{end: math.Inf(1), hostile: true, faults: 12, services: 30, copies: 50}},
}

var hostileNames = []string{
	"<script>alert(1)</script>", "a\x00b\x1b[31m", "\u202egnirts", "\xff\xfe", "日本語のサービス名がとても長い場合", "",
	"a name that is so much longer than there is any room for that it has to be cut somewhere in the middle of it",
	"\"><svg onload=x>", "line\nbreak\ttab",
}

var names = []string{"mx", "imap", "delivery", "submission", "pop3", "dns", "auth", "webmail", "outbound-relay", "filter"}

func (d *drill) name(n int) string {
	if d.hostile && d.IntN(2) == 0 {
		return hostileNames[d.IntN(len(hostileNames))]
	}
	if n < len(names) {
		return names[n]
	}
	return fmt.Sprintf("%s-%d", names[n%len(names)], n)
}

// time is a moment of the run; in a hostile drill it may be anything.
func (d *drill) time() float64 {
	if d.hostile {
		switch d.IntN(12) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1)
		case 2:
			return math.Inf(-1)
		case 3:
			return -d.ExpFloat64() * 100
		case 4:
			return 1e300
		case 5:
			return -1e300
		}
	}
	if !finite(d.end) {
		return d.Float64() * 100
	}
	return d.Float64() * d.end
}

func (d *drill) some(v float64) *float64 {
	if d.IntN(4) == 0 {
		return nil
	}
	return &v
}

func (d *drill) interval(from float64) *record.Interval {
	if d.IntN(12) == 0 {
		return nil
	}
	return &record.Interval{Low: from, High: d.some(from + d.ExpFloat64()*d.step())}
}

func (d *drill) step() float64 {
	if !finite(d.end) {
		return 1
	}
	return d.end / 50
}

func (d *drill) record() record.Record {
	r := record.Record{Services: map[string]record.Service{}, Verdict: record.Failed}
	at := 0.0
	for _, name := range []string{"baseline", "gate", "timeline", "observe", "drain", "scan"} {
		if d.end == 0 {
			break
		}
		to := at + d.Float64()*d.step()*20*float64(d.IntN(3))
		r.Phases = append(r.Phases, record.Phase{Name: name, Began: at, Ended: to})
		at = to
	}
	for n := range d.faults {
		r.Faults = append(r.Faults, d.fault(n))
	}
	for n := range d.faults / 4 {
		r.Actions = append(r.Actions, record.Action{Step: d.name(n), Kind: "flush", Targets: []string{"mx2"}, Began: d.some(d.time()), Ended: d.some(d.time())})
	}
	for n := range d.services {
		s := record.Service{Probes: 100}
		for range d.IntN(3) {
			s.Outages = append(s.Outages, record.Outage{Began: record.Interval{Low: d.time()}, RTA: d.rta(), Step: fmt.Sprintf("step-%d", d.IntN(d.faults+1))})
		}
		r.Services[d.name(n)] = s
		r.Objectives = append(r.Objectives, d.objective("rto."+d.name(n), "s"))
	}
	r.Objectives = append(r.Objectives, d.objective("rpo", "s"), d.objective("loss", "copies"), record.Objective{})
	r.Accounting = d.accounting()
	r.Times = d.times()
	return r
}

func (d *drill) rta() record.Interval {
	if i := d.interval(d.time() / 3); i != nil {
		return *i
	}
	return record.Interval{}
}

func (d *drill) objective(name, unit string) record.Objective {
	v := []record.Verdict{record.Passed, record.Failed, record.Inconclusive, "", "unheard of"}[d.IntN(5)]
	o := record.Objective{Name: name, Unit: unit, Verdict: v, Measured: d.interval(d.time())}
	o.Target = []map[string]float64{{"max": d.time()}, {"max": 0}, {"min": d.time()}, {"min": 1, "max": 2}, nil}[d.IntN(5)]
	return o
}

func (d *drill) fault(n int) record.Fault {
	at := d.time()
	f := record.Fault{Step: fmt.Sprintf("step-%d", n), Kind: "node.crash", Targets: []string{d.name(n)}, State: "proven"}
	if d.hostile {
		f.Step, f.Kind = d.name(n), d.name(n+1)
	}
	f.Injected, f.Effective, f.Healed = d.interval(at), d.interval(at), d.interval(at+d.time())
	f.Clock = &record.FaultClock{Clearing: d.interval(d.time())}
	f.Capacity = d.interval(d.time())
	f.Detection = &record.Detection{Silent: d.IntN(5) == 0}
	if i := d.interval(d.time()); i != nil {
		f.Detection.Probe = &record.Signal{After: *i, What: "probe of " + d.name(n)}
		f.Detection.Alert = &record.Signal{After: *i, What: d.name(n + 1)}
	}
	return f
}

func (d *drill) accounting() record.Accounting {
	n := func() int { return []int{0, 0, 1, 3, d.copies, 20000, -1}[d.IntN(7)] }
	return record.Accounting{Planned: n(), Unsent: n(), Attempted: n(), Accepted: n(), RejectedTemporary: n(), RejectedPermanent: n(),
		Indeterminate: n(), NotAttempted: n(), Delivered: n(), Damaged: n(), Notified: n(), Deferred: n(), Quarantined: n(), Lost: n(),
		Unknown: n(), Duplicates: n(), Phantom: n()}
}

func (d *drill) times() *record.Times {
	t := &record.Times{Backlog: &record.Backlog{Drain: d.interval(d.time()), Flushed: true}}
	for _, phase := range []string{"before", "during", "after"} {
		t.Latency = append(t.Latency, record.Latency{Phase: phase, Count: int64(d.IntN(200)), P50: d.some(d.time()), P90: d.some(d.time()), P99: d.some(d.time()), Max: d.time()})
	}
	return t
}

func (d *drill) chronicle(r record.Record) chronicle.Chronicle {
	c := chronicle.Chronicle{End: d.end, Copies: chronicle.Copies{Fates: map[chronicle.Fate]int{}}}
	for n := range d.services {
		name := d.name(n)
		c.Lanes = append(c.Lanes, chronicle.Lane{Service: name, Cells: d.cells(chronicle.Up, chronicle.Down, chronicle.Unsteady, chronicle.Unsure, chronicle.NoData, "new")})
		for node := range d.IntN(3) {
			c.Lanes = append(c.Lanes, chronicle.Lane{Service: fmt.Sprintf("%s@mx%d", name, node), Cells: d.cells(chronicle.Up)})
		}
	}
	for _, f := range r.Faults {
		for range d.IntN(4) {
			at := d.time()
			c.Effects = append(c.Effects, chronicle.Effect{Step: f.Step, Kind: f.Kind, Node: "n", Commanded: []chronicle.Stretch{{From: at, To: at + d.time()}},
				Seen: d.cells(chronicle.On, chronicle.Off, chronicle.Partial, chronicle.Unsure, chronicle.NoData)})
		}
	}
	if d.hostile {
		c.Stalls = []chronicle.Stretch{{From: d.time(), To: d.time()}}
		c.Torn, c.Thinned = hostileNames[d.IntN(len(hostileNames))], hostileNames[6]
		c.Events = []chronicle.Moment{{N: 7, Step: "step-0"}}
	}
	for n := range d.copies {
		c.Copies.Points = append(c.Copies.Points, d.copy(n))
		c.Copies.Fates[c.Copies.Points[n].Fate]++
	}
	c.Copies.Limit = d.time()
	d.measured(&c)
	return c
}

func (d *drill) copy(n int) chronicle.Point {
	p := chronicle.Point{Seq: uint32(n), Due: d.time(), Fate: chronicle.Delivered, Answer: d.some(d.time() / 100), Arrival: d.interval(d.time() / 50)}
	if d.IntN(10) == 0 {
		p.Marks = []chronicle.Mark{"misdelivered"}
		p.Fate = append(chronicle.Fates, "unheard of")[d.IntN(len(chronicle.Fates)+1)]
	}
	return p
}

func (d *drill) measured(c *chronicle.Chronicle) {
	bins := 0
	if d.copies > 0 {
		bins = 60
	}
	for n := range bins {
		from := float64(n) * d.step()
		q := chronicle.Quantile{From: from, To: from + d.step(), Count: 3, P50: d.some(d.time() / 100), P95: d.some(d.time() / 30), Max: d.time()}
		c.Accept, c.Arrive = append(c.Accept, q), append(c.Arrive, q)
		c.Rates = append(c.Rates, chronicle.Rate{From: from, To: from + d.step()*float64(d.IntN(2)), Offered: d.IntN(50), Accepted: d.IntN(50), Refused: d.IntN(3), Delivered: d.IntN(50), Indeterminate: d.IntN(2)})
	}
	for n := range d.services {
		line := chronicle.Depth{Node: d.name(n)}
		for range 20 {
			r := chronicle.Reading{At: d.time(), Count: d.IntN(500)}
			if d.IntN(8) == 0 {
				r.Error = "not read"
			}
			line.Readings = append(line.Readings, r)
		}
		if !d.hostile {
			slices.SortFunc(line.Readings, func(a, b chronicle.Reading) int { return cmp.Compare(a.At, b.At) })
		}
		c.Depths = append(c.Depths, line)
	}
}

// cells follow each other, in any of the states.
func (d *drill) cells(states ...chronicle.State) []chronicle.Cell {
	var out []chronicle.Cell
	at := 0.0
	for range d.IntN(9) {
		to := at + d.ExpFloat64()*d.step()*10
		if d.hostile && d.IntN(6) == 0 {
			to = d.time()
		}
		out = append(out, chronicle.Cell{From: at, To: to, State: states[d.IntN(len(states))]})
		at = to
	}
	return out
}
