package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/gameday/channel"
)

func (p *process) gamedayApprove() *cobra.Command {
	var o gamedayOptions
	var why, runtime string
	c := &cobra.Command{
		Use: "approve", Short: "Approve an exercise, with the topology as it is now", Args: cobra.NoArgs,
		Long: `Approve an exercise. Whoever operates it cannot. The digest of the topology is kept:
the go/no-go card compares it, and an exercise whose topology was changed since must be
approved again.`,
		Example: "  maildrill gameday approve --by Bea",
		RunE: func(*cobra.Command, []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			digest, err := p.topologyOf(log, r, runtime)
			if err != nil {
				return err
			}
			_, err = p.append(o, exercise.StateChanged, exercise.Approved, exercise.Move{To: exercise.Approved, Why: why, Digest: digest})
			return err
		},
	}
	o.flags(c)
	c.Flags().StringVar(&why, "why", "", "the reason, or the number of the change")
	c.Flags().StringVar(&runtime, "runtime", "docker", "docker or embedded")
	return c
}

// topologyOf is the digest of the topology that the drill of an exercise would
// have now; empty without a drill.
func (p *process) topologyOf(log *gameday.Log, r exercise.Record, runtime string) (string, error) {
	drill, err := p.drillOf(log, r, runtime)
	if err != nil || drill == nil {
		return "", err
	}
	return drill.topology, nil
}

func (p *process) gamedayBrief() *cobra.Command {
	var o gamedayOptions
	var text string
	c := &cobra.Command{
		Use: "brief", Short: "Tell everybody that the exercise comes, and what stops it", Args: cobra.NoArgs,
		Long: `Tell everybody over every channel of the exercise. From here on the go/no-go card is
filled: maildrill answers its own lines when "maildrill gameday go" is called, people
answer theirs with "maildrill gameday go --line ID=go".`,
		Example: "  maildrill gameday brief --by Ann --text \"starts at ten; REAL WORLD stops it\"",
		RunE: func(c *cobra.Command, _ []string) error {
			log, _, err := p.opened(o)
			if err != nil {
				return err
			}
			if _, err = p.append(o, exercise.StateChanged, exercise.Briefed, exercise.Move{To: exercise.Briefed, Why: text}); err != nil {
				return err
			}
			return p.said(c.Context(), log, o, channel.Announcement, text)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&text, "text", "An exercise begins soon. The words REAL WORLD stop it.", "what is said")
	return c
}

// said tells everybody something; a channel that fails is told and is no failure of
// the command, because others may have carried it.
func (p *process) said(ctx context.Context, log *gameday.Log, o gamedayOptions, kind channel.Kind, text string) error {
	_, r, err := p.opened(o)
	if err != nil {
		return err
	}
	who, err := p.actor(r, o, exercise.Said, "")
	if err != nil {
		return err
	}
	if err := gameday.Say(ctx, log, p.sender(log), who, kind, text); err != nil {
		fmt.Fprintf(p.Stderr, "note: %v\n", err)
	}
	return nil
}

func (p *process) gamedayAnnounce() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "announce TEXT", Short: "Tell everybody something, over every channel", Args: cobra.ExactArgs(1),
		Long: `Tell everybody something over every channel of the exercise. It begins with EXERCISE
EXERCISE EXERCISE. A text with the words REAL WORLD begins with them instead, and
stops play: every fault is taken back.`,
		Example: "  maildrill gameday announce \"the support desk takes calls on 4711\"",
		RunE: func(c *cobra.Command, args []string) error {
			log, _, err := p.opened(o)
			if err != nil {
				return err
			}
			if !channel.IsRealWorld(args[0]) {
				return p.said(c.Context(), log, o, channel.Announcement, args[0])
			}
			return p.realWorld(c.Context(), log, o, args[0])
		},
	}
	o.flags(c)
	return c
}

// realWorld stops play first, and tells then.
func (p *process) realWorld(ctx context.Context, log *gameday.Log, o gamedayOptions, text string) error {
	_, r, err := p.opened(o)
	if err == nil && (r.State.Playing() || r.State == exercise.Go) {
		_, err = p.append(o, exercise.StateChanged, exercise.Stopped, exercise.Move{To: exercise.Stopped, Why: text})
	}
	if err != nil {
		return err
	}
	return p.said(ctx, log, o, channel.Real, text)
}

func (p *process) gamedayRollcall() *cobra.Command {
	var o gamedayOptions
	var page string
	c := &cobra.Command{
		Use: "rollcall", Short: "Call everybody over a channel that needs no mail", Args: cobra.NoArgs,
		Long: `Call everybody who has a channel. Each gets a one-time code, which they type into
"maildrill gameday answer" or into the page /answer of "maildrill serve". Who answered,
and how fast, is in the record.`,
		Example: "  maildrill gameday rollcall --page https://drills.example.org",
		RunE: func(c *cobra.Command, _ []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			who, err := p.actor(r, o, exercise.RollCalled, "")
			if err != nil {
				return err
			}
			called, err := gameday.CallRoll(c.Context(), log, p.sender(log), who, answerPage(page))
			if err != nil {
				return usage(err)
			}
			if len(called) == 0 {
				return usage(errors.New("nobody of this exercise has a channel: there is no roll to call"))
			}
			failed := 0
			for _, k := range called {
				if k.Err != nil {
					failed++
					fmt.Fprintf(p.Stdout, "%s (%s) over %s: FAILED: %v\n", k.Person, k.Role, k.Channel, k.Err)
					continue
				}
				fmt.Fprintf(p.Stdout, "%s (%s) over %s: called\n", k.Person, k.Role, k.Channel)
			}
			if failed == len(called) {
				return &exitError{code: exitEnvironment, err: errors.New("nobody could be called")}
			}
			return nil
		},
	}
	o.flags(c)
	c.Flags().StringVar(&page, "page", "", "address of maildrill serve as people reach it; the call has a link to it then")
	return c
}

// answerPage is the page on which codes are answered. The code is in the fragment,
// which browsers do not send and servers do not log.
func answerPage(base string) gameday.Link {
	if base == "" {
		return nil
	}
	return func(code string) string { return base + "/answer#" + code }
}

func (p *process) gamedayAnswer() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "answer CODE", Short: "Answer the roll-call, or acknowledge a notice, with a one-time code", Args: cobra.ExactArgs(1),
		Example: "  maildrill gameday answer K7QX-3MTP-9A2F",
		RunE: func(_ *cobra.Command, args []string) error {
			log, _, err := p.opened(o)
			if err != nil {
				return err
			}
			by := o.by
			if by == "" {
				by = account()
			}
			what, err := gameday.Answer(log, exercise.Actor{Name: by, Via: "terminal"}, args[0])
			if err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.Stdout, "answered: %s\n", what)
			return nil
		},
	}
	o.flags(c)
	return c
}

func (p *process) gamedayNotice() *cobra.Command {
	var o gamedayOptions
	var page string
	c := &cobra.Command{
		Use: "notice ID", Short: "Send a notice to users, partners or the support desk", Args: cobra.ExactArgs(1),
		Example: "  maildrill gameday notice two-days-before",
		RunE: func(c *cobra.Command, args []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			who, err := p.actor(r, o, exercise.NoticeSent, "")
			if err != nil {
				return err
			}
			if err := gameday.SendNotice(c.Context(), log, p.sender(log), who, args[0], answerPage(page)); err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.Stdout, "sent: %s\n", args[0])
			return nil
		},
	}
	o.flags(c)
	c.Flags().StringVar(&page, "page", "", "address of maildrill serve as people reach it; the notice has a link to it then")
	return c
}
