package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/scenarios"
)

func (p *process) validateCommand() *cobra.Command {
	var sets []string
	var evidence string
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Print every mistake of scenario, topology and evidence files; start nothing",
		Long: `Print every mistake of scenario, topology and evidence files, each with its place
and the valid choices; start nothing. Of a scenario with audit: true, what
people have to fill in and have not is a mistake too.`,
		Example: `  maildrill validate drills/*.yaml
  maildrill validate backup-mx-takes-over --set timeline[0].for=5m
  maildrill validate yearly-audit.yaml --evidence people.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.validate(args, sets, evidence) },
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "override a value: path=value")
	c.Flags().StringVar(&evidence, "evidence", "", evidenceUsage)
	return c
}

// checked is one file of the JSON answer.
type checked struct {
	File     string             `json:"file"`
	OK       bool               `json:"ok"`
	Problems scenarios.Problems `json:"problems"`
}

func (p *process) validate(args, sets []string, evidence string) error {
	var all []checked
	found := 0
	with := overrides{sets: sets}
	if evidence != "" {
		doc, problems, err := scenarios.LoadEvidence(evidence)
		if err != nil {
			return usage(err)
		}
		if len(problems) == 0 {
			with.evidence = doc
		}
		found += len(problems)
		all = append(all, verdictOf(evidence, problems))
	}
	for _, arg := range args {
		files, err := expand(arg)
		if err != nil {
			return usage(err)
		}
		for _, file := range files {
			problems, err := problemsOf(file, with)
			if err != nil {
				return usage(err)
			}
			found += len(problems)
			all = append(all, verdictOf(file, problems))
		}
	}
	if p.json {
		if err := p.printJSON(all); err != nil {
			return failure(err)
		}
	} else {
		p.printChecked(all)
	}
	if found > 0 {
		return &exitError{code: exitInvalid, err: errors.New(mistakes(found))}
	}
	return nil
}

func verdictOf(file string, problems scenarios.Problems) checked {
	return checked{File: file, OK: len(problems) == 0, Problems: append(scenarios.Problems{}, problems...)}
}

// mistakes counts in words.
func mistakes(n int) string {
	if n == 1 {
		return "1 mistake"
	}
	return fmt.Sprintf("%d mistakes", n)
}

func (p *process) printChecked(all []checked) {
	for _, c := range all {
		if c.OK {
			fmt.Fprintf(p.Stdout, "%s: valid\n", c.File)
			continue
		}
		c.Problems.Render(p.Stdout, p.color())
	}
}

// problemsOf checks a scenario to the last name, or another file by itself.
func problemsOf(file string, with overrides) (scenarios.Problems, error) {
	doc, problems, err := scenarios.FindWith(file, with.evidence, with.sets...)
	if err != nil || doc == nil {
		return problems, err
	}
	if doc.Programme != nil && len(problems) == 0 {
		return programmeProblems(doc), nil
	}
	if doc.GameDay != nil && len(problems) == 0 {
		_, problems, err = (&process{}).staged(doc, baseOf(doc), nil, "")
		return problems, err
	}
	if doc.Scenario == nil {
		return append(problems, unknownControls(doc)...), nil
	}
	_, problems, err = compile(file, with, nil)
	return problems, err
}
