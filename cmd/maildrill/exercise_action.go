package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/exercise"
	"maildrill/harness/record"
	exercisereport "maildrill/reports/exercise"
)

func (p *process) exerciseActionCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "action", Short: "Follow up what exercises brought to light: corrective actions",
		Long: `Follow up what exercises brought to light. An action has an owner and a due date; it is
verified by a drill that passed, or its risk is accepted ("maildrill gameday risk").`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what to do: add, list, done, verify or export"))
		},
	}
	c.AddCommand(p.actionAdd(), p.actionList(), p.actionDone(), p.actionVerify(), p.actionExport())
	return c
}

func (p *process) actionAdd() *cobra.Command {
	var a exercise.Action
	c := p.writes(&cobra.Command{
		Use: "add TEXT", Short: "Add a corrective action", Args: cobra.ExactArgs(1),
		Example: `  maildrill action add "keep the key in two safes" --finding F1 --owner Cem --due 2027-01-15`,
	}, exercise.ActionChanged, func(args []string) any { a.Title = args[0]; return a })
	f := c.Flags()
	f.StringVar(&a.Finding, "finding", "", "finding that it is about")
	f.StringVar(&a.Owner, "owner", "", "who does it")
	f.StringVar(&a.Due, "due", "", "day until which, 2027-01-15")
	f.StringVar(&a.Priority, "priority", "", "how urgent it is, in your own words")
	return c
}

func (p *process) actionDone() *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "done ID", Short: "Say that an action is done; a passing drill verifies it", Args: cobra.ExactArgs(1),
		Example: "  maildrill action done A1",
	}, exercise.ActionChanged, func(args []string) any { return exercise.Action{ID: args[0], Status: "done"} })
}

func (p *process) actionVerify() *cobra.Command {
	var o gamedayOptions
	var run string
	c := &cobra.Command{
		Use: "verify ID", Short: "Verify an action by a drill that passed", Args: cobra.ExactArgs(1),
		Long: `Verify an action by a drill that passed, on real servers, after the action was made:
the chain from the finding over the mending to the passing retest.`,
		Example: "  maildrill action verify A1 --run runs/20261224-101500-store-disk-lost-restored-3fa9",
		RunE: func(_ *cobra.Command, args []string) error {
			_, r, err := p.opened(o)
			if err != nil {
				return err
			}
			if err := retest(r, args[0], run); err != nil {
				return usage(err)
			}
			_, err = p.append(o, exercise.ActionChanged, "", exercise.Action{ID: args[0], Status: "verified", Run: harness.Folder(run).ID()})
			return err
		},
	}
	o.flags(c)
	c.Flags().StringVar(&run, "run", "", "run folder of the retest")
	return c
}

// retest refuses what proves nothing.
func retest(r exercise.Record, id, run string) error {
	if run == "" {
		return errors.New("say with --run which drill has passed")
	}
	rec, err := readRecord(harness.Folder(run))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Actions, func(a exercise.Action) bool { return a.ID == id })
	began, _ := time.Parse(time.RFC3339, rec.Run.Started)
	switch {
	case rec.Simulated:
		return fmt.Errorf("%s was on simulated servers: it verifies nothing", rec.Run.ID)
	case rec.Verdict != record.Passed || rec.Dirty:
		return fmt.Errorf("%s has not passed: it is %s", rec.Run.ID, rec.Verdict)
	case i >= 0 && began.Before(r.Actions[i].Created):
		return fmt.Errorf("%s was before the action: it shows nothing about it", rec.Run.ID)
	}
	return nil
}

func (p *process) actionList() *cobra.Command {
	var out string
	var open bool
	c := &cobra.Command{
		Use: "list", Short: "List the actions of all exercises", Args: cobra.NoArgs,
		Example: "  maildrill action list --open",
		RunE: func(*cobra.Command, []string) error {
			records, err := p.exercises(out)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(actionsOf(records, open))
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "EXERCISE\tACTION\tSTATUS\tOWNER\tDUE\tWHAT")
			for _, a := range actionsOf(records, open) {
				due := a.Due
				if t, err := time.Parse(time.DateOnly, a.Due); err == nil && a.open() && time.Now().After(t.AddDate(0, 0, 1)) {
					due += " OVERDUE"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Exercise, a.ID, a.Status, a.Owner, due, a.Title)
			}
			return w.Flush()
		},
	}
	c.Flags().StringVar(&out, "out", "exercises", "folder of the exercises")
	c.Flags().BoolVar(&open, "open", false, "only those that are neither verified nor accepted")
	return c
}

// listedAction is an action with the exercise that it comes from.
type listedAction struct {
	Exercise string `json:"exercise"`
	exercise.Action
}

func (a listedAction) open() bool { return a.Status == "open" || a.Status == "done" }

func actionsOf(records []exercise.Record, onlyOpen bool) []listedAction {
	all := []listedAction{}
	for _, r := range records {
		for _, a := range r.Actions {
			if l := (listedAction{r.ID, a}); !onlyOpen || l.open() {
				all = append(all, l)
			}
		}
	}
	return all
}

func (p *process) actionExport() *cobra.Command {
	var o gamedayOptions
	var format string
	c := &cobra.Command{
		Use: "export", Short: "Print the actions of an exercise for other tools: CSV, calendar, GitHub or GitLab", Args: cobra.NoArgs,
		Example: `  maildrill action export --format csv > actions.csv
  maildrill action export --format github | jq -c '.[]' | while read -r issue; do echo "$issue" | gh api repos/OWNER/REPO/issues --input -; done`,
		RunE: func(*cobra.Command, []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			_, events, err := log.Read()
			if err != nil {
				return failure(err)
			}
			return p.exportActions(p.Stdout, format, r, events)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&format, "format", "csv", "csv, ics, github or gitlab")
	return c
}

func (p *process) exportActions(w io.Writer, format string, r exercise.Record, events []exercise.Event) error {
	switch format {
	case "csv":
		return failure(exercisereport.CSV(w, r))
	case "ics":
		return failure(exercisereport.ICS(w, r, events))
	case "github":
		return failure(exercisereport.GitHub(w, r))
	case "gitlab":
		return failure(exercisereport.GitLab(w, r))
	}
	return usage(fmt.Errorf("unknown format %q; valid: csv, ics, github, gitlab", format))
}
