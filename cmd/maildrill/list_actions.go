package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/faults"
	"maildrill/harness/action"
)

// actionRow is one kind of action in the JSON answer.
type actionRow struct {
	ID     string           `json:"id"`
	Title  string           `json:"title"`
	Does   string           `json:"does"`
	Aim    action.Aim       `json:"aim"`
	Needs  []faults.Ability `json:"needs"`
	Params []faults.Param   `json:"parameters"`
}

func actionOf(k action.Kind) actionRow {
	return actionRow{k.ID, k.Title, k.Does, k.Aim, append([]faults.Ability{}, k.Needs...), append([]faults.Param{}, k.Params...)}
}

func (p *process) listActions() *cobra.Command {
	return &cobra.Command{
		Use: "actions [ID]", Short: "List the actions, or show one with its parameters", Args: cobra.MaximumNArgs(1),
		Example: `  maildrill list actions
  maildrill list actions restart`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return p.showAction(args[0])
			}
			if p.json {
				var rows []actionRow
				for _, k := range action.Kinds {
					rows = append(rows, actionOf(k))
				}
				return p.printJSON(rows)
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			for _, k := range action.Kinds {
				fmt.Fprintf(w, "%s\t%s\n", k.ID, k.Title)
			}
			return w.Flush()
		},
	}
}

func (p *process) showAction(id string) error {
	k, ok := action.Lookup(id)
	if !ok {
		return &exitError{code: exitUsage, err: misnamed(fmt.Sprintf("unknown action %q", id), id, action.IDs()), hint: "`maildrill list actions` shows all"}
	}
	if p.json {
		return p.printJSON(actionOf(k))
	}
	fmt.Fprintf(p.Stdout, "%s: %s\n\n", k.ID, k.Title)
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "done by\t%s\naimed at\t%s\n", k.Does, k.Aim)
	if len(k.Needs) > 0 {
		fmt.Fprintf(w, "needs\t%s of its nodes\n", joined(k.Needs))
	}
	fmt.Fprintln(w, "undone by\tnothing: an action lasts")
	if err := w.Flush(); err != nil || len(k.Params) == 0 {
		return err
	}
	fmt.Fprintln(p.Stdout, "\nparameters (under `with:`; `timeout:` of the step is 1m unless said)")
	w = tabwriter.NewWriter(p.Stdout, 2, 0, 2, ' ', 0)
	for _, q := range k.Params {
		fmt.Fprintf(w, "  %s\t%s\tdefault %s\t%s\n", q.Name, q.Type, strings.TrimSpace(q.Default), q.Doc)
	}
	return w.Flush()
}
