//go:build unix

package channel

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/scenarios"
)

// script is a program for a test.
func script(t *testing.T, text string, args ...string) *opened {
	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	s := Secrets{Env: func(name string) (string, bool) {
		return map[string]string{"PATH": "/usr/bin:/bin", "TOKEN": planted}[name], name != "HOME"
	}}
	o, _ := opening(t, scenarios.Channel{ID: "pager", Kind: "exec", Command: append([]string{file}, args...)}, s, nil)
	return o
}

func TestProgram(t *testing.T) {
	t.Setenv("PLANTED", planted)
	dir := t.TempDir()
	o := script(t, `cat >"$1/message"; env >"$1/environment"; printf '%s\n' "$@" >"$1/arguments"; echo 'sent as 17'`, dir, "$(touch "+dir+"/obeyed)", "; a 'b")
	m := rollCall
	m.Subject, m.Text = "$(touch "+dir+"/obeyed)", "`touch "+dir+"/obeyed`; \"'\x00\x1b[2J"
	receipt, err := o.Send(t.Context(), m)
	if err != nil || receipt.Status != "exit 0" || receipt.Note != "sent as 17" {
		t.Errorf("%+v, %v", receipt, err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var got plain
	if err := json.Unmarshal([]byte(read("message")), &got); err != nil || !strings.HasPrefix(got.Text, Mark) || !strings.HasPrefix(got.Subject, Mark) {
		t.Errorf("it got %+v, %v", got, err)
	}
	if want := dir + "\n$(touch " + dir + "/obeyed)\n; a 'b\n"; read("arguments") != want {
		t.Errorf("arguments %q", read("arguments"))
	}
	for line := range strings.Lines(read("environment")) {
		// The last three are the shell's own.
		if name, _, _ := strings.Cut(line, "="); !slices.Contains([]string{"PATH", "LANG", "PWD", "_", "SHLVL"}, name) {
			t.Errorf("it sees %s", line)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "obeyed")); err == nil {
		t.Error("a text was obeyed")
	}
}

func TestProgramThatFails(t *testing.T) {
	for text, want := range map[string]string{
		"echo first >&2; echo no modem >&2; exit 3": "exit status 3 and said: no modem",
		"kill -9 $$": "killed",
		"head -c 200000 /dev/zero >&2; echo >&2; exit 1": "exit status 1",
	} {
		receipt, err := script(t, text).Send(t.Context(), rollCall)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(receipt.Status, "exit ") || len(err.Error()) > 2000 {
			t.Errorf("%s: %+v, %v", text, receipt, err)
		}
	}
	if receipt, err := script(t, "exec <&-; head -c 1000000 /dev/zero").Send(t.Context(), rollCall); err != nil || len(receipt.Note) > 1000 {
		t.Errorf("a program that says much and reads nothing: %v", err)
	}
}

// TestProgramIsKilledWithAllItStarted looks for the child of a program that was
// killed: it holds the pipe by which it is found.
func TestProgramIsKilledWithAllItStarted(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	if err := syscall.Mkfifo(pids, 0o600); err != nil {
		t.Fatal(err)
	}
	o := script(t, `sleep 1000 & echo $! >"$1"; wait`, pids)
	ctx, cancel := context.WithCancel(t.Context())
	child := make(chan int, 1)
	go func() {
		text, _ := os.ReadFile(pids)
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		child <- pid
		cancel()
	}()
	_, err := o.Send(ctx, rollCall)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the program was killed") {
		t.Errorf("error %v", err)
	}
	pid := <-child
	for end := time.Now().Add(10 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("its child %d lives", pid)
		}
	}
}

// alive is false for one that is dead and not yet buried, too.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	return !strings.Contains(string(stat), ") Z ")
}
