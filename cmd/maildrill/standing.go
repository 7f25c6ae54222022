package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/control"
)

// where says which topology a command is about: the one that is up, or one of
// several.
type where struct{ run, out string }

func (w *where) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.run, "run", "", "run id or run folder of the topology; the one that is up if it is the only one")
	c.Flags().StringVar(&w.out, "out", "runs", "folder of the run folders")
}

// standing finds the run folder of a topology that is up.
func (p *process) standing(ctx context.Context, w where) (harness.Folder, error) {
	if w.run != "" {
		folder := harness.Folder(w.run)
		if _, err := os.Stat(string(folder)); err != nil {
			folder = harness.Folder(filepath.Join(w.out, w.run))
		}
		return folder, isUp(ctx, folder)
	}
	var up []string
	var left error
	folders, _ := filepath.Glob(filepath.Join(w.out, "*"))
	slices.Reverse(folders) // the newest first: ids begin with the time
	for _, f := range folders {
		err := isUp(ctx, harness.Folder(f))
		switch {
		case err == nil:
			up = append(up, f)
		case errors.Is(err, control.ErrNobody) && left == nil:
			left = err
		}
	}
	switch {
	case len(up) == 1:
		return harness.Folder(up[0]), nil
	case len(up) > 1:
		return "", &exitError{code: exitUsage, err: fmt.Errorf("%d topologies are up:\n  %s", len(up), strings.Join(up, "\n  ")),
			hint: "say which one, for instance with --run " + filepath.Base(up[0])}
	case left != nil:
		return "", left
	}
	return "", &exitError{code: exitUsage, err: fmt.Errorf("no topology is up in %s", w.out),
		hint: "`maildrill up primary-backup-mx` starts one, `maildrill list topologies` shows all; --out names another folder of runs"}
}

// isUp tells why a run cannot be reached.
func isUp(ctx context.Context, folder harness.Folder) error {
	_, gone := os.Stat(folder.Gone())
	if _, err := os.Stat(string(folder)); err != nil {
		return &exitError{code: exitUsage, err: fmt.Errorf("there is no run %s", folder)}
	}
	switch {
	case gone == nil:
		return &exitError{code: exitUsage, err: fmt.Errorf("the topology of run %s is down already", folder.ID())}
	case !control.Exists(folder.Control()):
		return &exitError{code: exitUsage, err: fmt.Errorf("run %s is no topology that is up", folder.ID()),
			hint: "`maildrill up` makes one; one that is just starting can be reached when every node answers"}
	}
	if err := control.Alive(ctx, folder.Control()); err != nil {
		return died(folder, err)
	}
	return nil
}

// died is the error of a topology whose holder was killed.
func died(folder harness.Folder, err error) error {
	return &exitError{code: exitDirty, err: fmt.Errorf("the maildrill that held run %s has died: %w", folder.ID(), err),
		hint: fmt.Sprintf("its faults end and its containers go within its lease; `maildrill cleanup %s` finishes what is left; nobody asks for it any more when %s is removed", folder.ID(), folder)}
}

// codes of what the holder of a topology refuses.
var refusalCodes = map[control.Class]int{
	control.Usage: exitUsage, control.Lacking: exitEnvironment, control.Unproven: exitUnproven,
	control.Stopped: exitStopped, control.Dirty: exitDirty, control.Broken: exitDefect,
}

// answered gives the exit code of what the holder answered.
func answered(folder harness.Folder, err error) error {
	var refused *control.Refusal
	switch {
	case errors.As(err, &refused):
		return &exitError{code: refusalCodes[refused.Class], err: err, hint: refused.Hint}
	case errors.Is(err, control.ErrNobody):
		return died(folder, err)
	}
	return failure(err)
}
