package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
)

func (p *process) gamedayGo() *cobra.Command {
	var o gamedayOptions
	var lines []string
	var why, runtime string
	var check, no bool
	c := &cobra.Command{
		Use: "go", Short: "Fill the go/no-go card, and let play start if it is complete", Args: cobra.NoArgs,
		Long: `Fill the go/no-go card, and let play start if every line says go or is waived.

maildrill answers what it can look up itself: whether roles are filled, enough people
answered the roll-call, the topology is the one that was approved, a restore was proven
lately, the stop works, the instrument finds what is planted, and nothing is left of
earlier drills. People answer the rest with --line ID=go; a line is waived, with the
reason in --why. --check fills the card and does not go; --no-go puts the exercise back.`,
		Example: `  maildrill gameday go --check
  maildrill gameday go --line no-incident=go --line no-freeze=go --line way-back=go
  maildrill gameday go --line restore-proven=waived --why "first exercise"
  maildrill gameday go --no-go --why "payroll runs today"`,
		RunE: func(c *cobra.Command, _ []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			if no {
				_, err = p.append(o, exercise.StateChanged, exercise.Approved, exercise.Move{To: exercise.Approved, Why: why})
				return err
			}
			if err := p.answerLines(o, r, lines, why); err != nil {
				return err
			}
			if err := p.fillCard(c.Context(), log, r, runtime, o.out); err != nil {
				return err
			}
			return p.decide(o, check)
		},
	}
	o.flags(c)
	f := c.Flags()
	f.StringArrayVar(&lines, "line", nil, "answer of people to one line: ID=go, ID=no-go or ID=waived")
	f.StringVar(&why, "why", "", "the reason, kept in the log")
	f.BoolVar(&check, "check", false, "fill the card and go no further")
	f.BoolVar(&no, "no-go", false, "put the exercise back: it is approved, and not briefed")
	f.StringVar(&runtime, "runtime", "docker", "docker or embedded")
	return c
}

// answerLines writes down what people say.
func (p *process) answerLines(o gamedayOptions, r exercise.Record, lines []string, why string) error {
	for _, l := range lines {
		id, state, ok := strings.Cut(l, "=")
		if !ok {
			return usage(fmt.Errorf("--line %s: write it as ID=go, ID=no-go or ID=waived", l))
		}
		if _, err := p.append(o, exercise.CardAnswered, "", exercise.CardAnswer{ID: id, State: state, Detail: why}); err != nil {
			return err
		}
	}
	return nil
}

// fillCard answers the lines that maildrill can look up. Waived ones stay.
func (p *process) fillCard(ctx context.Context, log *gameday.Log, r exercise.Record, runtime, out string) error {
	r, _, err := log.Read()
	if err != nil {
		return failure(err)
	}
	if r.State != exercise.Briefed {
		return usage(&exercise.StateError{From: r.State, To: exercise.Go})
	}
	look := p.lookers(log, r, runtime, out)
	for _, a := range r.Card {
		if !a.Machine || a.State == exercise.LineWaived || keeps(a) {
			continue
		}
		fmt.Fprintf(p.Stderr, "  looking: %s\n", a.Question)
		ok, detail := look[a.ID](ctx)
		answer := exercise.CardAnswer{ID: a.ID, State: exercise.LineNoGo, Detail: detail}
		if ok {
			answer.State = exercise.LineGo
		}
		if _, err := log.Append(exercise.Machine(), exercise.CardAnswered, answer); err != nil {
			return usage(err)
		}
	}
	return nil
}

// cardKeeps is how long what takes half a minute to find out is not looked at again.
const cardKeeps = 15 * time.Minute

func keeps(a exercise.Answer) bool {
	slow := a.ID == exercise.LineStop || a.ID == exercise.LineCalibration
	return slow && a.State == exercise.LineGo && a.At != nil && time.Since(*a.At) < cardKeeps
}

// decide goes if the card says so, and prints it.
func (p *process) decide(o gamedayOptions, check bool) error {
	_, r, err := p.opened(o)
	if err != nil {
		return err
	}
	for _, a := range r.Card {
		fmt.Fprintf(p.Stderr, "  %-8s %-18s %s\n", strings.ToUpper(a.State), a.ID, cmp.Or(a.Detail, a.Question))
	}
	if check {
		if missing := r.Missing(); len(missing) > 0 {
			return &exitError{code: exitUnproven, err: &exercise.CardError{Open: missing}}
		}
		return nil
	}
	_, err = p.append(o, exercise.StateChanged, exercise.Go, exercise.Move{To: exercise.Go})
	var open *exercise.CardError
	if errors.As(err, &open) {
		return &exitError{code: exitUnproven, err: open, hint: "people answer with --line ID=go; a line is waived with --line ID=waived --why REASON"}
	}
	return err
}
