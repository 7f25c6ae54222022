package trend

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// Options say what is looked at.
type Options struct {
	Objective    string  // one of them; empty: all times
	Clock        string  // empty: that of the newest run
	Last         int     // points that are shown, the newest; 0: all
	Worse        float64 // share by which a run must be slower to have regressed: 0.2
	SameScenario bool    // only runs of the very same scenario file
	Simulated    bool    // show simulated runs too, marked; they never count
}

// Trend is one scenario over its runs.
type Trend struct {
	Scenario string  `json:"scenario"`
	Title    string  `json:"title"`
	Clock    string  `json:"clock"`
	Runtime  string  `json:"runtime"`
	Worse    float64 `json:"worse"`
	Runs     int     `json:"runs"` // comparable
	// LeftOut counts the runs of the scenario that are not comparable, by why.
	LeftOut map[string]int `json:"left_out"`
	// Unheard are the folders without a record that are newer than the newest run.
	Unheard []string `json:"unheard"`
	Lines   []Line   `json:"objectives"`
}

// Line is one objective over the runs, the oldest first.
type Line struct {
	Objective string           `json:"objective"`
	Unit      string           `json:"unit"`
	Points    []Point          `json:"points"`
	Sound     int              `json:"sound"`
	Best      *record.Interval `json:"best"`   // nil: no sound point
	Median    *record.Interval `json:"median"` // encloses the median of the sound points
	Finding   Finding          `json:"finding"`
}

// Point is one run's value.
type Point struct {
	Folder    string             `json:"folder"`
	Started   time.Time          `json:"started"`
	Measured  *record.Interval   `json:"measured"`
	Target    map[string]float64 `json:"target"`
	Verdict   record.Verdict     `json:"verdict"`
	Simulated bool               `json:"simulated,omitempty"`
	Sound     bool               `json:"sound"`
	Note      string             `json:"note,omitempty"` // why it is not sound
	// Changed is what is not as it was in the run before: "scenario file",
	// "maildrill", "image.mx1".
	Changed []string `json:"changed,omitempty"`
}

// Of follows a scenario over its runs, which may come in any order and may be
// of other scenarios too. ok is false if none is comparable.
func Of(scenario string, runs []history.Run, o Options) (t Trend, ok bool) {
	t = Trend{Scenario: scenario, Worse: o.Worse, LeftOut: map[string]int{}, Unheard: []string{}, Lines: []Line{}}
	own := slices.DeleteFunc(slices.SortedFunc(slices.Values(runs), history.ByTime), func(r history.Run) bool { return r.Scenario.Name != scenario })
	newest, ok := latest(own, o)
	if ok {
		t.Title, t.Clock, t.Runtime = newest.Scenario.Title, newest.Clock, newest.Runtime
	}
	fit := t.choose(own, newest, ok, o)
	for _, name := range names(fit, o) {
		t.Lines = append(t.Lines, line(name, fit, newest, o))
	}
	return t, ok
}

// choose picks the runs that can be compared with the newest, and counts the
// others. Without a newest none can.
func (t *Trend) choose(own []history.Run, newest history.Run, found bool, o Options) (fit []history.Run) {
	for _, r := range own {
		why := unfit(r, newest, o)
		switch {
		case why == "" && found:
			fit = append(fit, r)
			continue
		case why == "":
			why = "of another clock"
		}
		t.LeftOut[why]++
		if found && !r.HasRecord() && r.Started.After(newest.Started) {
			t.Unheard = append(t.Unheard, r.Folder)
		}
	}
	t.Runs = len(fit)
	return fit
}

// latest is the newest run that others can be compared with: a simulated one
// only to show it, where there is no other.
func latest(own []history.Run, o Options) (history.Run, bool) {
	for _, simulated := range []bool{false, true} {
		for _, r := range slices.Backward(own) {
			whole := r.HasRecord() && r.CopyOf == "" && r.Runtime != "" && r.Simulated == simulated
			if whole && (o.Clock == "" || r.Clock == o.Clock) && (!simulated || o.Simulated) {
				return r, true
			}
		}
	}
	return history.Run{}, false
}

// unfit says why a run cannot be compared with the newest; empty: it can.
func unfit(r, newest history.Run, o Options) string {
	switch {
	case !r.HasRecord():
		return string(r.Outcome)
	case r.CopyOf != "":
		return "copied"
	case r.Simulated && !o.Simulated:
		return "simulated"
	case r.Runtime == "":
		return "of no known runtime"
	case r.Clock != newest.Clock:
		return "of another clock"
	case r.Runtime != newest.Runtime && !r.Simulated:
		return "of another runtime"
	case o.SameScenario && r.Scenario.SHA256 != newest.Scenario.SHA256:
		return "of another scenario file"
	}
	return ""
}

// names are the objectives to follow: recovery times first, then the others in
// the order of their names.
func names(runs []history.Run, o Options) []string {
	found := map[string]bool{}
	for _, r := range runs {
		for _, objective := range r.Objectives {
			if o.Objective == objective.Name || o.Objective == "" && objective.Unit == "s" {
				found[objective.Name] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(a, b))
	})
}

// IsRecovery tells recovery times from all other objectives.
func (l Line) IsRecovery() bool { return rank(l.Objective) == 0 }

func rank(objective string) int {
	switch {
	case strings.HasPrefix(objective, "rto."):
		return 0
	case objective == "rpo":
		return 1
	}
	return 2
}

func line(name string, runs []history.Run, newest history.Run, o Options) Line {
	l := Line{Objective: name, Points: []Point{}}
	var before *history.Run // the last that counts
	for i := range runs {
		objective, ok := runs[i].Objective(name)
		if !ok {
			continue
		}
		l.Unit = objective.Unit
		p := point(runs[i], objective)
		if before != nil && !runs[i].Simulated {
			p.Changed = changed(*before, runs[i])
		}
		if !runs[i].Simulated {
			before = &runs[i]
		}
		l.Points = append(l.Points, p)
	}
	l.sum()
	l.Finding = judge(l, newest, o.Worse)
	if o.Last > 0 && len(l.Points) > o.Last {
		l.Points = l.Points[len(l.Points)-o.Last:]
	}
	return l
}

// sum works out what the sound points say together.
func (l *Line) sum() {
	var sound []record.Interval
	for _, p := range l.Points {
		if !p.Sound {
			continue
		}
		sound = append(sound, *p.Measured)
		if l.Best == nil || upper(*p.Measured) < upper(*l.Best) {
			l.Best = p.Measured
		}
	}
	if l.Sound = len(sound); l.Sound > 0 {
		l.Median = enclosed(sound)
	}
}

// point is sound as the package says.
func point(r history.Run, o record.Objective) Point {
	p := Point{Folder: r.Folder, Started: r.Started, Measured: o.Measured, Target: o.Target, Verdict: o.Verdict, Simulated: r.Simulated}
	judged := o.Verdict == record.Passed || o.Verdict == record.Failed
	switch {
	case r.Simulated:
		p.Note = "simulated"
	case !ended(r):
		p.Note = "the run ended as " + string(r.Outcome)
	case o.Measured == nil:
		p.Note = "no data"
	case !judged && len(r.FailedGates) > 0:
		p.Note = "failed gates: " + strings.Join(r.FailedGates, ", ")
	case !judged && o.Verdict != record.Inconclusive:
		p.Note = fmt.Sprintf("%q is no verdict", o.Verdict)
	default:
		p.Sound = true
	}
	return p
}

// changed lists what differs between two runs and may be why they differ.
func changed(before, now history.Run) []string {
	var what []string
	if before.Scenario.SHA256 != now.Scenario.SHA256 {
		what = append(what, "scenario file")
	}
	if before.Tool != now.Tool {
		what = append(what, "maildrill")
	}
	if !maps.Equal(before.Tuned, now.Tuned) {
		what = append(what, "timers")
	}
	for _, key := range slices.Sorted(maps.Keys(joined(before.Environment, now.Environment))) {
		telling := strings.HasPrefix(key, "image.") || strings.HasPrefix(key, "engine")
		if telling && before.Environment[key] != now.Environment[key] {
			what = append(what, key)
		}
	}
	return what
}

func joined(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}
