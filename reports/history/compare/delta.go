package compare

import (
	"maps"
	"slices"

	"maildrill/harness/record"
)

// Delta is one objective, then and now.
type Delta struct {
	Objective string `json:"objective"`
	Before    *Value `json:"before"` // nil: was not asked for
	Now       *Value `json:"now"`
	// Least and Most enclose by how much the value has grown; nil: there is no such
	// bound.
	Least *float64 `json:"least"`
	Most  *float64 `json:"most"`
	State State    `json:"state"`
}

// Value is what one run says of an objective.
type Value struct {
	Measured *record.Interval   `json:"measured"`
	Unit     string             `json:"unit"`
	Target   map[string]float64 `json:"target"`
	Verdict  record.Verdict     `json:"verdict"`
}

// State is what can be said of a change.
type State string

// States.
const (
	Worse     State = "worse"           // surely
	Better    State = "better"          // surely
	Same      State = "the same"        // exactly
	Alike     State = "not told apart"  // the intervals overlap
	NoData    State = "no data"         // of one, or of both
	Unlike    State = "not comparable"  // the units differ
	OnlyThen  State = "no longer asked" // for
	OnlyToday State = "not asked before"
)

// deltas lists the objectives of the run of now, then those that are gone.
func deltas(before, now record.Record) []Delta {
	all := []Delta{}
	for _, o := range now.Objectives {
		all = append(all, delta(o.Name, find(before, o.Name), valueOf(o)))
	}
	for _, o := range before.Objectives {
		if find(now, o.Name) == nil {
			all = append(all, delta(o.Name, valueOf(o), nil))
		}
	}
	return all
}

func find(r record.Record, name string) *Value {
	i := slices.IndexFunc(r.Objectives, func(o record.Objective) bool { return o.Name == name })
	if i < 0 {
		return nil
	}
	return valueOf(r.Objectives[i])
}

func valueOf(o record.Objective) *Value { return &Value{o.Measured, o.Unit, o.Target, o.Verdict} }

func delta(name string, before, now *Value) Delta {
	d := Delta{Objective: name, Before: before, Now: now}
	switch {
	case before == nil:
		d.State = OnlyToday
	case now == nil:
		d.State = OnlyThen
	case before.Unit != now.Unit:
		d.State = Unlike
	case before.Measured == nil || now.Measured == nil:
		d.State = NoData
	default:
		d.compare(*before.Measured, *now.Measured)
	}
	return d
}

// compare works out the change. All objectives but those with a minimum are
// the better the lower they are.
func (d *Delta) compare(a, b record.Interval) {
	d.Least, d.Most = minus(&b.Low, a.High), minus(b.High, &a.Low)
	grown, shrunk := d.Least != nil && *d.Least > 0, d.Most != nil && *d.Most < 0
	_, least := d.Now.Target["min"]
	switch {
	case d.Least != nil && d.Most != nil && *d.Least == 0 && *d.Most == 0:
		d.State = Same
	case grown && !least, shrunk && least:
		d.State = Worse
	case shrunk, grown:
		d.State = Better
	default:
		d.State = Alike
	}
}

// minus is nil where one of both is not known.
func minus(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	return new(*a - *b)
}

// Change is one fact about how a run was made that is not the same.
type Change struct {
	What   string  `json:"what"`
	Before *string `json:"before"` // nil: there was none
	Now    *string `json:"now"`
}

// changes lists digests and configurations that differ.
func changes(a, b record.Record) []Change {
	all := []Change{}
	fixed := func(what, x, y string) {
		if x != y {
			all = append(all, Change{what, orNone(x), orNone(y)})
		}
	}
	fixed("scenario", a.Scenario.Name, b.Scenario.Name)
	fixed("scenario sha256", a.Scenario.SHA256, b.Scenario.SHA256)
	fixed("clock", a.Clock, b.Clock)
	fixed("runtime", a.Run.Runtime, b.Run.Runtime)
	fixed("maildrill version", a.Run.Tool.Version, b.Run.Tool.Version)
	fixed("maildrill sha256", a.Run.Tool.SHA256, b.Run.Tool.SHA256)
	all = append(all, mapped("timer ", a.Tuned, b.Tuned)...)
	return append(all, mapped("", a.Environment, b.Environment)...)
}

func mapped(prefix string, a, b map[string]string) []Change {
	keys := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for k := range m {
			keys[k] = true
		}
	}
	var all []Change
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		x, inA := a[k]
		y, inB := b[k]
		if x == y && inA == inB {
			continue
		}
		c := Change{What: prefix + k}
		if inA {
			c.Before = &x
		}
		if inB {
			c.Now = &y
		}
		all = append(all, c)
	}
	return all
}

func orNone(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
