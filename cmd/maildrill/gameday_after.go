package main

import (
	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
)

func (p *process) gamedayHotwash() *cobra.Command {
	var o gamedayOptions
	var h exercise.HotWash
	c := &cobra.Command{
		Use: "hotwash", Short: "Answer the four questions right after play", Args: cobra.NoArgs,
		Long: `Answer the four questions right after play, each of those who took part by themselves.
The first answer opens the hot wash.`,
		Example: `  maildrill gameday hotwash --by Cem --well "the restore worked at once" --slowed "nobody knew the password"`,
		RunE: func(*cobra.Command, []string) error {
			_, r, err := p.opened(o)
			if err != nil {
				return err
			}
			if r.State == exercise.Recovered {
				if _, err := p.append(o, exercise.StateChanged, exercise.Debrief, exercise.Move{To: exercise.Debrief}); err != nil {
					return err
				}
			}
			_, err = p.append(o, exercise.Debriefed, "", h)
			return err
		},
	}
	o.flags(c)
	f := c.Flags()
	f.StringVar(&h.WentWell, "well", "", "what went well")
	f.StringVar(&h.Surprised, "surprised", "", "what surprised you")
	f.StringVar(&h.Slowed, "slowed", "", "what slowed you down")
	f.StringVar(&h.Change, "change", "", "what you would change")
	return c
}

// writes is a command that writes one line into the log of an exercise.
func (p *process) writes(c *cobra.Command, kind string, data func(args []string) any) *cobra.Command {
	var o gamedayOptions
	c.RunE = func(_ *cobra.Command, args []string) error {
		_, err := p.append(o, kind, "", data(args))
		return err
	}
	o.flags(c)
	return c
}

func (p *process) gamedayFinding() *cobra.Command {
	var d exercise.Finding
	c := p.writes(&cobra.Command{
		Use: "finding TEXT", Short: "Write down what the exercise brought to light", Args: cobra.ExactArgs(1),
		Example: `  maildrill gameday finding "the restore needs a key that only one person has" --section "5.2" --severity high`,
	}, exercise.Found, func(args []string) any { d.Text = args[0]; return d })
	f := c.Flags()
	f.StringVar(&d.Analysis, "analysis", "", "what it means")
	f.StringVar(&d.Cause, "cause", "", "the root cause")
	f.StringVar(&d.Section, "section", "", "section of the plan that it is about")
	f.StringVar(&d.Severity, "severity", "", "how bad it is, in your own words")
	return c
}

func (p *process) gamedayRate() *cobra.Command {
	var d exercise.Rating
	c := p.writes(&cobra.Command{
		Use: "rate CAPABILITY P|S|M|U", Short: "Rate a capability as HSEEP does", Args: cobra.ExactArgs(2),
		Long:    "Rate a capability: performed (P), with some challenges (S), with major challenges (M), or unable (U).",
		Example: `  maildrill gameday rate "restore of mailboxes" S --why "worked at the second try"`,
	}, exercise.Rated, func(args []string) any { d.Capability, d.Rating = args[0], args[1]; return d })
	c.Flags().StringVar(&d.Why, "why", "", "the reason")
	return c
}

func (p *process) gamedayJudge() *cobra.Command {
	var d exercise.Judgement
	c := p.writes(&cobra.Command{
		Use: "judge HYPOTHESIS confirmed|refuted", Short: "Say what came of a hypothesis that no objective decides", Args: cobra.ExactArgs(2),
		Example: `  maildrill gameday judge support-knows refuted --why "they heard it from a customer"`,
	}, exercise.Judged, func(args []string) any { d.ID, d.Outcome = args[0], args[1]; return d })
	c.Flags().StringVar(&d.Why, "why", "", "the reason")
	return c
}

func (p *process) gamedayRisk() *cobra.Command {
	var d exercise.Acceptance
	c := p.writes(&cobra.Command{
		Use: "risk TEXT", Short: "Accept a risk, until a day", Args: cobra.ExactArgs(1),
		Example: `  maildrill gameday risk "one person has the key" --finding F1 --until 2027-03-01 --by Dana`,
	}, exercise.RiskAccepted, func(args []string) any { d.What = args[0]; return d })
	f := c.Flags()
	f.StringVar(&d.Finding, "finding", "", "finding that it is about")
	f.StringVar(&d.Action, "action", "", "action that is not done because of it")
	f.StringVar(&d.Until, "until", "", "day until which it is accepted, 2027-03-01")
	return c
}
