package register

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// memory is a file in which a host keeps the last checkpoint that it has seen of its
// key's register, away from the register. It keeps maildrill from signing a second
// history: on a register that was put back to an earlier state, or on another one.
// That it proves nothing to others is clear: it is the key holder's own.
type memory string

// Remember keeps the last checkpoint in a file. Without one nothing is kept.
func (r *Register) Remember(file string) { r.memory = memory(file) }

// last is what was seen last; nil: nothing was.
func (m memory) last(r *Register) (*Checkpoint, error) {
	if m == "" {
		return nil, nil
	}
	text, err := os.ReadFile(string(m))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the last checkpoint that was seen: %w", err)
	}
	c, err := ReadCheckpoint(text, r.key.Public())
	if err != nil {
		return nil, fmt.Errorf("the last checkpoint that was seen, %s: %w", m, err)
	}
	return &c, nil
}

// recall compares a register with what was seen of it last.
func (r *Register) recall(v *View) error {
	seen, err := r.memory.last(r)
	if err != nil || seen == nil {
		return err
	}
	root, err := v.Root(seen.Size)
	if err == nil && root == seen.Root {
		return nil
	}
	return &BrokenError{Where: r.Where(), Defects: []Defect{{Where: CheckpointFile, What: fmt.Sprintf(
		"this host has seen the key's register with %d leaves and the root %s, and this one does not go on from there: it was put back to an earlier state, or is another one, and a key has one register (seen: %s)", seen.Size, seen.Root, r.memory)}}}
}

// memorize keeps the checkpoint of a register, if it is a later one. That it cannot
// be kept does no harm to the register.
func (r *Register) memorize(v *View) {
	seen, err := r.memory.last(r)
	if r.memory == "" || err != nil || seen != nil && seen.Size >= v.Checkpoint.Size {
		return
	}
	if os.MkdirAll(filepath.Dir(string(r.memory)), 0o700) == nil {
		_ = replace(string(r.memory), v.Signed)
	}
}
