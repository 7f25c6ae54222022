package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/topology"
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
