package measure

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Timing is what the scenario says about times beside recovery.
type Timing struct {
	// Users stand behind each class of service. 0: one for each mailbox.
	Users int `json:"users,omitempty"`
	// Late is the time after which a delivered copy is late. 0: never.
	Late ledger.Seconds `json:"late,omitempty"`
	// DetectBy is the signal that the objective "detect" waits for: "alert",
	// "probe", "failover" or "health".
	DetectBy string `json:"detect_by,omitempty"`
	// FlushCounts: the objective "drain" stands for a drain with an operator's
	// flush, too.
	FlushCounts bool `json:"flush_counts,omitempty"`
	// Alerts are received; AlertNames are those that count, all if there is none.
	Alerts     bool     `json:"alerts,omitempty"`
	AlertNames []string `json:"alert_names,omitempty"`
	// Roles of the nodes that take mail: "mx", "submission", "relay".
	Roles map[string][]string `json:"roles,omitempty"`
}

// signals are the events that only times are worked out from.
type signals struct {
	due    map[string]ledger.Due // by step
	alerts []alert
	health []health
}

type alert struct {
	ledger.Alert
	at time.Duration
}

type health struct {
	ledger.Health
	node string
}

// noted sorts in an event of times.
func (s *story) noted(e ledger.Event) error {
	switch e.Kind {
	case ledger.StepDue:
		var d ledger.Due
		err := json.Unmarshal(e.Data, &d)
		if s.signals.due == nil {
			s.signals.due = map[string]ledger.Due{}
		}
		s.signals.due[e.Step] = d
		return err
	case ledger.AlertReceived:
		a := alert{at: time.Duration(e.At)}
		err := json.Unmarshal(e.Data, &a.Alert)
		s.signals.alerts = append(s.signals.alerts, a)
		return err
	case ledger.HealthSeen:
		h := health{node: e.Node}
		err := json.Unmarshal(e.Data, &h.Health)
		s.signals.health = append(s.signals.health, h)
		return err
	}
	return nil
}

// timing is what was measured beside the recovery of each service.
type timing struct {
	traffic  *traffic
	capacity *capacity
	backlog  *record.Backlog
	late     *record.Late
	notes    []string
}

// times works out every time that is not the recovery of a service or the reach
// of a loss, from the traffic. The rows of the faults are completed in place.
func (q *inquiry) times(t *timing) {
	if n := t.traffic.nameless; n > 0 {
		t.note(fmt.Sprintf("losses: mailbox and size of %d lost copies are not known", n))
	}
	t.capacity = q.newCapacity(t.traffic)
	t.note(t.capacity.why)
	t.backlog = q.backlogOf(t)
	t.late = t.traffic.lateness(time.Duration(q.story.spec.Timing.Late))
	for i, st := range q.story.steps {
		f := &q.faults[i]
		f.Clock = q.story.clockOf(st, t.traffic.failovers[i].met)
		f.Detection = q.detectionOf(st, t.traffic.failovers[i])
		f.Capacity = t.capacity.of(st)
		f.Losses = t.traffic.lossesOf(i)
	}
}

func (t *timing) note(why string) {
	if why != "" && !slices.Contains(t.notes, why) {
		t.notes = append(t.notes, why)
	}
}

// row is what the record shows.
func (q *inquiry) timesRow() *record.Times {
	t := q.timing
	return &record.Times{Latency: t.traffic.latencies(), Backlog: t.backlog, Impact: q.impact(),
		Late: t.late, Views: t.traffic.viewRows(), Notes: t.notes}
}

// timed measures an objective about times.
func (q *inquiry) timed(o Objective) reading {
	switch o.Name {
	case "capacity":
		return q.capacityReading()
	case "detect":
		return q.detectReading()
	case "drain":
		return q.drainReading()
	case "late":
		return q.lateReading(o)
	case "loss_during":
		return q.lossDuring(o)
	}
	return reading{said: "maildrill does not know how to measure this"}
}
