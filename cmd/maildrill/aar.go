package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	exercisereport "maildrill/reports/exercise"
)

type aarFormat struct {
	name, file string
	write      func(io.Writer, exercise.Record, []exercise.Event) error
}

// aarFormats are the forms of the after-action report, by name.
var aarFormats = []aarFormat{
	{"html", "report.html", exercisereport.HTML},
	{"pdf", "report.pdf", exercisereport.PDF},
	{"markdown", "report.md", exercisereport.Markdown},
}

func (p *process) aarCommand() *cobra.Command {
	var o gamedayOptions
	var formats []string
	var trend bool
	c := &cobra.Command{
		Use: "aar", Short: "Write the after-action report of an exercise, pre-filled from its log", Args: cobra.NoArgs,
		Long: `Write the after-action report of an exercise into its folder: report.html, report.pdf
and report.md. It is made of the log alone and can be made again at any time; until
somebody has signed it says DRAFT. --trend prints how the exercises compare.`,
		Example: `  maildrill aar
  maildrill aar --exercise lost-primary-store --format html
  maildrill aar --trend`,
		RunE: func(*cobra.Command, []string) error {
			if trend {
				records, err := p.exercises(o.out)
				if err != nil {
					return err
				}
				return failure(exercisereport.TrendText(p.Stdout, records, p.Width()))
			}
			return p.aar(o, formats)
		},
	}
	o.flags(c)
	c.Flags().StringSliceVar(&formats, "format", []string{"html", "pdf", "markdown"}, "html, pdf or markdown")
	c.Flags().BoolVar(&trend, "trend", false, "print the trend over all exercises")
	return c
}

func (p *process) aar(o gamedayOptions, formats []string) error {
	log, r, err := p.opened(o)
	if err != nil {
		return err
	}
	_, events, err := log.Read()
	if err != nil {
		return failure(err)
	}
	for _, name := range formats {
		i := slices.IndexFunc(aarFormats, func(f aarFormat) bool { return f.name == name })
		if i < 0 {
			return usage(fmt.Errorf("unknown format %q; valid: html, pdf, markdown", name))
		}
		path := filepath.Join(string(log.Folder()), aarFormats[i].file)
		if err := saved(path, func(w io.Writer) error { return aarFormats[i].write(w, r, events) }); err != nil {
			return &exitError{code: exitEnvironment, err: err}
		}
		fmt.Fprintln(p.Stdout, path)
	}
	return nil
}

// saved writes a whole file.
func saved(path string, write func(io.Writer) error) error {
	var text strings.Builder
	if err := write(&text); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}
