package main

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/reports/controls"
	"maildrill/scenarios"
)

func (p *process) controlsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "controls",
		Short: "Controls of standards, and what drills show of them",
		Long: `Controls of standards, and what drills show of them. Each control asks for
evidence fields (E01 to E29), which the record of a drill fills or leaves empty.
Summaries are in our own words; whether the evidence suffices is for an auditor
to say.`,
		Example: `  maildrill controls list --framework dora
  maildrill controls explain iso27001:A.5.30
  maildrill controls gap --framework soc2 runs/*-backup-mx-*`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what to do with the controls: list, explain or gap"))
		},
	}
	c.AddCommand(p.controlsList(), p.controlsExplain(), p.controlsGap())
	return c
}

// frameworksFlag adds --framework to a command.
func frameworksFlag(c *cobra.Command, into *[]string) {
	c.Flags().StringSliceVar(into, "framework", nil, "a framework of the catalogue, may be repeated; none: all")
}

// checkFrameworks refuses what is not in the catalogue.
func checkFrameworks(ids []string) error {
	for _, id := range ids {
		if _, ok := controls.Shipped().Framework(id); !ok {
			return usage(misnamed(fmt.Sprintf("unknown framework %.60q", id), id, controls.Shipped().Frameworks()))
		}
	}
	return nil
}

func (p *process) controlsList() *cobra.Command {
	var frameworks []string
	c := &cobra.Command{
		Use: "list", Short: "List the controls of the catalogue", Args: cobra.NoArgs,
		Example: `  maildrill controls list
  maildrill controls list --framework iso27001,dora`,
		RunE: func(*cobra.Command, []string) error {
			if err := checkFrameworks(frameworks); err != nil {
				return err
			}
			var chosen controls.Catalogue
			for _, f := range controls.Shipped() {
				if len(frameworks) == 0 || slices.Contains(frameworks, f.ID) {
					chosen = append(chosen, f)
				}
			}
			if p.json {
				return p.printJSON(chosen)
			}
			return p.printCatalogue(chosen)
		},
	}
	frameworksFlag(c, &frameworks)
	return c
}

func (p *process) printCatalogue(c controls.Catalogue) error {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range c {
		fmt.Fprintf(w, "%s: %s (%s)\n", f.ID, f.Title, f.Edition)
		for _, k := range f.Controls {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", k.ID, k.Coverage, k.Summary)
		}
	}
	return w.Flush()
}

// explained is one control with its fields spelled out, and the drills of the
// library that name it.
type explained struct {
	controls.Control
	Title     string           `json:"title"`
	Evidence  []controls.Field `json:"evidence"`
	Scenarios []string         `json:"scenarios"`
}

func (p *process) controlsExplain() *cobra.Command {
	return &cobra.Command{
		Use: "explain ID", Short: "Tell what a control or an evidence field asks for, and what answers it", Args: cobra.ExactArgs(1),
		Example: `  maildrill controls explain nist80053:CP-4(3)
  maildrill controls explain E17`,
		RunE: func(_ *cobra.Command, args []string) error {
			if i := slices.IndexFunc(controls.Fields, func(f controls.Field) bool { return f.ID == args[0] }); i >= 0 {
				return p.explainField(controls.Fields[i])
			}
			k, ok := controls.Shipped().Find(args[0])
			if !ok {
				word, valid := controls.Shipped().Near(args[0])
				return &exitError{code: exitUsage, err: misnamed(fmt.Sprintf("unknown control %.60q", args[0]), word, valid), hint: "`maildrill controls list` shows all"}
			}
			return p.explainControl(k)
		},
	}
}

func (p *process) explainControl(k controls.Control) error {
	f, _ := controls.Shipped().Framework(k.Framework)
	e := explained{Control: k, Title: f.Title, Evidence: []controls.Field{}, Scenarios: []string{}}
	for _, field := range controls.Fields {
		if slices.Contains(k.Fields, field.ID) {
			e.Evidence = append(e.Evidence, field)
		}
	}
	for _, s := range scenarios.Library() {
		if slices.Contains(s.Controls, k.ID) {
			e.Scenarios = append(e.Scenarios, s.Name)
		}
	}
	if p.json {
		return p.printJSON(e)
	}
	fmt.Fprintf(p.Stdout, "%s: %s (%s)\n\n%s\n\n", k.ID, e.Title, k.Edition, k.Summary)
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "answered by\t%s\n", k.Output)
	fmt.Fprintf(w, "coverage\t%s\n", coverageWords[k.Coverage])
	if k.Note != "" {
		fmt.Fprintf(w, "note\t%s\n", k.Note)
	}
	if len(e.Scenarios) > 0 {
		fmt.Fprintf(w, "named by\t%s\n", joined(e.Scenarios))
	}
	fmt.Fprintln(w, "\nevidence fields that it asks for")
	for _, field := range e.Evidence {
		fmt.Fprintf(w, "  %s %s\t%s\tfilled by %s\n", field.ID, field.Name, field.Tell, field.By)
	}
	return w.Flush()
}

var coverageWords = map[controls.Coverage]string{
	controls.Direct:  "direct: the output of a drill answers it",
	controls.Partial: "partial: people have to add to the output of a drill",
	controls.Context: "context: a drill gives background for an answer",
}

// explainedField is one evidence field with the controls that ask for it.
type explainedField struct {
	controls.Field
	Controls []string `json:"controls"`
}

func (p *process) explainField(f controls.Field) error {
	e := explainedField{Field: f, Controls: []string{}}
	for _, framework := range controls.Shipped() {
		for _, k := range framework.Controls {
			if slices.Contains(k.Fields, f.ID) {
				e.Controls = append(e.Controls, k.ID)
			}
		}
	}
	if p.json {
		return p.printJSON(e)
	}
	fmt.Fprintf(p.Stdout, "%s %s: %s\n\nfilled by %s\n", f.ID, f.Name, f.Tell, f.By)
	if len(e.Controls) > 0 {
		fmt.Fprintf(p.Stdout, "asked for by %s\n", joined(e.Controls))
	}
	return nil
}
