package verify

import (
	"errors"
	"fmt"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/signoff"
)

// Options are what is trusted and what is compared with.
type Options struct {
	// Key is the one that must have signed; nil with the reason: nobody is trusted.
	Key    *keys.Public
	KeyWhy string // where the key is from, or why there is none
	// Register is the register that a run should be in; nil: it is not at hand.
	Register *register.View
	Where    string // where that register is, or why there is none
	// Kept is what somebody kept elsewhere; nil: nothing was.
	Kept *Kept
	// Copy: Register is a copy of some day, such as a bundle carries. It may be older
	// than a checkpoint that was kept, and nothing is wrong.
	Copy bool
	// Carried is the register that came in a bundle, beside another that was named;
	// nil: there is none of its own.
	Carried *register.View
	// Allowed are those whose signatures count; nil: nobody has said.
	Allowed signoff.Allowed
	// Folders is where the run folders of a register should be; empty: nobody said.
	Folders string
	// Judge works out record.json from the ledger and the events of a folder.
	Judge func(folder string) ([]byte, error)
	// Reports are made from a record.
	Reports []Report
	Tool    record.Tool // the maildrill that verifies
	Now     time.Time
}

// Report is a file of a run folder that follows from its record.
type Report struct {
	File   string
	Render func(folder string, r record.Record) ([]byte, error)
}

// Kept is a checkpoint that was kept away from the register.
type Kept struct {
	File       string
	Checkpoint register.Checkpoint
	// View is the whole register of that day, if it was kept too: it can name what
	// is missing. Nil: only the checkpoint was.
	View *register.View
}

// ReadKept reads a checkpoint, or a proof, which has one in it.
func ReadKept(file string, text []byte, key keys.Public) (*Kept, error) {
	c, err := register.ReadCheckpoint(text, key)
	if err == nil {
		return &Kept{File: file, Checkpoint: c}, nil
	}
	if _, _, inside, proofErr := register.ReadProof(text, key); proofErr == nil {
		return &Kept{File: file, Checkpoint: inside}, nil
	}
	return nil, fmt.Errorf("the checkpoint %s: %w", file, err)
}

// KeptView takes a whole register as the checkpoint.
func KeptView(file string, v *register.View) (*Kept, error) {
	if len(v.Defects) > 0 {
		return nil, errors.New(file + ": " + v.Defects[0].String())
	}
	return &Kept{File: file, Checkpoint: v.Checkpoint, View: v}, nil
}
