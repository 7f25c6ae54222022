package figure

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Narrow is the width of a figure that stands in running text.
const Narrow = 560

// Waterfall shows for each fault how long it took from its taking effect until
// it was noticed, until each service was back, and until all was as before.
func Waterfall(r record.Record) Figure {
	w := &waterfall{}
	last := lastRecovered(r)
	for n, f := range r.Faults {
		w.fault(r, f, FaultInk(n), n == last)
	}
	if last >= 0 {
		w.unharmed(r)
	}
	w.x = scale{to: w.reach(), low: waterfallNames, end: Narrow - waterfallValues}
	height := waterfallTop + float64(len(w.rows))*waterfallPitch + 36
	switch {
	case len(w.rows) == 0:
		height = 30
	case !w.timed():
		height -= 30
	}
	return Figure{ID: "waterfall", Title: "Recovery after each fault", Alt: w.alt(), Width: Narrow, Height: height,
		Draw: func(c Canvas) { w.draw(newPen(c, Narrow, height)) }}
}

type waterfall struct {
	x    scale
	rows []fall
}

// fall is one row: a fault, or what came after it.
type fall struct {
	name   string
	head   bool
	value  string
	begin  float64 // where the bar begins, in seconds since the fault took effect
	took   *record.Interval
	style  Style
	target *float64
	goal   string // what the target is called
}

const (
	waterfallTop    = 6
	waterfallPitch  = 17
	waterfallNames  = 150
	waterfallValues = 168
)

// fault adds the rows of one fault.
func (w *waterfall) fault(r record.Record, f record.Fault, ink Ink, last bool) {
	head := fall{name: fmt.Sprintf("%s: %s on %s", words.Plain(f.Step), words.Plain(f.Kind), words.List(f.Targets)), head: true}
	head.style = Style{Fill: ink}
	if f.Effective == nil {
		head.value = "never seen in effect"
		w.rows = append(w.rows, head)
		return
	}
	head.value = "in effect since " + words.Moment(f.Effective)
	w.rows = append(w.rows, head)
	w.signals(f.Detection)
	if f.Healed != nil {
		w.add(fall{name: "fault gone", took: since(f.Healed, f.Effective), style: Style{Fill: ink, Stroke: ink, Opacity: 0.5, Width: 0.5}})
	}
	back := w.services(r, f)
	if f.Capacity != nil {
		w.add(fall{name: "full load again", took: f.Capacity, style: judged(r, "capacity", f.Capacity), target: targetOf(r, "capacity"), goal: "target"})
	}
	if last && r.Times != nil && r.Times.Backlog != nil && r.Times.Backlog.Drain != nil {
		w.drained(r, back)
	}
}

// signals add who noticed a fault.
func (w *waterfall) signals(d *record.Detection) {
	if d == nil {
		return
	}
	neutral := Style{Fill: Muted, Stroke: Muted, Opacity: 0.5, Width: 0.5}
	for _, s := range []*record.Signal{d.Probe, d.Health, d.Failover, d.Alert} {
		if s != nil {
			w.add(fall{name: "noticed: " + words.Plain(s.What), took: &s.After, style: neutral})
		}
	}
	if d.Silent {
		w.rows = append(w.rows, fall{name: "nobody noticed", style: neutral, value: "no signal"})
	}
}

func (w *waterfall) add(f fall) {
	f.value = words.Interval(f.took, "s")
	if f.target != nil {
		f.value += fmt.Sprintf(", %s %s s", f.goal, words.Exact(*f.target))
	}
	w.rows = append(w.rows, f)
}

// services adds the outages of a fault, and tells when the last was over.
func (w *waterfall) services(r record.Record, f record.Fault) record.Interval {
	back := record.Interval{}
	if f.Healed != nil {
		back = *since(f.Healed, f.Effective)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Services)) {
		for _, o := range r.Services[name].Outages {
			if o.Step != f.Step {
				continue
			}
			back.Low = math.Max(back.Low, o.RTA.Low)
			if back.High != nil && o.RTA.High != nil {
				high := math.Max(*back.High, *o.RTA.High)
				back.High = &high
			} else {
				back.High = nil
			}
			w.add(fall{name: words.Plain(name) + " back", took: &o.RTA, style: judged(r, "rto."+name, &o.RTA), target: targetOf(r, "rto."+name), goal: "RTO"})
		}
	}
	return back
}

// unharmed adds the services that had to be back in time, and were never gone.
func (w *waterfall) unharmed(r record.Record) {
	head := fall{name: "not gone at any time", head: true, style: Style{Fill: Muted}}
	for _, o := range r.Objectives {
		name, ok := strings.CutPrefix(o.Name, "rto.")
		if s, known := r.Services[name]; ok && known && len(s.Outages) == 0 && o.Measured != nil {
			if head.head {
				w.rows = append(w.rows, head)
				head.head = false
			}
			w.add(fall{name: words.Plain(name), took: o.Measured, style: judged(r, o.Name, o.Measured), target: targetOf(r, o.Name), goal: "RTO"})
		}
	}
}

// drained adds the drain of the backlog, which begins when the last service was
// back.
func (w *waterfall) drained(r record.Record, back record.Interval) {
	b := r.Times.Backlog
	name := "backlog drained"
	if b.Flushed {
		name += ", flushed"
	}
	f := fall{name: name, begin: number(back.Low), style: judged(r, "drain", b.Drain)}
	f.took = &record.Interval{Low: b.Drain.Low + f.begin}
	if b.Drain.High != nil && back.High != nil {
		high := *b.Drain.High + *back.High
		f.took.High = &high
	}
	f.value = words.Interval(b.Drain, "s") + " more"
	w.rows = append(w.rows, f)
}

// since is the time between two moments that are known as intervals.
func since(later, earlier *record.Interval) *record.Interval {
	out := record.Interval{Low: later.Low - upper(earlier, later.Low)}
	out.Low = math.Max(0, out.Low)
	if later.High != nil {
		high := math.Max(out.Low, *later.High-earlier.Low)
		out.High = &high
	}
	return &out
}

// judged is how a quantity is drawn that an objective is about: as what is on
// this or on that side of its target, if the objective was decided. Neutral where
// there is none.
func judged(r record.Record, objective string, took *record.Interval) Style {
	for _, o := range r.Objectives {
		if o.Name != objective {
			continue
		}
		most, ok := o.Target["max"]
		decided := ok && (o.Verdict == record.Passed || o.Verdict == record.Failed)
		switch {
		case decided && took.High != nil && *took.High <= most:
			return verdictStyle(record.Passed)
		case decided && took.Low > most:
			return verdictStyle(record.Failed)
		}
		return verdictStyle(record.Inconclusive)
	}
	return Style{Fill: Accent, Stroke: Accent, Opacity: 0.6, Width: 0.5}
}

func targetOf(r record.Record, objective string) *float64 {
	for _, o := range r.Objectives {
		if most, ok := o.Target["max"]; ok && o.Name == objective && finite(most) {
			return &most
		}
	}
	return nil
}

// lastRecovered is the fault after which the last service was back; -1: none.
func lastRecovered(r record.Record) int {
	last, at := -1, math.Inf(-1)
	for n, f := range r.Faults {
		if f.Effective == nil {
			continue
		}
		over := f.Effective.Low
		if f.Healed != nil {
			over = math.Max(over, upper(f.Healed, math.Inf(1)))
		}
		for _, s := range r.Services {
			for _, o := range s.Outages {
				if o.Step == f.Step {
					over = math.Max(over, f.Effective.Low+upper(&o.RTA, math.Inf(1)))
				}
			}
		}
		if over >= at {
			last, at = n, over
		}
	}
	return last
}
