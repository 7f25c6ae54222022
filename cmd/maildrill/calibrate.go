package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/calibrate"
	"maildrill/harness/record"
)

// calibrateOptions are the flags of `maildrill calibrate`.
type calibrateOptions struct {
	quick, full bool
	only        []string
	seed        uint64
	out         string
}

func (p *process) calibrateCommand() *cobra.Command {
	o := calibrateOptions{}
	c := &cobra.Command{
		Use: "calibrate", Short: "Prove the instrument against mail systems whose truth is known", Args: cobra.NoArgs,
		Long: `Plant every anomaly that maildrill claims to find, in histories and in an
embedded mail system that lies, and demand that exactly it is reported. Then
damage the instrument on purpose, one defect after the other, and demand that
a calibration notices each.

The quick form takes half a minute, the full one some minutes: it has more
seeded cases, 200 outages in real time, and drivers that are killed. The result
is written to calibration.json, which records and reports can cite. Exit code
70 says that the instrument is defective: believe no verdict before it is mended.`,
		Example: `  maildrill calibrate
  maildrill calibrate --full --seed 7
  maildrill calibrate --only CAL-11 --only CAL-12
  maildrill calibrate --json | jq '.rows[] | select(.result != "passed")'`,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.quick && o.full {
				return usage(errors.New("--quick and --full exclude each other"))
			}
			return p.calibrate(c.Context(), o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.quick, "quick", false, "the short form, under 30 s (default)")
	f.BoolVar(&o.full, "full", false, "the long form, some minutes")
	f.StringSliceVar(&o.only, "only", nil, "only these calibrations, without mutations: CAL-02")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the cases")
	f.StringVar(&o.out, "out", "", "folder that receives calibration.json (default runs/calibration-ID)")
	return c
}

func (p *process) calibrate(ctx context.Context, o calibrateOptions) error {
	ctx, stop := p.interruptible(ctx)
	defer stop()
	scratch, err := calibrate.Scratch()
	if err != nil {
		return failure(err)
	}
	defer os.RemoveAll(scratch)
	id, began := harness.NewRunID(time.Now(), "calibration"), time.Now()
	c, err := calibrate.Run(ctx, calibrate.Options{Full: o.full, Only: o.only, Seed: o.seed, Dir: scratch, Self: itself,
		Progress: func(line string) { fmt.Fprintf(p.Stderr, "  %6.1fs  %s\n", time.Since(began).Seconds(), line) }})
	if err != nil {
		return usage(err)
	}
	c.ID, c.Tool, c.Started, c.Ended = id, tool(), began.UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339)
	if o.out == "" {
		o.out = filepath.Join("runs", id)
	}
	if err := writeCalibration(o.out, c); err != nil {
		return failure(err)
	}
	if p.json {
		err = p.printJSON(c)
	} else {
		err = p.printCalibration(c, o.out)
	}
	switch {
	case err != nil:
		return failure(err)
	case ctx.Err() != nil:
		return &exitError{code: record.ExitAborted, err: errors.New("interrupted: the calibration is not complete")}
	case !c.Passed:
		return exit(exitDefect)
	}
	return nil
}

// interruptible is a context that the first signal ends.
func (p *process) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-p.Signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// itself starts this program as a victim.
func itself(args ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return exec.Command(path, append([]string{"victim"}, args...)...)
}

// writeCalibration writes calibration.json into a folder, which is made.
func writeCalibration(dir string, c record.Calibration) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	err = os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "calibration.json"), append(text, '\n'), 0o644)
	}
	if err != nil { // the instrument is not to blame
		return &exitError{code: exitEnvironment, err: fmt.Errorf("write the calibration: %w", err), hint: "name a folder with --out that can be written to"}
	}
	return nil
}

func (p *process) printCalibration(c record.Calibration, dir string) error {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "calibration\tresult\tcases\tseconds\t")
	for _, r := range c.Rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%.1f\t%s\n", r.ID, r.Result, r.Cases, r.Seconds, r.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range c.Rows {
		for _, f := range r.Figures {
			fmt.Fprintf(p.Stdout, "%s: %s\n", r.ID, f)
		}
	}
	for _, r := range c.Rows {
		if r.Result != record.RowPassed {
			fmt.Fprintf(p.Stdout, "%s %s: %s\n", r.ID, r.Result, r.Reason)
		}
	}
	for _, m := range c.Mutants {
		if m.CaughtBy == "" {
			fmt.Fprintf(p.Stdout, "mutation %s was not caught: %s\n", m.Name, m.What)
		}
	}
	_, err := fmt.Fprintf(p.Stdout, "%s\n%s\n", c.Summary, filepath.Join(dir, "calibration.json"))
	return err
}

// victimCommand is a process that a calibration kills; users never type it.
func (p *process) victimCommand() *cobra.Command {
	return &cobra.Command{
		Use: "victim", Hidden: true, DisableFlagParsing: true,
		Short: "Drive until killed",
		RunE: func(c *cobra.Command, args []string) error {
			return failure(calibrate.Victim(c.Context(), args, p.Stdout))
		},
	}
}
