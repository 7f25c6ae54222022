package faults

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Toucher tries a volume of a node as the node's servers find it: through
// their mounts, at their path. It looks at their other files by their own
// programs.
type Toucher interface {
	// Touch makes one attempt and leaves nothing behind. Its error wraps
	// [ErrNoSpace], [ErrReadOnly] or [ErrInputOutput] where the attempt failed in
	// that way.
	Touch(context.Context, Touch) (Felt, error)
}

// Touch is one attempt.
type Touch struct {
	Volume string `json:"volume"`
	Try    string `json:"try"`             // of the constants below
	Bytes  int64  `json:"bytes,omitempty"` // [TryRoom]
	Rule   string `json:"rule,omitempty"`  // [TryMark], [TryGone], [TryCompare]
	// Run is a program of the node's that changes nothing, with its arguments:
	// [TryRun], which needs no volume.
	Run []string `json:"run,omitempty"`
}

// What can be tried.
const (
	TryRoom    = "room"    // take this many bytes in a file without a name
	TryCreate  = "create"  // make a file without a name; timed
	TryMark    = "mark"    // read the mark that a rule has left on a file system that it put there
	TryGone    = "gone"    // look for files that a rollback has undone; those that are not there are listed
	TryCompare = "compare" // compare files with what they were before a rule
	TryRun     = "run"     // run a program
)

// Felt is what an attempt found.
type Felt struct {
	Down      bool          `json:"down,omitempty"`      // the node does not run: nothing was tried
	Took      time.Duration `json:"took"`                // ns
	Elsewhere bool          `json:"elsewhere,omitempty"` // the path does not lead to the volume's device
	Marked    bool          `json:"marked,omitempty"`
	Changed   []string      `json:"changed,omitempty"` // files, with what differs; of [TryGone] those that are not there
	// Code is the exit code of a program, Output what it printed.
	Code   int    `json:"code,omitempty"`
	Output []byte `json:"output,omitempty"`
}

// How an attempt at a file system fails.
var (
	ErrNoSpace     = errors.New("no space left")         // ENOSPC: bytes or inodes
	ErrReadOnly    = errors.New("read-only file system") // EROFS
	ErrInputOutput = errors.New("input/output error")    // EIO
)

// touch makes one attempt at a volume of a node.
func touch(ctx context.Context, on Node, t Touch) (Felt, error) {
	n, ok := on.(Toucher)
	if !ok {
		return Felt{}, fmt.Errorf("the volumes of %s cannot be tried", on.Name())
	}
	return n.Touch(ctx, t)
}
