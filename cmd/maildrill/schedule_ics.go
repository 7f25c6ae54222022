package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/harness/programme"
)

func (p *process) scheduleICS(o *scheduleOptions) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "ics", Short: "Print the dates of the programme for calendars (iCalendar)", Args: cobra.NoArgs,
		Long: `Print all dates of the programme as iCalendar (RFC 5545), for import or as a
subscription. An event keeps its UID wherever quiet hours or freezes move it, so that
a second import moves it in the calendar. What calendars were told, and with it the
sequence number of each event, is remembered in calendar.json in the folder of
--state: keep that folder. What is unannounced takes all days of its window.`,
		Example: "  maildrill schedule ics --programme mail-year > mail-year.ics\n  maildrill schedule ics --output /srv/www/drills.ics",
		RunE: func(*cobra.Command, []string) error {
			plan, err := p.programmePlan(*o)
			if err != nil {
				return err
			}
			now, err := o.moment(plan.Zone())
			if err != nil {
				return err
			}
			folder, err := programme.OpenFolder(o.folder())
			if err != nil {
				return stateError(err)
			}
			text, err := folder.Publish(plan, now)
			if err != nil {
				return stateError(err)
			}
			return p.give(text, output)
		},
	}
	asOfFlag(c, o)
	c.Flags().StringVar(&output, "output", "", "file that receives it; default: standard output")
	return c
}

// give writes a text into a file whole, or to standard output.
func (p *process) give(text []byte, output string) error {
	if output == "" || output == "-" {
		_, err := p.Stdout.Write(text)
		return err
	}
	if err := replace(output, text); err != nil {
		return &exitError{code: exitEnvironment, err: err, hint: "name a file that can be written"}
	}
	fmt.Fprintf(p.Stderr, "%s: written\n", output)
	return nil
}
