package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
)

// printExercise shows how an exercise stands.
func (p *process) printExercise(r exercise.Record, events []exercise.Event, led bool) error {
	fmt.Fprintf(p.Stdout, "%s: %s\n%s, %s", r.ID, cmp.Or(r.Title, r.Name), r.Form, r.State)
	if r.State.Playing() {
		fmt.Fprintf(p.Stdout, ", played for %s", round(r.PlayTime(time.Now())))
	}
	if r.Fault != nil && r.Ended == nil {
		fmt.Fprintf(p.Stdout, ", %s since the fault", round(time.Since(*r.Fault).Seconds()))
	}
	if led {
		fmt.Fprint(p.Stdout, ", led by a process")
	}
	fmt.Fprintln(p.Stdout)
	for _, e := range events {
		if text := gameday.Words(e); text != "" {
			fmt.Fprintln(p.Stdout, "  "+text)
		}
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	p.printCard(w, r)
	for _, in := range r.Injects {
		fmt.Fprintf(w, "inject\t%s\t%s\t%s\n", in.ID, injectState(in), in.Title)
	}
	for _, s := range r.Steps {
		fmt.Fprintf(w, "step\t%s\t%s\t%s\n", s.ID, s.Result, s.Title)
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "check\t%s\t%s\t%s\n", c.ID, c.Verdict, cmp.Or(c.Reason, c.Measured))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.Verdict != "" {
		fmt.Fprintf(p.Stdout, "EXERCISE %s\n", r.Verdict)
	}
	return nil
}

func (p *process) printCard(w *tabwriter.Writer, r exercise.Record) {
	if r.State != exercise.Briefed && r.State != exercise.Go {
		return
	}
	for _, a := range r.Card {
		fmt.Fprintf(w, "card\t%s\t%s\t%s\n", a.ID, a.State, cmp.Or(a.Detail, a.Question))
	}
}

func injectState(in exercise.Inject) string {
	switch {
	case in.Released != nil:
		return "released"
	case in.Asked != nil:
		return "asked for"
	case in.Due != nil && !in.Surprise:
		return "at " + round(*in.Due)
	case in.Due != nil:
		return "at its time"
	}
	return "on demand"
}

func round(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}
