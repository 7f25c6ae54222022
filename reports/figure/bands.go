package figure

import (
	"fmt"
	"math"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// band is a fault, or what an operator did, over time.
type band struct {
	names     []string // from the longest to the shortest
	said      string   // for whoever points at it
	link      string
	ink       Ink
	hatch     Hatch
	action    bool
	commanded []chronicle.Stretch
	seen      [][]chronicle.Cell // one row a target
	// effective and healed bracket the ends of what was seen, over all targets; nil:
	// it was not seen to begin, or to end.
	effective, healed *record.Interval
	from, to          float64 // of all of it
	// Whether the commanded ends are away from those that were seen.
	lateOn, lateOff bool
}

var faultHatches = []Hatch{Rising, Falling, Crossed, Level}

// bandsOf are the faults that were begun, then the actions, in the order of the
// record.
func bandsOf(r record.Record, c chronicle.Chronicle, end float64) []band {
	var out []band
	for n, f := range r.Faults {
		b := faultBand(f, c, end)
		b.ink, b.hatch = FaultInk(n), faultHatches[n%len(faultHatches)]
		if len(b.commanded) > 0 || b.effective != nil {
			out = append(out, b.bounded(end))
		}
	}
	for _, a := range r.Actions {
		if a.Began != nil {
			out = append(out, actionBand(a, c, end).bounded(end))
		}
	}
	return out
}

func faultBand(f record.Fault, c chronicle.Chronicle, end float64) band {
	name := words.Plain(f.Step)
	full := fmt.Sprintf("%s: %s on %s", name, words.Plain(f.Kind), words.List(f.Targets))
	b := band{names: []string{full, name + ": " + words.Plain(f.Kind), name}, link: eventLink(c, f.Step),
		said: full + "; " + words.Span(f), effective: f.Effective, healed: f.Healed}
	for _, e := range c.Effects {
		if e.Step == f.Step {
			b.commanded = append(b.commanded, e.Commanded...)
			b.seen = append(b.seen, e.Seen)
		}
	}
	if len(b.seen) == 0 {
		b.commanded, b.seen = fromRecord(f, end)
	}
	b.lateOn = apart(f.Injected, f.Effective, end)
	if f.Clock != nil {
		b.lateOff = apart(f.Clock.Clearing, f.Healed, end)
	}
	return b
}

// apart tells whether what was commanded is away from the bracket in which it
// was seen, by more than one sees on the axis.
func apart(commanded, seen *record.Interval, end float64) bool {
	if commanded == nil || seen == nil {
		return false
	}
	slack := math.Max(0.25, end/500)
	return upper(commanded, end) < seen.Low-slack || commanded.Low > upper(seen, end)+slack
}

// fromRecord is what the record alone tells about a fault.
func fromRecord(f record.Fault, end float64) (commanded []chronicle.Stretch, seen [][]chronicle.Cell) {
	if f.Injected != nil {
		over := end
		if f.Clock != nil && f.Clock.Clearing != nil {
			over = f.Clock.Clearing.Low
		} else if f.Healed != nil {
			over = upper(f.Healed, end)
		}
		commanded = []chronicle.Stretch{{From: f.Injected.Low, To: over}}
	}
	if f.Effective == nil {
		return commanded, nil
	}
	sure := upper(f.Effective, end)
	cells := []chronicle.Cell{{From: f.Effective.Low, To: sure, State: chronicle.Unsure}}
	if f.Healed == nil {
		return commanded, [][]chronicle.Cell{append(cells, chronicle.Cell{From: sure, To: end, State: chronicle.On})}
	}
	return commanded, [][]chronicle.Cell{append(cells,
		chronicle.Cell{From: sure, To: f.Healed.Low, State: chronicle.On},
		chronicle.Cell{From: f.Healed.Low, To: upper(f.Healed, end), State: chronicle.Unsure})}
}

func actionBand(a record.Action, c chronicle.Chronicle, end float64) band {
	over := *a.Began
	if a.Ended != nil {
		over = *a.Ended
	} else if a.Result == record.Cancelled {
		over = end
	}
	return band{names: []string{words.ActionName(a), words.Plain(a.Step)}, said: words.ActionName(a) + ": " + words.ActionWord(a),
		link: eventLink(c, a.Step), ink: Muted, action: true, commanded: []chronicle.Stretch{{From: *a.Began, To: over}}}
}

// eventLink is the anchor of the first event of a step; empty: none is shown.
func eventLink(c chronicle.Chronicle, step string) string {
	for _, e := range c.Events {
		if e.Step == step && step != "" {
			return e.Anchor()
		}
	}
	return ""
}

// bounded finds from when to when there is anything of a band.
func (b band) bounded(end float64) band {
	b.from, b.to = math.Inf(1), math.Inf(-1)
	meet := func(from, to float64) {
		if !math.IsNaN(from) && !math.IsNaN(to) {
			b.from, b.to = math.Min(b.from, from), math.Max(b.to, to)
		}
	}
	for _, s := range b.commanded {
		meet(s.From, s.To)
	}
	for _, row := range b.seen {
		for _, c := range row {
			if c.State == chronicle.On || c.State == chronicle.Partial || c.State == chronicle.Unsure {
				meet(c.From, c.To)
			}
		}
	}
	if b.from > b.to {
		b.from, b.to = 0, 0
	}
	b.from, b.to = math.Max(0, math.Min(b.from, end)), math.Min(end, math.Max(b.to, 0))
	return b
}
