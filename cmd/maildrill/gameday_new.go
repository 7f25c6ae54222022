package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/gameday/channel"
	"maildrill/harness/planning"
	"maildrill/scenarios"
)

func (p *process) gamedayNew() *cobra.Command {
	var o gamedayOptions
	var on string
	var set []string
	c := &cobra.Command{
		Use: "new GAMEDAY", Short: "Make an exercise of a file of kind GameDay, or of one of the library",
		Long: `Make an exercise of a file of kind GameDay, or of a game day of the library. The file
is kept in the folder of the exercise as it is now. "maildrill gameday lint" says
before whether it will work.`,
		Example: `  maildrill gameday new lost-primary-store --on "2026-12-24 10:00"
  maildrill gameday new ./our-day.yaml --set objectives.rto.imap=30m`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			planned, err := moment(on)
			if err != nil {
				return err
			}
			doc, err := p.loadGameDay(args[0], set)
			if err != nil {
				return err
			}
			name := o.by
			if name == "" {
				name = account()
			}
			folder, err := gameday.Create(o.out, doc, exercise.Actor{Name: name, Via: "terminal"}, gameday.Options{Planned: planned, Set: set, Base: baseOf(doc)})
			if err != nil {
				return &exitError{code: exitEnvironment, err: err, hint: "name a folder with --out that can be written to"}
			}
			if p.json {
				return p.printJSON(map[string]string{"id": folder.ID(), "folder": string(folder)})
			}
			fmt.Fprintf(p.Stdout, "%s\n", folder)
			fmt.Fprintf(p.Stderr, "made exercise %s; next: maildrill gameday approve, by somebody who does not operate it\n", folder.ID())
			return nil
		},
	}
	o.flags(c)
	c.Flags().StringVar(&on, "on", "", "when it is planned, in the local time of this host: a day, or a day with a time")
	c.Flags().StringArrayVar(&set, "set", nil, "override a value of the scenario in this exercise: path=value")
	return c
}

// loadGameDay reads a game day and compiles the drill below it; every mistake of
// both is printed.
func (p *process) loadGameDay(name string, set []string) (*scenarios.Document, error) {
	doc, problems, err := scenarios.FindGameDay(name)
	if err != nil {
		return nil, usage(err)
	}
	if len(problems) == 0 {
		_, problems, err = p.staged(doc, baseOf(doc), set, "")
		if err != nil {
			return nil, usage(err)
		}
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, &exitError{code: exitInvalid, err: errors.New(mistakes(len(problems)))}
	}
	return doc, nil
}

// staged is the drill of a game day: its scenario with what people release held
// back, compiled for a runtime, or for none. Paths are relative to base.
func (p *process) staged(day *scenarios.Document, base string, set []string, runtime string) (*stagedDrill, scenarios.Problems, error) {
	g := day.GameDay
	if problems := unknownControls(day); len(problems) > 0 || g.Scenario == "" {
		return nil, problems, nil
	}
	name := g.Scenario
	if strings.ContainsAny(name, `/\`) && !filepath.IsAbs(name) {
		name = filepath.Join(base, name)
	}
	doc, problems, err := scenarios.Find(name, append(append([]string{}, g.Set...), set...)...)
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	if doc.Scenario == nil {
		return nil, scenarios.Problems{day.Problem("scenario", fmt.Sprintf("%q is no scenario", g.Scenario), "")}, nil
	}
	made, problems := gameday.Stage(day, doc.Scenario)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	text, err := scenarios.Marshal(made)
	if err != nil {
		return nil, nil, failure(err)
	}
	plan, problems := compileText(doc.File, text, nil, runtime)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	digest, err := topologyDigest(doc)
	return &stagedDrill{text: text, plan: plan, topology: digest}, nil, failure(err)
}

// stagedDrill is a drill that people lead.
type stagedDrill struct {
	text     []byte
	plan     *planning.Plan
	topology string // digest of what a plan describes
}

// topologyDigest is that of the topology as it is written, not as this version of
// maildrill compiles it: a plan becomes stale when the mail system changes.
func topologyDigest(doc *scenarios.Document) (string, error) {
	topo, problems := doc.ResolveTopology()
	if len(problems) > 0 {
		return "", problems
	}
	text, err := scenarios.MarshalTopology(topo)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// baseOf is the folder that paths in a game day are relative to.
func baseOf(day *scenarios.Document) string {
	if base, err := filepath.Abs(filepath.Dir(day.File)); err == nil && exists(day.File) {
		return base
	}
	return ""
}

func (p *process) gamedayLint() *cobra.Command {
	return &cobra.Command{
		Use: "lint GAMEDAY", Short: "Say what is wrong with a game day, and which channels would be down with the mail",
		Long: `Say what is wrong with a game day. Beside mistakes of the file these are channels,
contacts and runbooks that depend on what the exercise takes away: a webhook whose
name is in the broken zone, a pager by e-mail, a runbook behind the dead directory.`,
		Example: "  maildrill gameday lint ./our-day.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			doc, err := p.loadGameDay(args[0], nil)
			if err != nil {
				return err
			}
			drill, _, err := p.staged(doc, baseOf(doc), nil, "")
			if err != nil {
				return usage(err)
			}
			return p.linted(doc, drill)
		},
	}
}

func (p *process) linted(doc *scenarios.Document, drill *stagedDrill) error {
	radius := channel.RadiusOf(doc.GameDay.Breaks)
	digest := ""
	if drill != nil {
		radius = radius.And(gameday.Radius(drill.plan))
		digest = drill.topology
	}
	found := channel.Lint(*doc.GameDay, radius)
	wrong := 0
	for _, f := range found {
		if f.Severity == channel.Error {
			wrong++
		}
	}
	if p.json {
		if err := p.printJSON(map[string]any{"findings": append([]channel.Finding{}, found...), "topology": digest}); err != nil {
			return err
		}
	} else {
		p.printLint(doc, found, digest)
	}
	if wrong > 0 {
		return &exitError{code: exitInvalid, err: fmt.Errorf("%s: they would be down when they are needed", mistakes(wrong))}
	}
	return nil
}

func (p *process) printLint(doc *scenarios.Document, found []channel.Finding, digest string) {
	for _, f := range found {
		at := doc.Problem(f.Path, string(f.Severity)+": "+f.Problem, "")
		fmt.Fprintf(p.Stdout, "%s\n  why: %s\n  instead: %s\n", at.Error(), f.Why, f.Instead)
	}
	if len(found) == 0 {
		fmt.Fprintln(p.Stdout, "every channel and the runbook can be reached while this is down")
	}
	switch described := doc.GameDay.Plan.Topology; {
	case digest == "" || described == digest:
	case described == "":
		fmt.Fprintf(p.Stdout, "the plan names no topology, so nothing tells when it is stale; that of today is\n  plan.topology: %s\n", digest)
	default:
		fmt.Fprintf(p.Stdout, "the plan is stale: the topology was changed since\n  described %s\n  today     %s\n  review the plan, then write today's digest to plan.topology\n", described, digest)
	}
}

func (p *process) gamedayList() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "list", Short: "List the exercises, and the game days of the library", Args: cobra.NoArgs,
		Example: "  maildrill gameday list --json",
		RunE: func(*cobra.Command, []string) error {
			records, err := p.exercises(o.out)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(records)
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "EXERCISE\tSTATE\tVERDICT\tSIGNED\tOPEN ACTIONS")
			for _, r := range records {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", r.ID, r.State, r.Verdict, len(r.Signatures), openActions(r))
			}
			if err := w.Flush(); err != nil {
				return err
			}
			fmt.Fprintf(p.Stdout, "\ngame days of the library: %s\n", strings.Join(scenarios.GameDayNames(), ", "))
			return nil
		},
	}
	c.Flags().StringVar(&o.out, "out", "exercises", "folder of the exercises")
	return c
}

// exercises are the records of all exercises of a folder, as their logs say.
func (p *process) exercises(out string) ([]exercise.Record, error) {
	folders, err := gameday.List(out)
	if err != nil {
		return nil, failure(err)
	}
	records := []exercise.Record{}
	for _, f := range folders {
		log, err := gameday.Open(f)
		var r exercise.Record
		if err == nil {
			r, _, err = log.Read()
		}
		if err != nil {
			fmt.Fprintf(p.Stderr, "note: %s is left out: %v\n", f, err)
			continue
		}
		records = append(records, r)
	}
	return records, nil
}

func openActions(r exercise.Record) (n int) {
	for _, a := range r.Actions {
		if a.Status == "open" || a.Status == "done" {
			n++
		}
	}
	return n
}

func (p *process) gamedayShow() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "show", Short: "Show how an exercise stands: card, injects, steps, and what was written down", Args: cobra.NoArgs,
		Example: "  maildrill gameday show --json | jq .card",
		RunE: func(*cobra.Command, []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(r)
			}
			_, events, err := log.Read()
			if err != nil {
				return failure(err)
			}
			return p.printExercise(r, events, gameday.Led(log.Folder()))
		},
	}
	o.flags(c)
	return c
}
