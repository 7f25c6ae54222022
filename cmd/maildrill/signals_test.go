package main

import (
	"context"
	"os"
	"testing"

	"github.com/spf13/cobra"
)

// TestASignalEndsWhatTakesNone: a command that does not take signals itself
// ends by its context, and the next signal is for the process; one that does
// finds the signal where it was sent.
func TestASignalEndsWhatTakesNone(t *testing.T) {
	for name, want := range map[string]bool{"build": true, "run": false} {
		signals := make(chan os.Signal, 1)
		deaf := make(chan struct{})
		p := &process{Signals: signals, Deaf: func() { close(deaf) }}
		root, c := &cobra.Command{Use: "maildrill"}, &cobra.Command{Use: name}
		root.AddCommand(c)
		ctx, cancel := context.WithCancel(t.Context())
		c.SetContext(ctx)
		p.listen(c, nil)
		signals <- os.Interrupt
		if want {
			<-deaf
			<-c.Context().Done()
			if failure(context.Cause(c.Context())) == nil || exitCode(failure(c.Context().Err())) != exitStopped {
				t.Errorf("%s: %v", name, failure(c.Context().Err()))
			}
		} else if c.Context().Err() != nil || len(signals) != 1 {
			t.Errorf("%s was ended, or its signal taken", name)
		}
		cancel()
	}
}

func exitCode(err error) int {
	e, _ := err.(*exitError)
	return e.code
}
