package register

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"maildrill/harness/record"
)

// Start takes the index of a run. It is durable when it returns, and nothing of
// the run may have started before.
func (r *Register) Start(ctx context.Context, run string, s Start) (record.Register, error) {
	if err := checkRun(run); err != nil {
		return record.Register{}, err
	}
	v, err := r.append(ctx, func(v *View) ([]Leaf, error) {
		if _, known := v.start(run); known {
			return nil, fmt.Errorf("run %s is in the register already", run)
		}
		return []Leaf{{Run: run, Start: &s}}, nil
	})
	if err != nil {
		return record.Register{}, fmt.Errorf("put the start of the run into the register: %w", err)
	}
	return record.Register{Origin: v.Checkpoint.Origin, Index: v.Size() - 1, Size: v.Size(), Root: v.Checkpoint.Root.String()}, nil
}

// longestRun is how long a run id may be, in bytes.
const longestRun = 255

// checkRun refuses an id that could not be the name of a folder, or that people
// could take for another.
func checkRun(run string) error {
	strange := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }
	if run == "" || run == "." || run == ".." || len(run) > longestRun || strings.ContainsAny(run, `/\`) || strings.ContainsFunc(run, strange) {
		return fmt.Errorf("%.100q cannot be a run of the register: it is no name of a folder, or cannot be read", run)
	}
	return nil
}

// ClosedError tells that a run is closed already, and by which leaf.
type ClosedError struct {
	Run  string
	Leaf int64
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("run %s is closed already, by leaf %d of the register", e.Run, e.Leaf)
}

// Close says how a run ended. It gives the proof of its leaf.
func (r *Register) Close(ctx context.Context, run string, c Close) (*Proof, error) {
	v, err := r.append(ctx, func(v *View) ([]Leaf, error) {
		start, known := v.start(run)
		if !known {
			return nil, fmt.Errorf("run %s has no start in it", run)
		}
		if n, closed := v.closed(start); closed {
			return nil, &ClosedError{run, n}
		}
		c.Start = start
		return []Leaf{{Run: run, Close: &c}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("put the end of the run into the register: %w", err)
	}
	return v.Prove(v.Size() - 1)
}

// Sign notes a signature under a run that is closed.
func (r *Register) Sign(ctx context.Context, run string, s Signoff) error {
	_, err := r.append(ctx, func(v *View) ([]Leaf, error) {
		start, known := v.start(run)
		if !known {
			return nil, fmt.Errorf("run %s has no start in it", run)
		}
		s.Start = start
		return []Leaf{{Run: run, Signoff: &s}}, nil
	})
	if err != nil {
		return fmt.Errorf("put the signature into the register: %w", err)
	}
	return nil
}

// longestAmendment is how long a correction may be, in bytes.
const longestAmendment = 2000

// Amend adds a correction to a run. What it corrects stays.
func (r *Register) Amend(ctx context.Context, run, text string) error {
	if text == "" || len(text) > longestAmendment || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: one line of at most %d bytes that can be read", ErrUnreadable, longestAmendment)
	}
	_, err := r.append(ctx, func(v *View) ([]Leaf, error) {
		start, known := v.start(run)
		if !known {
			return nil, fmt.Errorf("run %s has no start in it", run)
		}
		return []Leaf{{Run: run, Amendment: &Amendment{Start: start, Text: text}}}, nil
	})
	if err != nil {
		return fmt.Errorf("put the amendment into the register: %w", err)
	}
	return nil
}

// start finds where a run started.
func (v *View) start(run string) (int64, bool) {
	for i, l := range v.Leaves {
		if l.Start != nil && l.Run == run {
			return int64(i), true
		}
	}
	return 0, false
}

// closed finds the leaf that closes a start.
func (v *View) closed(start int64) (int64, bool) {
	for i, l := range v.Leaves {
		if l.Close != nil && l.Close.Start == start {
			return int64(i), true
		}
	}
	return 0, false
}

// Run is one run of the population.
type Run struct {
	ID       string
	Index    int64 // of its start
	At       string
	Start    Start
	ClosedBy int64 // leaf; 0: it is open
	ClosedAt string
	Close    *Close
	State    string // "closed", "open" or "orphaned"
	Signoffs []Signoff
	Notes    []string // amendments
}

// OrphanedAfter is when an open run is taken for one that nobody will close.
const OrphanedAfter = 6 * time.Hour

// Runs lists every run that ever started, in the order of the register.
func (v *View) Runs(now time.Time) []Run {
	var runs []Run
	at := map[int64]int{}
	for i, l := range v.Leaves {
		switch {
		case l.Start != nil:
			at[int64(i)] = len(runs)
			runs = append(runs, Run{ID: l.Run, Index: int64(i), At: l.At, Start: *l.Start, State: openState(l.At, now)})
		case l.Close != nil:
			if n, ok := at[l.Close.Start]; ok && runs[n].Close == nil {
				runs[n].ClosedBy, runs[n].ClosedAt, runs[n].Close, runs[n].State = int64(i), l.At, l.Close, "closed"
			}
		case l.Signoff != nil:
			if n, ok := at[l.Signoff.Start]; ok {
				runs[n].Signoffs = append(runs[n].Signoffs, *l.Signoff)
			}
		case l.Amendment != nil:
			if n, ok := at[l.Amendment.Start]; ok {
				runs[n].Notes = append(runs[n].Notes, l.Amendment.Text)
			}
		}
	}
	return runs
}

func openState(started string, now time.Time) string {
	t, err := time.Parse(time.RFC3339, started)
	if err != nil || now.Sub(t) > OrphanedAfter {
		return "orphaned"
	}
	return "open"
}

// Run finds a run by its id.
func (v *View) Run(id string, now time.Time) (Run, bool) {
	for _, r := range v.Runs(now) {
		if r.ID == id {
			return r, true
		}
	}
	return Run{}, false
}

// Place is what the run took when it started.
func (v *View) Place(r Run) (record.Register, error) {
	root, err := v.Root(r.Index + 1)
	if err != nil {
		return record.Register{}, err
	}
	return record.Register{Origin: v.Checkpoint.Origin, Index: r.Index, Size: r.Index + 1, Root: root.String()}, nil
}
