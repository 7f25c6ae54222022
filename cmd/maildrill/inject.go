package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/control"
)

func (p *process) injectCommand() *cobra.Command {
	var w where
	var ask control.Ask
	c := &cobra.Command{
		Use:   "inject FAULT --on NODE|LINK|SITE",
		Short: "Put a fault on a topology that is up, and prove it",
		Long: `Put a fault on a topology that "maildrill up" holds, with the proofs of a drill:
nothing of it is seen before, it is installed and effective after the call, and
a node that it must spare is well. What is not proven is taken back at once.

Without --for the fault is held until "maildrill revert" or "maildrill down", for
a day at most; with --for, and if it is over by itself, this command waits until
it is proven gone. Ctrl-C takes the fault back. It never outlives the process of
"maildrill up" by more than its lease.

Exit codes: 0 proven; 3 not proven, or another node suffers too; 4 taken back
before it was proven; 5 not proven gone; 6 the runtime or the host lacks the
mechanism; 64 usage.`,
		Example: `  maildrill inject node.crash --on mx1
  maildrill inject net.loss --on mx1 --set rate=30% --for 1m
  maildrill list faults                  # all of them
  maildrill list faults net.loss         # one, with its parameters`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ask.Fault = args[0]
			return p.inject(c.Context(), w, ask)
		},
	}
	f := c.Flags()
	f.StringVar(&ask.On, "on", "", "the node, link or site")
	f.StringArrayVar(&ask.Set, "set", nil, "a parameter of the fault: key=value")
	f.DurationVar(&ask.For, "for", 0, "take it back after so long; 0: until it is reverted")
	w.flags(c)
	return c
}

func (p *process) inject(ctx context.Context, w where, ask control.Ask) error {
	if ask.On == "" {
		return usage(fmt.Errorf("say what %s acts on: --on NODE, LINK or SITE", ask.Fault))
	}
	if ask.For < 0 || ask.For > 720*time.Hour {
		return usage(fmt.Errorf("--for %v: a fault is held for up to 720h", ask.For))
	}
	folder, err := p.standing(ctx, w)
	if err != nil {
		return err
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	i := &injection{p: p, client: control.NewClient(folder.Control()), leave: leave, taken: make(chan error, 1)}
	done := make(chan struct{})
	go (&session{p: p}).signals(done, func() { i.takeBack(ctx) }, leave)
	fault, err := i.client.Inject(ctx, ask, i.hear)
	close(done)
	if i.interrupted() {
		err = <-i.taken
	}
	if err != nil {
		return answered(folder, err)
	}
	return errors.Join(p.printInjected(*fault), overreach(*fault))
}

// injection is one fault while this process waits for it.
type injection struct {
	p      *process
	client *control.Client
	leave  func()
	taken  chan error // how taking it back ended, once that was tried

	mu   sync.Mutex
	id   string
	stop bool
}

// hear prints what is said, and remembers the id of the fault.
func (i *injection) hear(l control.Line) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if l.ID != "" {
		i.id = l.ID
	}
	fmt.Fprintf(i.p.Stderr, "  %s\n", l.Say)
}

// takeBack asks for the end of the fault; what happens then is heard as before.
// One that has no id yet ends when its asker leaves.
func (i *injection) takeBack(ctx context.Context) {
	i.mu.Lock()
	i.stop = true
	id := i.id
	i.mu.Unlock()
	if id == "" {
		i.leave()
		i.taken <- &exitError{code: exitStopped, err: errors.New("interrupted before the fault had begun")}
		return
	}
	go func() {
		end, err := i.client.Revert(ctx, control.Reversion{ID: id}, func(control.Line) {})
		switch {
		case ctx.Err() != nil:
			err = &exitError{code: exitStopped, err: errors.New("interrupted; the fault is being taken back, `maildrill status` shows how far it is")}
		case err == nil:
			err = cmp.Or(dirtyFaults(*end), error(&exitError{code: exitStopped, err: errors.New("interrupted; the fault is taken back")}))
		}
		i.taken <- err
	}()
}

func (i *injection) interrupted() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.stop
}

// printInjected tells what was proven.
func (p *process) printInjected(f control.Fault) error {
	if p.json {
		return p.printJSON(f)
	}
	for _, t := range f.Targets {
		fmt.Fprintf(p.Stdout, "%s on %s: proven, in effect %s after the call; %s\n", f.Kind, t.Name, inSeconds(t.EffectiveAfter), proofs(t))
		for _, m := range t.Measured {
			fmt.Fprintf(p.Stdout, "  %s: asked for %g %s, seen %g\n", m.What, m.Asked, m.Unit, m.Seen)
		}
		if t.CleanAfter != nil {
			fmt.Fprintf(p.Stdout, "%s on %s: proven gone %s after the revert\n", f.Kind, t.Name, inSeconds(t.CleanAfter))
		}
	}
	if f.State == "held" {
		fmt.Fprintf(p.Stdout, "it is held; take it back with: maildrill revert %s\n", f.ID)
	}
	return nil
}

// proofs says what met the fault, and what the bystander did.
func proofs(t control.Target) string {
	text := "exercised: " + counted(t)
	switch {
	case t.BystanderHurt:
		return text + "; OVERREACH: " + t.Detail
	case t.Bystander == "":
		return text + "; no node was left to be a bystander"
	}
	return text + "; bystander " + t.Bystander + " unaffected"
}

// overreach is the error of a fault that hurts more than it is aimed at: what is
// seen then proves little about its target.
func overreach(f control.Fault) error {
	for _, t := range f.Targets {
		if t.BystanderHurt {
			return &exitError{code: exitUnproven, err: fmt.Errorf("%s: a node suffers that the fault on %s is not about", f.ID, t.Name),
				hint: "look at `maildrill status`; `maildrill revert " + f.ID + "` takes it back"}
		}
	}
	return nil
}

func inSeconds(s *float64) string {
	if s == nil {
		return "at an unknown time"
	}
	return fmt.Sprintf("%.2f s", *s)
}
