package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"maildrill/harness"
	"maildrill/harness/action"
	"maildrill/harness/planning"
	"maildrill/harness/record"
)

// display shows how a run stands: one line that is redrawn on a terminal, a
// line a change elsewhere.
type display struct {
	mu       sync.Mutex
	w        io.Writer
	live     bool // redraw one line
	name     string
	shown    string // what was last printed about phase and faults
	drawn    bool
	lastTick time.Duration
	closed   bool
}

// plainEvery is how often the counters are printed where no line is redrawn.
const plainEvery = 10 * time.Second

func newDisplay(p *process, plan *planning.Plan, folder string, several bool) *display {
	name := plan.Scenario.Metadata.Name
	fmt.Fprintf(p.Stderr, "%s: %s\n  run folder %s, %v at most\n", name, plan.Scenario.Metadata.Title, folder, plan.Worst().Round(time.Second))
	if steps := manualSteps(plan); len(steps) > 0 && !p.attended() {
		fmt.Fprintf(p.Stderr, "  nobody sits at this run: its manual steps (%s) wait for `maildrill ack` until their time-outs\n", strings.Join(steps, ", "))
	}
	return &display{w: p.Stderr, live: p.Terminal && !several, name: name}
}

// manualSteps are those that people have to acknowledge.
func manualSteps(plan *planning.Plan) (ids []string) {
	for _, s := range plan.Steps {
		if s.Action == record.Manual {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// tell shows an announcement.
func (d *display) tell(step, text string) { d.progress(fmt.Sprintf("ANNOUNCED (%s): %s", step, text)) }

// asks shows a manual step, and who acknowledged it here.
func (d *display) asks(q *prompt, folder string) func(context.Context, string, string) (action.Acknowledgement, bool) {
	return func(ctx context.Context, step, text string) (action.Acknowledgement, bool) {
		d.progress(fmt.Sprintf("TO DO (%s): %s", step, text))
		d.progress(q.p.howToAck(folder, step))
		return q.ask(ctx)
	}
}

// progress prints one plain line of long work.
func (d *display) progress(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wipe()
	fmt.Fprintf(d.w, "  %s\n", text)
}

// status shows the state of the run.
func (d *display) status(s harness.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	if now := changes(s); now != d.shown || (!d.live && s.At-d.lastTick >= plainEvery) {
		d.shown, d.lastTick = now, s.At
		d.wipe()
		fmt.Fprintf(d.w, "  %7.1fs  %s  %s\n", s.At.Seconds(), now, counts(s))
	}
	if d.live {
		fmt.Fprintf(d.w, "\r\x1b[K  %7.1fs  %-9s %s %s", s.At.Seconds(), s.Phase, counts(s), services(s))
		d.drawn = true
	}
}

func (d *display) wipe() {
	if d.drawn {
		fmt.Fprint(d.w, "\r\x1b[K")
		d.drawn = false
	}
}

func (d *display) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wipe()
	d.closed = true
}

// changes is the part of the status whose change is worth a line: the phase,
// the faults with their proof marks (I installed, E effective), and what is down.
func changes(s harness.Status) string {
	parts := []string{fmt.Sprintf("%-9s", s.Phase)}
	for _, f := range s.Faults {
		parts = append(parts, fmt.Sprintf("%s %s [%s%s]", f.Step, f.State, mark(f.Installed, "I"), mark(f.Effective, "E")))
	}
	for _, a := range s.Actions {
		parts = append(parts, strings.TrimSpace(a.Step+" does "+a.Kind+" "+a.Node))
	}
	if down := down(s); len(down) > 0 {
		parts = append(parts, "down: "+strings.Join(down, ", "))
	}
	return strings.Join(parts, "  ")
}

func mark(on bool, letter string) string {
	if on {
		return letter
	}
	return "-"
}

func down(s harness.Status) []string {
	var names []string
	for name, ok := range s.Services {
		if !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func counts(s harness.Status) string {
	return fmt.Sprintf("accepted %d  refused %d  in doubt %d  queued %d",
		s.Mail.Accepted, s.Mail.RejectedTemporary+s.Mail.RejectedPermanent+s.Mail.NotAttempted, s.Mail.Indeterminate, s.Queue)
}

func services(s harness.Status) string {
	if names := down(s); len(names) > 0 {
		return " down: " + strings.Join(names, ", ")
	}
	if len(s.Services) == 0 {
		return ""
	}
	return " all services answer"
}

// both shows the status here, and to whoever looks on.
func (p *process) both(here func(harness.Status)) func(harness.Status) {
	if p.stands == nil {
		return here
	}
	return func(s harness.Status) { here(s); p.stands(s) }
}
