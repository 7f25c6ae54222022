package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/measure"
	"maildrill/scenarios"
)

// objectives flattens what the scenario asks for, in a fixed order.
func objectives(p *Plan) []measure.Objective {
	o := p.Scenario.Objectives
	var out []measure.Objective
	for _, limit := range []struct {
		name  string
		limit *scenarios.Limit
		unit  string
	}{{"loss", o.Loss, "copies"}, {"duplicates", o.Duplicates, "copies"}, {"damaged", o.Damaged, "copies"},
		{"misdelivered", o.Misdelivered, "copies"}, {"notified", o.Notified, "copies"},
		{"stored", o.Stored, "anomalies"}, {"identity", o.Identity, "anomalies"},
		{"renewed", o.Renewed, "folders"}} {
		if limit.limit == nil {
			continue
		}
		unit := limit.unit
		if limit.limit.Max.Percent {
			unit = "%"
		}
		out = append(out, measure.Objective{Name: limit.name, Max: limit.limit.Max.Value, Unit: unit})
	}
	for name, max := range o.RTO {
		out = append(out, measure.Objective{Name: "rto." + name, Max: time.Duration(max).Seconds(), Unit: "s"})
	}
	slices.SortStableFunc(out, func(a, b measure.Objective) int {
		if strings.HasPrefix(a.Name, "rto.") && strings.HasPrefix(b.Name, "rto.") {
			return strings.Compare(a.Name, b.Name)
		}
		return 0
	})
	if o.RPO != nil {
		out = append(out, measure.Objective{Name: "rpo", Max: time.Duration(o.RPO.Max).Seconds(), Unit: "s"})
	}
	return append(out, timedObjectives(o)...)
}

// timedObjectives are those about times beside recovery, and of the mail that
// was accepted meanwhile.
func timedObjectives(o scenarios.Objectives) []measure.Objective {
	var out []measure.Objective
	amount := func(name string, a scenarios.Amount) {
		unit := "copies"
		if a.Percent {
			unit = "%"
		}
		out = append(out, measure.Objective{Name: name, Max: a.Value, Unit: unit})
	}
	length := func(name string, d scenarios.Duration) {
		out = append(out, measure.Objective{Name: name, Max: time.Duration(d).Seconds(), Unit: "s"})
	}
	if o.LossDuring != nil {
		amount("loss_during", o.LossDuring.Max)
	}
	if o.Capacity != nil {
		length("capacity", o.Capacity.Max)
	}
	if o.Detect != nil {
		length("detect", o.Detect.Max)
	}
	if o.Drain != nil {
		length("drain", o.Drain.Max)
	}
	if o.Late != nil {
		amount("late", o.Late.Max)
	}
	if o.Backscatter != nil {
		out = append(out, measure.Objective{Name: "backscatter", Max: o.Backscatter.Max.Value, Unit: "messages"})
	}
	if o.Security != nil {
		out = append(out, measure.Objective{Name: "security", Max: o.Security.Max.Value, Unit: "breaches"})
	}
	if o.Unfiltered != nil {
		amount("unfiltered", o.Unfiltered.Max)
	}
	return out
}

// Mark is the header field that mailboxes are looked through for; "": none.
func (p *Plan) Mark() string {
	if u := p.Scenario.Objectives.Unfiltered; u != nil {
		return u.Mark
	}
	return ""
}

// objectiveSentence says in words what an objective asks for.
func objectiveSentence(o measure.Objective, s scenarios.Scenario) string {
	said := fmt.Sprintf("%s: at most %g %s", o.Name, o.Max, o.Unit)
	switch o.Name {
	case "detect":
		return said + " until it is noticed by " + map[string]string{"alert": "an alert that is received", "probe": "a probe of maildrill",
			"failover": "mail that moves to another node", "health": "the system's own health check"}[s.Objectives.Detect.By]
	case "drain":
		if s.Objectives.Drain.Flush {
			return said + " from recovery until the backlog is gone, also with a flush"
		}
		return said + " from recovery until the backlog is gone, without a flush"
	case "capacity":
		return said + " until the load is carried as before the fault"
	case "late":
		return said + fmt.Sprintf(" delivered more than %v after they were due", time.Duration(s.Objectives.Late.After))
	case "backscatter":
		return said + " to outsiders about mail that they have not sent"
	case "security":
		return said + ": mail relayed for strangers, submission without a log-in, a wrong password taken, STARTTLS gone or with another certificate"
	case "unfiltered":
		return said + " delivered without the header field " + s.Objectives.Unfiltered.Mark + ", by which the filter marks what it has looked at"
	case "loss_during":
		return said + " lost of those accepted while a fault is in effect"
	}
	return said
}
