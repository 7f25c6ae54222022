package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/programme"
	"maildrill/reports/controls"
	"maildrill/reports/history"
	"maildrill/scenarios"
)

// scheduleOptions are the flags of all commands of `maildrill schedule`.
type scheduleOptions struct {
	programme, out, exercises, state, asOf string
}

// ownProgramme is the file that is taken if none is named.
const ownProgramme = "programme.yaml"

func (p *process) scheduleCommand() *cobra.Command {
	o := &scheduleOptions{}
	c := &cobra.Command{
		Use:   "schedule",
		Short: "Keep a programme of drills and exercises: what is due, what comes, run what is due",
		Long: `Keep a programme: a file of kind Programme with drills and exercises and their
dates. What is due follows from the file and from the runs below --out, never from
a scheduler: one that is dead shows as overdue. Simulated runs count for nothing.

The programme is programme.yaml in the current folder unless --programme names
another file, or one of the library: ` + fmt.Sprint(scenarios.ProgrammeNames()) + `.`,
		Example: `  maildrill schedule list --programme mail-year
  maildrill schedule due --check
  maildrill schedule daemon --out /var/lib/maildrill/runs`,
	}
	f := c.PersistentFlags()
	f.StringVar(&o.programme, "programme", "", "programme: a file, or a name of the library (default "+ownProgramme+")")
	f.StringVar(&o.out, "out", "runs", "folder of the run folders")
	f.StringVar(&o.exercises, "exercises", "exercises", "folder of the exercises: those that were signed count for game days")
	f.StringVar(&o.state, "state", "", "folder in which the scheduler remembers (default OUT/"+history.Programme+")")
	c.AddCommand(p.scheduleList(o), p.scheduleNext(o), p.scheduleDue(o), p.scheduleRunDue(o), p.scheduleDaemon(o), p.scheduleICS(o), p.scheduleMetrics(o))
	return c
}

// asOfFlag adds the flag that stands for the present.
func asOfFlag(c *cobra.Command, o *scheduleOptions) {
	c.Flags().StringVar(&o.asOf, "as-of", "", "see it as of a day, 2027-03-31, or a moment, 2027-03-31T12:00:00Z; default: now")
}

// moment is the present, or what stands for it.
func (o scheduleOptions) moment(zone *time.Location) (time.Time, error) {
	if o.asOf == "" {
		return time.Now(), nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, o.asOf, zone); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, o.asOf)
	if err != nil {
		return at, usage(fmt.Errorf("--as-of: %q is no day and no moment; write it as 2027-03-31 or 2027-03-31T12:00:00Z", o.asOf))
	}
	return at, nil
}

func (o scheduleOptions) folder() string {
	if o.state != "" {
		return o.state
	}
	return filepath.Join(o.out, history.Programme)
}

// plan reads the programme, and shows its mistakes.
func (p *process) programmePlan(o scheduleOptions) (*programme.Plan, error) {
	name := o.programme
	if name == "" {
		if name = ownProgramme; !exists(name) {
			return nil, &exitError{code: exitUsage, err: errors.New("there is no " + ownProgramme + " in the current folder"),
				hint: fmt.Sprintf("--programme names a file, or one of the library: %v", scenarios.ProgrammeNames())}
		}
	}
	doc, problems, err := scenarios.FindProgramme(name)
	if err != nil {
		return nil, usage(err)
	}
	var plan *programme.Plan
	if len(problems) == 0 {
		plan, problems = programme.Of(doc)
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, &exitError{code: exitInvalid, err: errors.New(mistakes(len(problems)))}
	}
	return plan, nil
}

// programmeProblems are the mistakes of a programme that only those see who know
// all suites and controls.
func programmeProblems(doc *scenarios.Document) scenarios.Problems {
	_, problems := programme.Of(doc)
	for i, it := range doc.Programme.Items {
		for n, id := range it.Controls {
			if _, known := controls.Shipped().Find(id); known || id == "" {
				continue
			}
			word, valid := controls.Shipped().Near(id)
			problems = append(problems, doc.Problem(fmt.Sprintf("items[%d].controls[%d]", i, n), fmt.Sprintf("unknown control %.60q", id), word, valid...))
		}
	}
	return problems
}

// overdue are the items that are.
func overdue(all []programme.Standing) (found []programme.Standing) {
	return slices.DeleteFunc(slices.Clone(all), func(s programme.Standing) bool { return s.State != programme.Overdue })
}

// asWall shows a moment in the zone of a programme.
func asWall(at time.Time, plan *programme.Plan) string {
	return at.In(plan.Zone()).Format("2006-01-02 15:04 MST")
}
