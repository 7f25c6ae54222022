package scenarios

import (
	"strings"
	"testing"
)

// TestStarterIsValidAtOnce, with and without what it may leave out.
func TestStarterIsValidAtOnce(t *testing.T) {
	full := Starter{Name: "first", Topology: "primary-backup-mx", Entry: "mx", Clock: "drill", Fault: "net.loss", Title: "packets get lost", On: "mx1", For: seconds(10),
		With: []string{"rate: 30%", "direction: to"}, RTO: seconds(30), Services: []string{"mx", "imap"}}
	bare := Starter{Name: "bare", Topology: "single-server", Entry: "submission", Clock: "production", Fault: "node.replace", Title: "a server is made anew", On: "mail1", RTO: seconds(30)}
	for _, s := range []Starter{full, bare} {
		text, err := s.File()
		if err != nil {
			t.Fatal(err)
		}
		d, problems := Parse(s.Name+".yaml", text)
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems, text)
		}
		step := d.Scenario.Timeline[0]
		if step.Fault != s.Fault || (step.For == nil) != (s.For == 0) || step.With.IsZero() != (s.With == nil) || len(d.Scenario.Objectives.RTO) != len(s.Services) {
			t.Errorf("%+v\n%s", step, text)
		}
		if strings.Contains(string(text), "{{") || d.Scenario.Phases.Observe != s.Observe() {
			t.Errorf("%s", text)
		}
	}
}
