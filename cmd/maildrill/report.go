package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/reports"
)

// reportOptions are the flags of `maildrill report`.
type reportOptions struct {
	formats   []string
	output    string // "": standard output or the run folder; "-": standard output
	out       string
	check     bool
	declared  bool
	scenarios []string
	asOf      string
	stale     string
	runs      []string
	periodOptions
}

func (p *process) reportCommand() *cobra.Command {
	o := reportOptions{}
	c := &cobra.Command{
		Use:   "report RUN...",
		Short: "Render the reports of a run again, or report on all runs of a period",
		Long: `Render reports of a run again: byte for byte as they were, for they depend on the
record alone. RUN is a run folder, or its name below --out.

A single format goes to standard output, several go into the run folder; --output
sends them elsewhere. Several runs are joined into one report by the formats
that can do so. With --check nothing is written: what is rendered is compared with
the files of the run folder, and the exit code is 7 where they differ.

Formats:
` + formatHelp() + `

With --period the report is on all runs of a period: every one that started in
it, passed, failed, aborted, dirty, without a record; the question that found
them; recovery times by scenario; and how fresh the evidence for each requirement
and control is. It is made from the run folders, never from the cache of
` + "`maildrill history`" + `, and speaks as of the end of the period, of today as long as
that is not over, or of --as-of. It goes to standard output, or with --format html
or pdf to --output.`,
		Example: `  maildrill report runs/20261123-184105-backup-mx-takes-over-3fa9 --format markdown
  maildrill report 20261123-184105-backup-mx-takes-over-3fa9 --format all --check
  maildrill report runs/* --format junit,markdown,openmetrics -o ci/
  maildrill report runs/* --format annotations --scenarios drills/
  maildrill report RUN --format badge --as-of 2026-12-01 --stale 90d -o badge.svg
  maildrill report --period 2026-01..2026-12 --fresh 90d --fresh backup-restore=30d
  maildrill report --period 2026-03 --as-of 2026-03-31 --format html,pdf -o audit/`,
		RunE: func(c *cobra.Command, args []string) error {
			o.runs = args
			if c.Flags().Changed("period") {
				return p.reportPeriod(c, o)
			}
			return p.report(o)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.formats, "format", nil, "formats, with commas between; all: those of the run folder (markdown; with --check all)")
	f.StringVarP(&o.output, "output", "o", "", "a file, or a folder if it is one, ends with / or several formats are asked for; - is standard output")
	f.StringVar(&o.out, "out", "runs", "folder of the run folders")
	f.BoolVar(&o.check, "check", false, "compare with the files of the run folder instead")
	f.BoolVar(&o.declared, "as-declared", false, "judge each run by the ending that its scenario declares, as a suite does (junit, markdown, annotations)")
	f.StringSliceVar(&o.scenarios, "scenarios", nil, "scenario files or folders, to name the line that an annotation is about")
	f.StringVar(&o.asOf, "as-of", "", "day of reading, as 2026-12-01: a badge of a run older than --stale is grey, and a --period is reported as of its end")
	f.StringVar(&o.stale, "stale", "90d", "age, with --as-of: days (90d) or hours (36h)")
	o.addTo(c)
	return c
}

// formatHelp lists the table of formats.
func formatHelp() string {
	var b strings.Builder
	for _, f := range reports.Formats {
		name := ""
		if f.Kept {
			name = f.File
		}
		fmt.Fprintf(&b, "  %-12s %-12s %s\n", f.Name, name, f.What)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (p *process) report(o reportOptions) error {
	formats, err := o.chosen()
	if err != nil {
		return err
	}
	wish, err := o.wish()
	if err != nil {
		return err
	}
	if len(o.runs) == 0 {
		return usage(errors.New("name a run folder, such as runs/20261123-184105-backup-mx-takes-over-3fa9, or a --period"))
	}
	runs, err := openRuns(o.out, o.runs)
	if err != nil {
		return err
	}
	if o.check {
		return p.checkReports(formats, runs)
	}
	for _, f := range formats {
		if len(runs) > 1 && !f.Joins {
			return usage(fmt.Errorf("%s is of one run, and %d are named; several can be joined as %s", f.Name, len(runs), strings.Join(joining(), ", ")))
		}
	}
	return p.writeWished(o, formats, runs, wish)
}

// chosen finds the formats that were asked for, each once.
func (o reportOptions) chosen() ([]reports.Format, error) {
	if len(o.formats) == 0 {
		o.formats = []string{"markdown"}
		if o.check {
			o.formats = []string{"all"}
		}
	}
	var names, chosen []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	var formats []reports.Format
	for _, name := range o.formats {
		for _, f := range reports.Formats {
			if (f.Name == name || name == "all" && f.Kept) && !slices.Contains(chosen, f.Name) {
				chosen, formats = append(chosen, f.Name), append(formats, f)
			}
		}
		if _, ok := reports.Named(name); !ok && name != "all" {
			return nil, usage(misnamed(fmt.Sprintf("--format: no format is called %q", name), name, append(names, "all")))
		}
	}
	return formats, nil
}

func joining() []string {
	var names []string
	for _, f := range reports.Formats {
		if f.Joins {
			names = append(names, f.Name)
		}
	}
	return names
}

// wish reads what was asked for beyond the records.
func (o reportOptions) wish() (reports.Wish, error) {
	w := reports.Wish{Declared: o.declared}
	if len(o.scenarios) > 0 {
		place, err := places(o.scenarios)
		if err != nil {
			return w, usage(fmt.Errorf("--scenarios: %w", err))
		}
		w.Place = place
	}
	if o.asOf == "" {
		return w, nil
	}
	var err error
	if w.AsOf, err = time.Parse(time.DateOnly, o.asOf); err != nil {
		return w, usage(fmt.Errorf("--as-of %s: a day, such as 2026-12-01", o.asOf))
	}
	w.AsOf = w.AsOf.Add(24*time.Hour - time.Second) // the end of that day
	if w.Stale, err = age(o.stale); err != nil {
		return w, usage(fmt.Errorf("--stale: %w", err))
	}
	return w, nil
}

// age reads days, or what Go reads as a duration.
func age(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if d, err = time.ParseDuration(days + "h"); err == nil {
			d *= 24
		}
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s is no age: say 90d or 36h", text)
	}
	return d, nil
}
