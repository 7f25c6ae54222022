package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// store is where the files of a register are.
type store interface {
	// read gives the files as they are. Where there is no register the error
	// wraps ErrMissing.
	read(ctx context.Context) (Files, error)
	// change lets next see the files and writes what it gives, so that no other
	// change comes in between. next may be called again.
	change(ctx context.Context, next func(Files) (*step, error)) error
	// create makes a register, which must not be there yet.
	create(ctx context.Context, f Files) error
	// where tells people what is read, without credentials.
	where() string
}

// step is a change of a register: what is completed of an earlier one, and what
// is added.
type step struct {
	from    Files  // as it should be now, whatever is on the disk
	leaves  []byte // whole lines that are added
	signed  []byte // the next checkpoint
	message string // in few words
}

// Errors of a register that cannot be used.
var (
	// ErrMissing: there is no register at that place.
	ErrMissing = errors.New("there is no register")
	// ErrUnreadable: a text that nobody could read is not put into it.
	ErrUnreadable = errors.New("this is no amendment")
	// ErrUnreachable: nobody knows whether there is one, or it takes nothing.
	ErrUnreachable = errors.New("the register cannot be reached or written to")
)

// BrokenError is what does not fit in a register that was to be used.
type BrokenError struct {
	Where   string
	Defects []Defect
}

func (e *BrokenError) Error() string {
	var all []string
	for i, d := range e.Defects {
		if i == 5 {
			all = append(all, fmt.Sprintf("and %d more", len(e.Defects)-i))
			break
		}
		all = append(all, d.String())
	}
	return fmt.Sprintf("the register %s does not fit together, and is left as it is:\n  %s", e.Where, strings.Join(all, "\n  "))
}
