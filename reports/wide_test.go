package reports

import (
	"fmt"

	"maildrill/harness/record"
)

// wideRun is a drill of a large site: many lanes with long names, several faults
// and short phases.
func wideRun() record.Record {
	r := failed()
	r.Scenario.Title = "Both data centres lose their link to each other while the directory of the first is rebuilt from a backup"
	r.Services = map[string]record.Service{}
	for i := range 9 {
		node := fmt.Sprintf("store-%d.frankfurt", i+1)
		for _, service := range []string{"imap", "delivery", "submission"} {
			s := record.Service{Probes: 480}
			if i%3 == 0 {
				began := 21 + float64(i)
				s.Failed, s.Outages = 40, []record.Outage{{Began: *between(began, began+0.5), RTA: *between(9, 11.5), FirstSuccess: at(began + 9), Step: "cut-the-link-between-sites"}}
			}
			r.Services[service+"@"+node] = s
		}
	}
	cut := r.Faults[0]
	cut.Step, cut.Kind = "cut-the-link-between-sites", "link.partition"
	cut.Targets = []string{"frankfurt-edge-1", "frankfurt-edge-2", "berlin-edge-1", "berlin-edge-2"}
	crash := r.Faults[0]
	crash.Step, crash.Effective, crash.Injected, crash.Healed = "crash-directory", between(60, 60.5), between(59.9, 60), between(70, 71)
	r.Faults = []record.Fault{cut, crash}
	r.Problems = []record.Problem{{Class: "lost", Count: 300, Seqs: "409-410 412 415-420 501 503 505 507 509-633 700 702-711 801 803 807 901-999 1004 1006", Note: "300 proven: L4, and in no file of any volume"}}
	r.Phases = append(r.Phases, record.Phase{Name: "scan", Began: 118.4, Ended: 121})
	return r
}
