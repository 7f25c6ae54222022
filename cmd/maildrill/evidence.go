package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/reports/controls"
	"maildrill/scenarios"
)

const evidenceUsage = "file of what people say about the drill; a key there replaces the same key of the scenario's evidence"

// overrides are what the command line puts in the place of what scenarios say.
type overrides struct {
	evidence *scenarios.Document // nil: none
	sets     []string
}

// overrides reads the file of evidence, if there is one. Its mistakes are printed
// once, whatever the number of scenarios.
func (p *process) overrides(sets []string, evidence string) (overrides, error) {
	if evidence == "" {
		return overrides{sets: sets}, nil
	}
	doc, problems, err := scenarios.LoadEvidence(evidence)
	if err != nil {
		return overrides{}, usage(err)
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return overrides{}, &exitError{code: exitInvalid, err: fmt.Errorf("%s; nothing was started", mistakes(len(problems)))}
	}
	return overrides{evidence: doc, sets: sets}, nil
}

func (p *process) evidenceCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "evidence",
		Short:   "What people have to say about an audit drill",
		Example: "  maildrill evidence template > people.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what is wanted: template"))
		},
	}
	c.AddCommand(p.evidenceTemplate())
	return c
}

func (p *process) evidenceTemplate() *cobra.Command {
	return &cobra.Command{
		Use: "template", Short: "Print a file of evidence to fill in", Args: cobra.NoArgs,
		Long: `Print a file of evidence to fill in: what only people know about a drill, such as
who approved it and how the drill differs from production. A scenario with
audit: true starts only if the marked fields are filled.`,
		Example: `  maildrill evidence template > people.yaml
  maildrill validate yearly-audit.yaml --evidence people.yaml
  maildrill run yearly-audit.yaml --evidence people.yaml`,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.Stdout.Write(scenarios.EvidenceTemplate)
			return err
		},
	}
}

// unknownControls finds what a document names and the catalogue does not have.
func unknownControls(doc *scenarios.Document) scenarios.Problems {
	var named []string
	switch {
	case doc.Scenario != nil:
		named = doc.Scenario.Metadata.Controls
	case doc.Topology != nil:
		named = doc.Topology.Metadata.Controls
	case doc.GameDay != nil:
		named = doc.GameDay.Metadata.Controls
	}
	var problems scenarios.Problems
	for i, id := range named {
		if _, known := controls.Shipped().Find(id); known || id == "" {
			continue
		}
		word, valid := controls.Shipped().Near(id)
		problems = append(problems, doc.Problem(fmt.Sprintf("metadata.controls[%d]", i), fmt.Sprintf("unknown control %.60q", id), word, valid...))
	}
	return problems
}
