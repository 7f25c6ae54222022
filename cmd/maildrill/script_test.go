package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be maildrill itself inside scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"maildrill": func() {
		p := &process{
			Args: os.Args[1:], Env: os.Getenv,
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			Signals: make(chan os.Signal),
			Width:   func() int { return 80 },
		}
		os.Exit(p.run(context.Background()))
	}})
}

// TestScripts plays testdata/*.txtar: what a user types, and what must come
// back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
