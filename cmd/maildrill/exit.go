package main

import (
	"context"
	"errors"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// Exit codes that no record decides; record.ExitCode gives the others.
const (
	exitPassed      = 0
	exitMissed      = 1
	exitUnproven    = 3
	exitStopped     = 4
	exitDirty       = 5
	exitEnvironment = 6
	exitEvidence    = 7
	exitOverdue     = 8
	exitUsage       = 64
	exitInvalid     = 65
	exitDefect      = 70
)

var errStopped = errors.New("interrupted")

// exitError carries the exit code of the process, with a hint where the user
// can act.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit ends the process with a code and no further word.
func exit(code int) error {
	if code == exitPassed {
		return nil
	}
	return &exitError{code: code}
}

// failure wraps an error that stopped a command: the environment's if a runtime
// says so, else ours. One that has its exit code keeps it.
func failure(err error) error {
	var known *exitError
	var unavailable *topology.Unavailable
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, harness.ErrDirty):
		return &exitError{code: exitDirty, err: err, hint: "`maildrill cleanup` removes what is left"}
	case errors.As(err, &unavailable):
		return &exitError{code: exitEnvironment, err: err, hint: unavailable.Remedy}
	case errors.Is(err, topology.ErrUnavailable):
		return &exitError{code: exitEnvironment, err: err, hint: "`maildrill doctor` tries what drills rely on"}
	case errors.Is(err, context.Canceled):
		return &exitError{code: exitStopped, err: errStopped}
	}
	return &exitError{code: exitDefect, err: err}
}

func usage(err error) error { return &exitError{code: exitUsage, err: err} }

// worst merges the codes of several runs.
func worst(codes []int) int { return record.Worst(codes...) }
