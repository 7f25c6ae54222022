package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/scenarios"
)

func (p *process) listCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List scenarios, suites, requirements, coverage, topologies, faults, actions or objectives",
		Example: `  maildrill list scenarios --cause dns-failure
  maildrill list scenarios backup-mx-takes-over
  maildrill list suites
  maildrill list requirements
  maildrill list coverage --html coverage.html
  maildrill list faults
  maildrill list faults node.crash`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("say what to list: scenarios, suites, requirements, coverage, topologies, faults, actions or objectives"))
		},
	}
	c.AddCommand(
		p.listScenarios(), p.listSuites(), p.listRequirements(), p.listCoverage(),
		p.listTopologies(), p.listFaults(), p.listActions(), p.listObjectives(),
	)
	return c
}

func (p *process) listTopologies() *cobra.Command {
	return &cobra.Command{
		Use: "topologies", Short: "List the topologies of the library", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var found []scenarios.Entry
			for _, e := range scenarios.Library() {
				if e.Kind == "Topology" {
					found = append(found, e)
				}
			}
			if p.json {
				return p.printJSON(found)
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			for _, e := range found {
				fmt.Fprintf(w, "%s\t%s\n", e.Name, e.Title)
			}
			return w.Flush()
		},
	}
}

// objectiveKinds are the objectives a scenario may declare, as the schema and
// the judge know them.
var objectiveKinds = []struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Doc  string `json:"doc"`
}{
	{"loss", "copies or %", "accepted copies that are nowhere: no mailbox, no queue, no bounce"},
	{"duplicates", "copies or %", "copies delivered more than once"},
	{"damaged", "copies or %", "copies that arrived changed"},
	{"misdelivered", "copies or %", "copies in somebody else's mailbox"},
	{"notified", "copies or %", "copies that came back as a bounce"},
	{"stored", "anomalies or %", "stored messages, flags, folders and subscriptions that are not as they were left"},
	{"identity", "anomalies or %", "UIDs used twice, UIDNEXT or mod-sequences that fell, removed messages that came back"},
	{"renewed", "folders", "folders under a higher UIDVALIDITY, which every mail reader downloads again"},
	{"rto.mx", "s", "time until a sender that follows the MX records is served again"},
	{"rto.submission", "s", "time until a user can send again"},
	{"rto.delivery", "s", "time until new mail is seen in a mailbox again"},
	{"rto.imap", "s", "time until a mailbox with its old mail can be read again"},
	{"rpo", "s", "how far before the fault the loss reaches"},
	{"loss_during", "copies or %", "lost copies of those accepted while a fault was in effect"},
	{"capacity", "s", "time until the load is carried as before: 95 % of it accepted, its p99 no more than twice that of the baseline"},
	{"detect", "s", "time until the fault is noticed: by an alert that is received, by a probe, by a fail-over, by a health check"},
	{"drain", "s", "time from recovery until the backlog is as it was, without a flush unless that is asked for"},
	{"backscatter", "messages", "notifications that outsiders get about mail that they have not sent"},
	{"security", "breaches", "what the servers let through: mail relayed for strangers, submission without a log-in, a wrong password, TLS stripped"},
	{"late", "copies or %", "copies that were delivered later than a time"},
	{"unfiltered", "copies or %", "copies that were delivered without the header field by which the filter marks what it has looked at"},
}

func (p *process) listObjectives() *cobra.Command {
	return &cobra.Command{
		Use: "objectives", Short: "List the objectives a scenario may declare", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if p.json {
				return p.printJSON(objectiveKinds)
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			for _, o := range objectiveKinds {
				fmt.Fprintf(w, "%s\t%s\t%s\n", o.Name, o.Unit, o.Doc)
			}
			return w.Flush()
		},
	}
}
