package harness

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// entryRoles are those of the nodes that mail is handed to.
var entryRoles = []topology.Role{topology.MX, topology.Submission, topology.Relay}

// timing writes down what the scenario says about times beside recovery.
func timing(p *Plan) measure.Timing {
	s := p.Scenario
	t := measure.Timing{Users: s.Users, Roles: map[string][]string{}}
	for _, n := range p.Topology.Nodes {
		for _, r := range n.Roles {
			if slices.Contains(entryRoles, r) {
				t.Roles[n.Name] = append(t.Roles[n.Name], string(r))
			}
		}
	}
	if a := s.Alerts; a != nil && a.Webhook {
		t.Alerts, t.AlertNames = true, a.Names
	}
	if d := s.Objectives.Detect; d != nil {
		t.DetectBy = d.By
	}
	if d := s.Objectives.Drain; d != nil {
		t.FlushCounts = d.Flush
	}
	if l := s.Objectives.Late; l != nil {
		t.Late = ledger.Seconds(l.After)
	}
	return t
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
	return out
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
	case "loss_during":
		return said + " lost of those accepted while a fault is in effect"
	}
	return said
}

// timingSentences say what is received and counted beside mail and probes.
func timingSentences(p *Plan) []string {
	s := p.Scenario
	var said []string
	if len(s.Workload.Views) > 0 {
		said = append(said, "equal shares of the mail go: "+strings.Join(s.Workload.Views, ", "))
	}
	if a := s.Alerts; a != nil && a.Webhook {
		outside := p.Topology.WithRole(topology.Outside)[0]
		line := "alerts are received at http://" + outside.Host + "/"
		if len(a.Names) > 0 {
			line += "; those that count: " + strings.Join(a.Names, ", ")
		}
		said = append(said, line)
	}
	for _, name := range metricNames(s)[len(Metrics):] {
		c := s.Cycles[strings.TrimSuffix(strings.TrimPrefix(name, "cycle("), ")")]
		from := "the end of the baseline"
		if c.From == "clock" {
			from = "1970-01-01 00:00 UTC"
		}
		said = append(said, fmt.Sprintf("%s goes from 0 to 1 every %v, %v after %s", name, time.Duration(c.Every), time.Duration(c.Offset), from))
	}
	if s.Users > 0 {
		said = append(said, fmt.Sprintf("%d users stand behind the mailboxes", s.Users))
	}
	return said
}
