package harness

import (
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/scenarios"
)

// cycleMetric is the name of the live value of a cycle: "cycle(backup)".
func cycleMetric(name string) string { return "cycle(" + name + ")" }

// metricNames are the live values that conditions of a scenario may name.
func metricNames(s scenarios.Scenario) []string {
	names := slices.Clone(Metrics)
	for _, name := range slices.Sorted(maps.Keys(s.Cycles)) {
		names = append(names, cycleMetric(name))
	}
	return names
}

// beyondCycle says why a condition on a cycle can never hold, or always does.
func beyondCycle(c Condition) string {
	if !strings.HasPrefix(c.Metric, "cycle(") || c.Number >= 0 && c.Number < 1 {
		return ""
	}
	return "a cycle goes from 0 up to 1, where it begins again"
}

// phases tells how far each cycle is at a time of the run. Those that count from
// the end of the baseline have none before it.
func (r *run) phases(at time.Duration) map[string]float64 {
	phases := map[string]float64{}
	for name, c := range r.plan.Scenario.Cycles {
		switch {
		case c.From == "clock":
			phases[name] = c.Phase(time.Duration(r.began.Add(at).UnixNano()))
		case r.playing.Load() > 0:
			phases[name] = c.Phase(at - time.Duration(r.playing.Load()))
		}
	}
	return phases
}

// begins writes down that a step is due, and how far every cycle was then.
func (r *run) begins(s Step, planned time.Duration) {
	r.events.append(ledger.StepDue, s.ID, "", ledger.Due{Planned: ledger.Seconds(planned), Phases: r.phases(planned)})
}
