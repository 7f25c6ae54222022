package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"maildrill/reports/evidence/keys"
)

// TestMain lets the test binary be maildrill itself inside scripts.
func TestMain(m *testing.M) {
	testscript.Main(keyless{m}, map[string]func(){
		"maildrill": func() { os.Exit(asCalled().run(context.Background())) },
		"staged":    func() { os.Exit(staged()) },
	})
}

// keyless runs the tests without the key of whoever tests: their drills take no
// place in a real register.
type keyless struct{ *testing.M }

func (k keyless) Run() int {
	dir, err := os.MkdirTemp("", "maildrill-keyless-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{keys.Variable, keys.FileVariable, registerVariable} {
		_ = os.Unsetenv(name)
	}
	_ = os.Setenv("XDG_CONFIG_HOME", dir)
	return k.M.Run()
}

// asCalled is maildrill as it was called.
func asCalled() *process {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt)
	return &process{
		Args: os.Args[1:], Env: os.Getenv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Signals: signals,
		Width:   func() int { return 80 },
	}
}

// TestScripts plays testdata/*.txtar: what a user types, and what must come
// back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "await": await, "answer-codes": answerCodes,
	}})
}

// exits runs a command and demands its exit code: exits 65 maildrill validate ...
func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if ended := new(exec.ExitError); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// awaitLimit bounds what a script waits for: a busy machine starts slowly.
const awaitLimit = time.Minute

// await runs a command until it succeeds: await maildrill status
func await(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) == 0 {
		ts.Fatalf("usage: await COMMAND...")
	}
	deadline := time.Now().Add(awaitLimit)
	for ts.Exec(args[0], args[1:]...) != nil {
		if time.Now().After(deadline) {
			ts.Fatalf("not within %v: %v", awaitLimit, args)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// answerCodes answers every one-time code in a file of messages, each twice: the second
// time it is refused.
func answerCodes(ts *testscript.TestScript, _ bool, args []string) {
	codes := oneTime.FindAllString(ts.ReadFile(args[0]), -1)
	if len(codes) == 0 {
		ts.Fatalf("there are no codes in %s", args[0])
	}
	for _, code := range codes {
		ts.Check(ts.Exec("maildrill", "gameday", "answer", code))
		if ts.Exec("maildrill", "gameday", "answer", code) == nil {
			ts.Fatalf("code %s was taken twice", code)
		}
	}
}

var oneTime = regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`)
