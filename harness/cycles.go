package harness

import (
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/planning"
)

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
func (r *run) begins(s planning.Step, planned time.Duration) {
	r.events.append(ledger.StepDue, s.ID, "", ledger.Due{Planned: ledger.Seconds(planned), Phases: r.phases(planned)})
}
