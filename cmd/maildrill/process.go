package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/ledger"
)

// process is all contact with the world outside: nothing else in this program
// reads arguments, the environment, the standard streams or signals.
type process struct {
	Args           []string
	Env            func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Signals        <-chan os.Signal
	Deaf           func() // the next signal ends the process; nil is allowed
	Terminal       bool   // standard error is a terminal
	Screen         bool   // standard output is one
	Keyboard       bool   // standard input is one
	Width          func() int

	json bool // --json
	// observe is told of every event of a drill as it is written; nil is allowed.
	observe func(ledger.Event)
	// began is told of the run folder, stands how the drill stands; nil is allowed.
	began  func(harness.Folder)
	stands func(harness.Status)
}

// run parses the arguments, runs one command and gives the exit code.
func (p *process) run(ctx context.Context) int {
	p.Stdout, p.Stderr = &serial{to: p.Stdout}, &serial{to: p.Stderr}
	root := p.root()
	root.SetArgs(p.Args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	called, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitPassed
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = misused(called, err)
	}
	if e.err != nil {
		fmt.Fprintf(p.Stderr, "maildrill: %v\n", e.err)
	}
	if e.hint != "" {
		fmt.Fprintf(p.Stderr, "hint: %s\n", e.hint)
	}
	return e.code
}

// misused is the error of a command that was called in a wrong way, or that
// could not write its answer.
func misused(c *cobra.Command, err error) *exitError {
	if output := new(fs.PathError); errors.As(err, &output) {
		return &exitError{code: exitEnvironment, err: err}
	}
	return &exitError{code: exitUsage, err: err, hint: fmt.Sprintf("`%s --help` shows how it is called", c.CommandPath())}
}

// color tells whether to write colours to standard error (no-color.org).
func (p *process) color() bool { return p.Terminal && p.Env("NO_COLOR") == "" }

// printJSON writes one value to standard output.
func (p *process) printJSON(v any) error {
	enc := json.NewEncoder(p.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// root is the command table, in the order of a reader's needs.
func (p *process) root() *cobra.Command {
	root := &cobra.Command{
		Use:              "maildrill",
		Short:            "Disaster-recovery drills for e-mail systems",
		Long:             longHelp,
		SilenceErrors:    true,
		PersistentPreRun: p.listen,
		SilenceUsage:     true,
	}
	root.PersistentFlags().BoolVar(&p.json, "json", false, "print the result as JSON on standard output")
	root.AddCommand(
		p.runCommand(), p.sweepCommand(), p.searchCommand(), p.inspectCommand(), p.suggestCommand(), p.initCommand(), p.attachCommand(), p.validateCommand(), p.planCommand(), p.listCommand(),
		p.judgeCommand(), p.reportCommand(), p.ledgerCommand(), p.abortCommand(), p.ackCommand(),
		p.verifyCommand(), p.bundleCommand(), p.signCommand(), p.registerCommand(), p.keysCommand(),
		p.historyCommand(), p.compareCommand(), p.trendCommand(),
		p.scheduleCommand(), p.gamedayCommand(), p.serveCommand(), p.aarCommand(), p.exerciseActionCommand(),
		p.upCommand(), p.injectCommand(), p.revertCommand(), p.statusCommand(), p.downCommand(),
		p.controlsCommand(), p.evidenceCommand(),
		p.doctorCommand(), p.cleanupCommand(), p.imagesCommand(), p.calibrateCommand(),
		p.schemaCommand(), p.versionCommand(), p.agentCommand(), p.guardCommand(), p.victimCommand(),
	)
	return root
}

const longHelp = `maildrill starts a mail system in containers, sends identified mail through
it, breaks it, mends it, reads every mailbox back, and says with proof what
happened to every message, how long each service was gone, and how far back
the loss reaches. What was not observed is never called a pass.

Exit codes:
  0 passed              4 aborted                64 usage
  1 objective missed    5 dirty: clean-up        65 invalid scenario
  3 inconclusive          could not be proven    70 defect in maildrill
  7 evidence that       6 no engine, no image,
    does not fit          no space             8 overdue: a drill is past
                                                 its date`
