package main

import (
	"errors"
	"fmt"
	"testing"

	"maildrill/harness/topology"
)

// TestAHintFitsItsCause: what a runtime knows of a remedy is what the user is
// told, however deep it lies.
func TestAHintFitsItsCause(t *testing.T) {
	known := &topology.Unavailable{Err: errors.New("mmdebstrap is missing"), Remedy: "install mmdebstrap"}
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{fmt.Errorf("start x: %w", fmt.Errorf("image: %w", known)), exitEnvironment, "install mmdebstrap"},
		{fmt.Errorf("%w: no space", topology.ErrUnavailable), exitEnvironment, "`maildrill doctor` tries what drills rely on"},
		{errors.New("bug"), exitDefect, ""},
		{usage(errors.New("typo")), exitUsage, ""},
	} {
		var e *exitError
		if !errors.As(failure(c.err), &e) || e.code != c.code || e.hint != c.hint {
			t.Errorf("%v: %+v, want code %d, hint %q", c.err, e, c.code, c.hint)
		}
	}
}
