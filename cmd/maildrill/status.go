package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/control"
)

func (p *process) statusCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use: "status", Short: "Say how a topology that is up stands, and what faults are on it", Args: cobra.NoArgs,
		Long: `Say how a topology that is up stands: every node, as its engine and as a client sees
it now; every fault that is on, with what the last looks at it saw (they come once
a second); and the process that holds it all.`,
		Example: `  maildrill status
  maildrill status --json`,
		RunE: func(c *cobra.Command, _ []string) error { return p.status(c.Context(), w) },
	}
	w.flags(c)
	return c
}

func (p *process) status(ctx context.Context, w where) error {
	folder, err := p.standing(ctx, w)
	if err != nil {
		return err
	}
	s, err := control.NewClient(folder.Control()).Status(ctx)
	if err != nil {
		return answered(folder, err)
	}
	if p.json {
		return p.printJSON(s)
	}
	p.printStatus(folder, *s)
	return nil
}

func (p *process) printStatus(folder harness.Folder, s control.Status) {
	h := s.Holder
	fmt.Fprintf(p.Stdout, "%s on %s, up for %s; run folder %s\n", s.Topology, s.Runtime, ago(h.Since), folder)
	fmt.Fprintf(p.Stdout, "held by process %d of %s on %s; lease %gs\n\n", h.PID, h.User, h.Host, h.Lease)
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NODE\tSTATE\tA CLIENT SEES")
	for _, n := range s.Nodes {
		health := n.Health
		if health == "" {
			health = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", n.Name, n.State, health)
	}
	_ = w.Flush()
	fmt.Fprintln(p.Stdout)
	if len(s.Faults) == 0 {
		fmt.Fprintln(p.Stdout, "no fault is on")
		return
	}
	printFaults(p.Stdout, s.Faults)
}

func printFaults(out io.Writer, faults []control.Fault) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FAULT\tON\tSTATE\tSINCE\tLEFT\tINSTALLED\tEFFECTIVE\tEXERCISED")
	for _, f := range faults {
		for _, t := range f.Targets {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.ID, t.Name, t.State, ago(f.Since), left(f), yes(t.Installed), yes(t.Effective), counted(t))
		}
	}
	_ = w.Flush()
	for _, f := range faults {
		if f.State == "held" && !f.Bites() {
			fmt.Fprintf(out, "%s is NOT in effect on all that it is aimed at: %s\n", f.ID, details(f))
		}
		if overreach(f) != nil {
			fmt.Fprintf(out, "%s: OVERREACH, a node suffers that it is not about: %s\n", f.ID, details(f))
		}
		if f.Error != "" {
			fmt.Fprintf(out, "%s: %s\n", f.ID, f.Error)
		}
	}
}

func details(f control.Fault) string {
	var all []string
	for _, t := range f.Targets {
		all = append(all, t.Name+": "+t.State+", "+t.Detail)
	}
	return strings.Join(all, "; ")
}

// counted is what met a fault.
func counted(t control.Target) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(t.Exercised)) {
		if n := t.Exercised[name]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, name))
		}
	}
	if len(all) == 0 {
		return "by nothing so far"
	}
	return strings.Join(all, ", ")
}

func ago(t time.Time) string { return time.Since(t).Round(time.Second).String() }

func left(f control.Fault) string {
	if f.Left == nil {
		return "-"
	}
	return (time.Duration(*f.Left) * time.Second).String()
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
