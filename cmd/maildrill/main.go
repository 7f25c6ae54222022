// Command maildrill runs disaster-recovery drills on e-mail systems.
//
// This package is the process edge and nothing else: arguments, environment,
// standard streams, signals and exit codes, all in one [process] value, so
// that every command can be tested whole. One short file a command.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"maildrill/reports/evidence/keys"
)

func main() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	p := &process{
		Args: os.Args[1:], Env: environment(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Signals:  signals,
		Deaf:     func() { signal.Reset(os.Interrupt, syscall.SIGTERM) },
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
		Screen:   term.IsTerminal(int(os.Stdout.Fd())),
		Keyboard: term.IsTerminal(int(os.Stdin.Fd())),
		Width:    func() int { w, _, _ := term.GetSize(int(os.Stderr.Fd())); return w },
	}
	os.Exit(p.run(context.Background()))
}

// environment takes the signing key out of the environment, so that no process that
// this one starts has it.
func environment() func(string) string {
	key := os.Getenv(keys.Variable)
	_ = os.Unsetenv(keys.Variable)
	return func(name string) string {
		if name == keys.Variable {
			return key
		}
		return os.Getenv(name)
	}
}
