package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/verify"
)

func (p *process) registerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "register",
		Short: "The run register: every run that ever started, in order",
		Long: `The run register: every run that ever started, in order, with how it ended. It is a
Merkle tree under a signed checkpoint. Nothing is taken out of it; a run that was
killed is closed by whoever finds it.

Between processes and hosts a folder is kept in order by a lock (flock, which Linux
carries over NFSv4 and SMB), a branch by pushes without force.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what to do with the register: init, show, checkpoint, close or amend"))
		},
	}
	c.AddCommand(p.registerInit(), p.registerShow(), p.registerCheckpoint(), p.registerClose(), p.registerAmend())
	return c
}

func (p *process) registerInit() *cobra.Command {
	var where string
	c := &cobra.Command{
		Use: "init", Short: "Begin a register",
		Long: `Begin a register where there is none. One that a flag or ` + registerVariable + ` names must
be begun once with this command, so that a folder that is not mounted is not taken
for an empty register.`,
		Example: `  maildrill register init --register /srv/drills/register
  maildrill register init --register git+ssh://git@git.example.org/drills.git#register`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			r, err := p.keyed(where)
			if err != nil {
				return err
			}
			if err := r.register.Init(c.Context()); err != nil {
				return &exitError{code: exitEnvironment, err: err}
			}
			fmt.Fprintf(p.Stdout, "begun: %s, of %s\n", r.register.Where(), r.key.Public().ID())
			return nil
		},
	}
	registerFlag(c, &where)
	return c
}

// shownRegister reads a register for whoever may not have its private key.
func (p *process) shownRegister(ctx context.Context, named, key string) (*register.View, string, error) {
	public, _, err := p.trusted(key)
	if errors.Is(err, keys.ErrNone) {
		return nil, "", &exitError{code: exitUsage, err: err, hint: "name the public key of the register with --key"}
	}
	if err != nil {
		return nil, "", usage(err)
	}
	where, _, err := p.registerPlace(named, public)
	if err != nil {
		return nil, "", err
	}
	v, err := register.Read(ctx, where, public)
	if err != nil {
		return nil, "", &exitError{code: exitEnvironment, err: err, hint: "--register names another one"}
	}
	if len(v.Defects) > 0 {
		return nil, "", &exitError{code: exitEvidence, err: &register.BrokenError{Where: where, Defects: v.Defects}, hint: "`maildrill verify` says all that does not fit"}
	}
	return v, where, nil
}

func (p *process) registerShow() *cobra.Command {
	var where, key string
	c := &cobra.Command{
		Use: "show", Short: "List every run that ever started",
		Long: fmt.Sprintf(`List every run that ever started, in order, with how it ended. One without an end is
open, and orphaned when it started more than %d hours ago.`, int(register.OrphanedAfter.Hours())),
		Example: "  maildrill register show --json | jq '.runs[] | select(.state != \"closed\")'",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, where, err := p.shownRegister(c.Context(), where, key)
			if err != nil {
				return err
			}
			return p.showRegister(v, where)
		},
	}
	registerFlag(c, &where)
	c.Flags().StringVar(&key, "key", "", "public key of the register: a file, or the line itself (default your own)")
	return c
}

// shownRun is what --json prints of a run.
type shownRun struct {
	Index     int64  `json:"index"`
	Run       string `json:"run"`
	Started   string `json:"started"`
	Closed    string `json:"closed,omitempty"`
	State     string `json:"state"`
	Ending    string `json:"ending,omitempty"` // verdict, or why there is none
	Dirty     bool   `json:"dirty"`
	Exit      int    `json:"exit"`
	Simulated bool   `json:"simulated"`
	Audit     bool   `json:"audit"`
	Manifest  string `json:"manifest_sha256,omitempty"`
	Signoffs  int    `json:"signoffs"`
	// Amendments are corrections that were added later.
	Amendments []string `json:"amendments"`
}

func shown(r register.Run) shownRun {
	s := shownRun{Index: r.Index, Run: verify.Plain(r.ID), Started: r.At, Closed: r.ClosedAt, State: r.State, Simulated: r.Start.Simulated, Audit: r.Start.Audit, Signoffs: len(r.Signoffs)}
	if c := r.Close; c != nil {
		s.Ending, s.Dirty, s.Exit, s.Manifest = verify.Plain(c.Ending()), c.Dirty, c.Exit, c.Manifest
	}
	s.Amendments = []string{}
	for _, text := range r.Notes {
		s.Amendments = append(s.Amendments, verify.Plain(text))
	}
	return s
}

func (p *process) showRegister(v *register.View, where string) error {
	runs := []shownRun{}
	for _, r := range v.Runs(time.Now()) {
		runs = append(runs, shown(r))
	}
	c := v.Checkpoint
	if p.json {
		return p.printJSON(map[string]any{"origin": c.Origin, "size": c.Size, "root": c.Root.String(), "where": where, "runs": runs})
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LEAF\tSTARTED\tRUN\tSTATE\tENDED AS")
	for _, r := range runs {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", r.Index, r.Started, r.Run, r.State, remarks(r))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range runs {
		for _, text := range r.Amendments {
			fmt.Fprintf(p.Stdout, "%s: %s\n", r.Run, text)
		}
	}
	fmt.Fprintf(p.Stdout, "\n%d runs in %d leaves of %s, %s\n", len(runs), c.Size, c.Origin, where)
	return nil
}

func remarks(r shownRun) string {
	text := r.Ending
	for _, is := range []struct {
		so   bool
		what string
	}{{r.Dirty, "DIRTY"}, {r.Simulated, "SIMULATED"}, {r.Audit, "audit"}, {r.Signoffs > 0, fmt.Sprintf("%d signed", r.Signoffs)}} {
		if is.so && text != "" {
			text += ", "
		}
		if is.so {
			text += is.what
		}
	}
	return text
}
