package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/gameday/channel"
)

func (p *process) gamedayCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "gameday",
		Short: "Lead an exercise with people: from the draft to the signed report",
		Long: `Lead an exercise with people on a drill, or around a table.

  new       make an exercise of a file of kind GameDay
  lint      what is wrong with the file, and which channels would be down with the mail
  approve   by somebody who does not operate it
  brief     tell everybody; the go/no-go card is filled from here on
  rollcall  call everybody over a channel that needs no mail; answer takes their codes
  go        the card is complete: play may start
  start     lead it: plays the drill and stays until play is over
  inject, step, note, mark, announce, hold, resume, abort   from any terminal meanwhile
  end       play is over, where no drill says so
  hotwash, finding, rate, judge, risk   right after
  close     everything found is in somebody's hands

"maildrill aar" writes the after-action report, "maildrill action" follows up what
was found, "maildrill sign" puts your SSH key to it, "maildrill serve" shows it in a
browser. Every line is in one hash-chained log.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what to do: `maildrill gameday --help` lists the commands in their order"))
		},
	}
	c.AddCommand(p.gamedayNew(), p.gamedayLint(), p.gamedayList(), p.gamedayShow(), p.gamedayApprove(), p.gamedayBrief(), p.gamedayRollcall(), p.gamedayAnswer(),
		p.gamedayNotice(), p.gamedayGo(), p.gamedayStart(), p.gamedayInject(), p.gamedayStep(), p.gamedayNote(), p.gamedayMark(), p.gamedayAnnounce(),
		p.gamedayHold(), p.gamedayResume(), p.gamedayAbort(), p.gamedayEnd(), p.gamedayHotwash(), p.gamedayFinding(), p.gamedayRate(), p.gamedayJudge(),
		p.gamedayRisk(), p.gamedayClose())
	return c
}

// gamedayOptions are the flags of every command on an exercise.
type gamedayOptions struct{ out, name, by, as string }

func (o *gamedayOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.out, "out", "exercises", "folder of the exercises")
	f.StringVar(&o.name, "exercise", "", "which one: its folder, id or name (default: the only one that is not closed)")
	f.StringVar(&o.by, "by", "", "who you are, as the game day names you (default: your account)")
	f.StringVar(&o.as, "as", "", "the role in which you act (default: the first of yours that may)")
}

// opened opens an exercise. What a killed leader has left open is written down
// first.
func (p *process) opened(o gamedayOptions) (*gameday.Log, exercise.Record, error) {
	folder, err := gameday.Find(o.out, o.name)
	if err != nil {
		return nil, exercise.Record{}, usage(err)
	}
	log, err := gameday.Open(folder)
	if err != nil {
		return nil, exercise.Record{}, usage(err)
	}
	lost, err := gameday.Heal(log)
	if err == nil {
		var r exercise.Record
		r, _, err = log.Read()
		if lost {
			fmt.Fprintf(p.Stderr, "note: the process that led %s was killed: the exercise is aborted, its drill's keeper has ended the faults; `maildrill gameday end` goes on\n", folder.ID())
		}
		if err == nil {
			return log, r, nil
		}
	}
	if errors.Is(err, gameday.ErrBroken) {
		return nil, exercise.Record{}, &exitError{code: exitEvidence, err: err}
	}
	return nil, exercise.Record{}, &exitError{code: exitEnvironment, err: err}
}

// actor is who acts, in the first of their roles that may.
func (p *process) actor(r exercise.Record, o gamedayOptions, kind string, to exercise.State) (exercise.Actor, error) {
	name := o.by
	if name == "" {
		name = account()
	}
	who, err := r.Part(name, o.as)
	if err != nil {
		return who, usage(err)
	}
	who.Via = "terminal"
	if o.as == "" {
		for _, role := range r.Parts(name) {
			if other := (exercise.Actor{Name: name, Role: role, Via: who.Via}); exercise.May(other, kind, to) == nil {
				return other, nil
			}
		}
	}
	return who, nil
}

// append writes one line of an exercise and shows how it stands.
func (p *process) append(o gamedayOptions, kind string, to exercise.State, data any) (exercise.Record, error) {
	log, r, err := p.opened(o)
	if err != nil {
		return r, err
	}
	who, err := p.actor(r, o, kind, to)
	if err != nil {
		return r, err
	}
	after, err := log.Append(who, kind, data)
	if err != nil {
		return r, usage(err)
	}
	return after, p.shown(log, after)
}

// shown prints the last line of the log, and keeps the record beside it.
func (p *process) shown(log *gameday.Log, r exercise.Record) error {
	if err := gameday.WriteRecord(log.Folder(), r); err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	if p.json {
		return p.printJSON(r)
	}
	_, events, err := log.Read()
	if err == nil && len(events) > 0 {
		fmt.Fprintln(p.Stdout, gameday.Words(events[len(events)-1]))
	}
	return failure(err)
}

// moves is a command that brings an exercise into a state.
func (p *process) moves(use, short, long, example string, to exercise.State) *cobra.Command {
	var o gamedayOptions
	var why string
	c := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.append(o, exercise.StateChanged, to, exercise.Move{To: to, Why: why})
			return err
		},
	}
	o.flags(c)
	c.Flags().StringVar(&why, "why", "", "the reason, kept in the log")
	return c
}

// sender sends over the channels of an exercise, with secrets of this process.
func (p *process) sender(log *gameday.Log) gameday.Sender {
	return gameday.Channels(log.Plan(), channel.Secrets{
		Env:  func(name string) (string, bool) { v := p.Env(name); return v, v != "" },
		File: os.ReadFile,
	})
}

// day reads a moment that somebody plans: a day, or a day with a time.
func moment(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			t = t.UTC()
			return &t, nil
		}
	}
	return nil, usage(fmt.Errorf("%q is no date; write it as 2026-12-24, or \"2026-12-24 10:00\"", text))
}
