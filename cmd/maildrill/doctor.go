package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/harness/docker"
)

// diagnosis is the JSON answer of doctor.
type diagnosis struct {
	Checks    []docker.Check    `json:"checks"`
	Leftovers []docker.Leftover `json:"leftovers"`
	// Blind is why nobody knows what is left; empty: it was looked.
	Blind string `json:"leftovers_unknown,omitempty"`
}

func (p *process) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Try each mechanism on this host; list what killed runs left", Args: cobra.NoArgs,
		Long: `Try each mechanism that drills rest on, by doing it, and say what works, what
does not and what to change. Then list what killed runs left behind.`,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.engineConfig()
			if err != nil {
				return failure(err)
			}
			d := diagnosis{Checks: docker.Doctor(c.Context(), config)}
			if d.Leftovers, err = docker.Leftovers(c.Context()); err != nil {
				d.Blind = err.Error()
			}
			if p.json {
				if err := p.printJSON(d); err != nil {
					return err
				}
			} else {
				p.printDiagnosis(d)
			}
			for _, check := range d.Checks {
				if !check.OK && !check.Untried && !check.Spare {
					return exit(exitEnvironment)
				}
			}
			return nil
		},
	}
}

func (p *process) printDiagnosis(d diagnosis) {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	for _, check := range d.Checks {
		state := "FAILS"
		switch {
		case check.OK:
			state = "works"
		case check.Untried:
			state = "UNTRIED"
		case check.Spare:
			state = "absent"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", state, check.Name, check.Detail)
		if !check.OK && check.Advice != "" {
			fmt.Fprintf(w, "\t\tdo: %s\n", check.Advice)
		}
		if len(check.LeavesOut) > 0 {
			fmt.Fprintf(w, "\t\tleft out until then: %s\n", strings.Join(check.LeavesOut, ", "))
		}
	}
	w.Flush()
	switch {
	case d.Blind != "":
		fmt.Fprintln(p.Stdout, "not known what killed runs left: "+d.Blind)
	case len(d.Leftovers) == 0:
		fmt.Fprintln(p.Stdout, "nothing is left of any run")
	}
	for _, l := range d.Leftovers {
		fmt.Fprintf(p.Stdout, "%s: %s\n", l.RunID, describeLeftover(l))
	}
}

func describeLeftover(l docker.Leftover) string {
	what := fmt.Sprintf("%d containers, %d networks, %d volumes", l.Containers, l.Networks, l.Volumes)
	switch {
	case l.Alive:
		return what + "; it runs"
	case l.Keeper:
		return what + "; its keeper is clearing up"
	}
	return what + "; left behind, `maildrill cleanup` removes them"
}
