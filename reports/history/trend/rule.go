package trend

import (
	"fmt"
	"math"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/words"
)

const (
	// Window is how many sound points before the newest it is compared with.
	Window = 5
	// Fewest are so many that they tell something.
	Fewest = 3
	// scatters is how many median distances from the median still are nothing
	// out of the ordinary.
	scatters = 3
)

// State is what the rule says of one objective.
type State string

// States.
const (
	Regressed State = "regressed"
	Held      State = "held"   // not slower by more than can be told
	Untold    State = "untold" // no data, or too little
	Unjudged  State = "not judged"
)

// Finding is the answer of the rule.
type Finding struct {
	State    State    `json:"state"`
	Why      string   `json:"why"`
	Newest   string   `json:"newest,omitempty"` // the folder that is judged
	Compared []string `json:"compared"`         // the folders it is compared with
	// Median is M of the rule, Limit what the lower end of the newest must not
	// exceed, in seconds; nil: there is none.
	Median *float64 `json:"median"`
	Limit  *float64 `json:"limit"`
	// Changed is what is not as it was in the run that was compared last.
	Changed []string `json:"changed,omitempty"`
}

// judge compares the point of the newest run with those before it.
func judge(l Line, newest history.Run, worse float64) Finding {
	f := Finding{State: Untold, Compared: []string{}, Newest: newest.Folder}
	i := slices.IndexFunc(l.Points, func(p Point) bool { return p.Folder == newest.Folder })
	switch {
	case l.Unit != "s":
		f.State, f.Why = Unjudged, "the rule looks at times alone"
		return f
	case i < 0 && ended(newest):
		f.State, f.Why = Unjudged, "the newest run does not ask for it"
		return f
	case i < 0:
		f.Why = "the newest run ended as " + string(newest.Outcome) + ", without it"
		return f
	}
	var base []record.Interval
	for _, p := range slices.Backward(l.Points[:i]) {
		if p.Sound && len(base) < Window {
			base, f.Compared = append(base, *p.Measured), append(f.Compared, p.Folder)
		}
	}
	f.Changed = between(l.Points[:i+1], f.Compared)
	switch p := l.Points[i]; {
	case !p.Sound:
		f.Why = "the newest run gave no sound value: " + p.Note
	case len(base) < Fewest:
		f.Why = fmt.Sprintf("too few runs to tell: %d sound before the newest, %d are needed", len(base), Fewest)
	default:
		f.State, f.Why = f.decide(*p.Measured, base, worse)
	}
	return f
}

// ended tells whether a run came to its end.
func ended(r history.Run) bool {
	return r.Outcome != history.Aborted && r.Outcome != history.Error && r.Outcome != history.Dirty
}

// between gathers what changed after the newest of the runs compared, up to the
// last point.
func between(points []Point, compared []string) []string {
	var what []string
	for _, p := range slices.Backward(points) {
		if len(compared) > 0 && p.Folder == compared[0] {
			break
		}
		what = append(what, p.Changed...)
	}
	slices.Sort(what)
	return slices.Compact(what)
}

// decide is the rule itself.
func (f *Finding) decide(newest record.Interval, base []record.Interval, worse float64) (State, string) {
	median, limit := bound(base, worse)
	if math.IsInf(limit, 1) {
		return Untold, fmt.Sprintf("most of the %d runs before it did not recover while they were looked at", len(base))
	}
	f.Median, f.Limit = &median, &limit
	said := fmt.Sprintf("%s; of the %d runs before it the median is at most %s s, and the limit is %s s",
		words.Interval(&newest, "s"), len(base), words.High(median), words.High(limit))
	switch {
	case newest.Low > limit:
		return Regressed, said
	case newest.High == nil:
		return Untold, said + "; it did not recover while it was looked at"
	}
	return Held, said
}

// bound gives the median of the upper ends, and the limit.
func bound(base []record.Interval, worse float64) (median, limit float64) {
	var highs, distances []float64
	for _, b := range base {
		highs = append(highs, upper(b))
	}
	median = middle(highs)
	if math.IsInf(median, 1) {
		return median, median
	}
	for _, h := range highs {
		distances = append(distances, math.Abs(h-median))
	}
	return median, max(median*(1+worse), median+scatters*middle(distances))
}

// middle is the median; of two in the middle it is the larger one, so that the
// limit is rather too high than too low.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// upper is the upper end; an open one is beyond all others.
func upper(i record.Interval) float64 {
	if i.High == nil {
		return math.Inf(1)
	}
	return *i.High
}

// enclosed is the interval that surely holds the median.
func enclosed(all []record.Interval) *record.Interval {
	var lows, highs []float64
	for _, i := range all {
		lows, highs = append(lows, i.Low), append(highs, upper(i))
	}
	slices.Sort(lows)
	out := record.Interval{Low: lows[(len(lows)-1)/2]}
	if high := middle(highs); !math.IsInf(high, 1) {
		out.High = &high
	}
	return &out
}

// Verdict joins the findings: regressed if one has, else untold if one is.
func (t Trend) Verdict() State {
	all := map[State]bool{}
	for _, l := range t.Lines {
		all[l.Finding.State] = true
	}
	switch {
	case all[Regressed]:
		return Regressed
	case all[Held] && !all[Untold]:
		return Held
	}
	return Untold
}
