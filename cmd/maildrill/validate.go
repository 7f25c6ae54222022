package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/scenarios"
)

func (p *process) validateCommand() *cobra.Command {
	var sets []string
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Print every mistake of scenario and topology files; start nothing",
		Example: `  maildrill validate drills/*.yaml
  maildrill validate backup-mx-takes-over --set timeline[0].for=5m`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.validate(args, sets) },
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "override a value: path=value")
	return c
}

// checked is one file of the JSON answer.
type checked struct {
	File     string             `json:"file"`
	OK       bool               `json:"ok"`
	Problems scenarios.Problems `json:"problems"`
}

func (p *process) validate(args, sets []string) error {
	var all []checked
	found := 0
	for _, arg := range args {
		files, err := expand(arg)
		if err != nil {
			return usage(err)
		}
		for _, file := range files {
			problems, err := problemsOf(file, sets)
			if err != nil {
				return usage(err)
			}
			found += len(problems)
			all = append(all, checked{File: file, OK: len(problems) == 0, Problems: append(scenarios.Problems{}, problems...)})
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

// problemsOf checks a scenario to the last name, or a topology by itself.
func problemsOf(file string, sets []string) (scenarios.Problems, error) {
	doc, problems, err := scenarios.Find(file, sets...)
	if err != nil || doc == nil || doc.Scenario == nil {
		return problems, err
	}
	_, problems, err = compile(file, sets, nil)
	return problems, err
}
