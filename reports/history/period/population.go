package period

import (
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/trend"
)

// Question is what was asked of the database, and what came back.
type Question struct {
	SQL    string        `json:"sql"`
	Params []string      `json:"parameters"`
	Rows   int           `json:"rows"`
	Runs   []history.Run `json:"-"`
}

// Sources are all that a report rests on.
type Sources struct {
	Span   Span
	AsOf   time.Time
	Folder string // of the runs
	Tool   record.Tool
	// Population are the runs that started in the span, Evidence all that started
	// up to AsOf.
	Population, Evidence Question
	Others               []string  // folders that hold no drill
	Register             *Register // nil: there is none
	// The ids that must be proven.
	Causes, Mitigations, Controls []string
	Frameworks                    []string // only controls of these, by what stands before the colon; none: all
	Every                         Intervals
}

// Report is a period with its population.
type Report struct {
	Span       Span        `json:"period"`
	AsOf       time.Time   `json:"as_of"`
	Folder     string      `json:"folder"`
	Tool       record.Tool `json:"tool"`
	Population Question    `json:"population_query"`
	Evidence   Question    `json:"evidence_query"`
	Others     []string    `json:"folders_without_a_drill"`
	Register   *Register   `json:"register"`
	Counts     []Count     `json:"counts"`
	Scenarios  []Scenario  `json:"scenarios"`
	Freshness  []Freshness `json:"freshness"`
	// Runs is the whole population, the oldest first.
	Runs []history.Run `json:"runs"`
}

// Count is how many runs ended in one way.
type Count struct {
	Outcome   history.Outcome `json:"outcome"`
	Real      int             `json:"real"`      // on real servers, or not known
	Simulated int             `json:"simulated"` // count for nothing
	Copies    int             `json:"copies"`    // of the real ones: the same run as another folder
}

// Scenario is what the population says of one scenario.
type Scenario struct {
	Name       string                  `json:"name"`
	Title      string                  `json:"title"`
	Outcomes   map[history.Outcome]int `json:"outcomes"` // simulated runs and copies are not counted
	Simulated  int                     `json:"simulated"`
	First      time.Time               `json:"first"`
	Last       time.Time               `json:"last"`
	Clock      string                  `json:"clock"`
	Recoveries []Recovery              `json:"recoveries"`
}

// Recovery is one recovery time over the period, of sound points alone.
type Recovery struct {
	Objective string             `json:"objective"`
	Sound     int                `json:"sound"`
	Target    map[string]float64 `json:"target"` // of the last
	First     *record.Interval   `json:"first"`
	Best      *record.Interval   `json:"best"`
	Median    *record.Interval   `json:"median"`
	Last      *record.Interval   `json:"last"`
}

// Of makes the report. It is pure.
func Of(s Sources) Report {
	r := Report{Span: s.Span, AsOf: s.AsOf, Folder: s.Folder, Tool: s.Tool, Population: s.Population, Evidence: s.Evidence,
		Others: s.Others, Register: s.Register, Runs: slices.SortedFunc(slices.Values(s.Population.Runs), history.ByTime)}
	r.Population.Rows, r.Evidence.Rows = len(s.Population.Runs), len(s.Evidence.Runs)
	r.Counts = counts(r.Runs)
	r.Scenarios = scenariosOf(r.Runs)
	r.Freshness = slices.Concat(
		freshness(Cause, s.Causes, func(r history.Run) []string { return r.Scenario.Causes }, s.Evidence.Runs, s.AsOf, s.Every),
		freshness(Mitigation, s.Mitigations, func(r history.Run) []string { return r.Scenario.Mitigations }, s.Evidence.Runs, s.AsOf, s.Every),
		freshness(Control, s.Controls, s.controlsOf, s.Evidence.Runs, s.AsOf, s.Every))
	return r
}

// controlsOf are the controls that a run names, of the frameworks asked for.
func (s Sources) controlsOf(r history.Run) []string {
	if len(s.Frameworks) == 0 {
		return r.Scenario.Controls
	}
	return slices.DeleteFunc(slices.Clone(r.Scenario.Controls), func(id string) bool {
		framework, _, _ := strings.Cut(id, ":")
		return !slices.Contains(s.Frameworks, framework)
	})
}

func counts(runs []history.Run) []Count {
	all := []Count{}
	for _, o := range history.Outcomes {
		c := Count{Outcome: o}
		for _, r := range runs {
			switch {
			case r.Outcome != o:
			case r.Simulated:
				c.Simulated++
			default:
				c.Real++
				if r.CopyOf != "" {
					c.Copies++
				}
			}
		}
		all = append(all, c)
	}
	return all
}

func scenariosOf(runs []history.Run) []Scenario {
	by := map[string]*Scenario{}
	for _, r := range runs {
		s, ok := by[r.Scenario.Name]
		if !ok {
			s = &Scenario{Name: r.Scenario.Name, Outcomes: map[history.Outcome]int{}, First: r.Started, Recoveries: []Recovery{}}
			by[r.Scenario.Name] = s
		}
		s.Last = r.Started
		if r.Scenario.Title != "" {
			s.Title = r.Scenario.Title
		}
		switch {
		case r.Simulated:
			s.Simulated++
		case r.CopyOf == "":
			s.Outcomes[r.Outcome]++
		}
	}
	all := []Scenario{}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		s := by[name]
		s.recover(runs)
		all = append(all, *s)
	}
	return all
}

// recover takes the recovery times from the trend of the scenario.
func (s *Scenario) recover(runs []history.Run) {
	t, _ := trend.Of(s.Name, runs, trend.Options{})
	s.Clock = t.Clock
	for _, l := range t.Lines {
		if !l.IsRecovery() {
			continue
		}
		r := Recovery{Objective: l.Objective, Sound: l.Sound, Best: l.Best, Median: l.Median}
		for _, p := range l.Points {
			if !p.Sound {
				continue
			}
			if r.First == nil {
				r.First = p.Measured
			}
			r.Last, r.Target = p.Measured, p.Target
		}
		s.Recoveries = append(s.Recoveries, r)
	}
}
