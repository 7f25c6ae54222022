package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildrill/harness/action"
)

// manualDir holds a file for each manual step that is waited for, and beside it
// the acknowledgement once there is one.
func (f Folder) manualDir() string { return filepath.Join(string(f), "manual") }

func (f Folder) asking(step string) string    { return filepath.Join(f.manualDir(), step+".txt") }
func (f Folder) answering(step string) string { return filepath.Join(f.manualDir(), step+".ack") }

// ask lets other terminals know that a manual step is waited for.
func (f Folder) ask(step, text string) error {
	if err := os.MkdirAll(f.manualDir(), 0o755); err != nil {
		return err
	}
	if err := os.Remove(f.answering(step)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(f.asking(step), []byte(text+"\n"), 0o644)
}

// asked takes the files of a step away: what was said is in the history.
func (f Folder) asked(step string) {
	_ = os.Remove(f.asking(step))
	_ = os.Remove(f.answering(step))
	_ = os.Remove(f.manualDir()) // if it was the last
}

// Waiting lists the manual steps that a run waits for.
func (f Folder) Waiting() (steps []string) {
	found, _ := filepath.Glob(filepath.Join(f.manualDir(), "*.txt"))
	for _, path := range found {
		steps = append(steps, strings.TrimSuffix(filepath.Base(path), ".txt"))
	}
	slices.Sort(steps)
	return steps
}

// Acknowledge tells a run, from another process, that a manual step is done. The
// first word counts.
func (f Folder) Acknowledge(step string, who action.Acknowledgement) error {
	if _, err := os.Stat(f.Events()); err != nil {
		return fmt.Errorf("%s is not a run folder: %w", f, err)
	}
	waiting := f.Waiting()
	switch {
	case len(waiting) == 0:
		return fmt.Errorf("run %s waits for nobody", f.ID())
	case !slices.Contains(waiting, step):
		return fmt.Errorf("run %s does not wait for step %q; it waits for: %s", f.ID(), step, strings.Join(waiting, ", "))
	}
	b, err := json.Marshal(who)
	if err != nil {
		return err
	}
	// Written whole or not at all, and never over another's word.
	draft, err := os.CreateTemp(f.manualDir(), ".ack")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(b)
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), f.answering(step)); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("step %q of run %s is acknowledged already", step, f.ID())
	} else if err != nil {
		return err
	}
	return nil
}

// acknowledged tells whether somebody did.
func (f Folder) acknowledged(step string) (who action.Acknowledgement, ok bool) {
	b, err := os.ReadFile(f.answering(step))
	if err != nil || json.Unmarshal(b, &who) != nil {
		return who, false
	}
	return who, true
}
