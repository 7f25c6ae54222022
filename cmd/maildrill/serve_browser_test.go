package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"maildrill/harness/browsertest"
)

// drillDay is a drill that people lead, on the known system in memory.
const drillDay = `apiVersion: maildrill/v1
kind: GameDay
metadata: {name: day, title: The primary MX dies}
form: functional
goal: to see whether the backup takes over
scenario: backup-mx-takes-over
plan: {document: MX plan, version: "2", reviewed: 2099-01-01}
roles:
  - {role: operator, name: Ann}
  - {role: approver, name: Bea}
injects:
  - {id: dies, title: mx1 dies, step: crash}
`

// TestLeadFromABrowser leads a real exercise from the browser: go, start, inject, note,
// stop, debriefing, close. The console is killed while the fault is held; the exercise
// does not notice, and another console shows all of it.
func TestLeadFromABrowser(t *testing.T) {
	r := newRoom(t)
	r.maildrill("gameday", "new", "day.yaml", "--by", "Ann", "--set", "timeline[0].for=2m", "--set", "phases.observe=3m")
	r.maildrill("gameday", "approve", "--by", "Bea", "--runtime", "embedded")
	r.maildrill("gameday", "brief", "--by", "Ann")
	r.refused("not complete: no-incident, no-freeze, way-back, backup-age", "gameday", "go", "--check", "--by", "Ann", "--runtime", "embedded", "--why", "it is a test", "--line", "restore-proven=waived",
		"--line", "stop-tested=waived", "--line", "calibration=waived", "--line", "no-leftovers=waived")
	killed := r.serve("127.0.0.1:0")
	s := browsertest.Open(t)
	r.login(s, "operator")
	for _, line := range []string{"no-incident", "no-freeze", "way-back", "backup-age"} {
		s.Click(fmt.Sprintf(`button[value="go %s"]`, line))
		s.Wait(fmt.Sprintf(`[...document.querySelectorAll("#region-card li")].some(l => l.querySelector('[value="go %s"]') && l.querySelector(".chip").textContent === "go")`, line))
	}
	s.Says("All 10 are answered.")
	r.login(s, "approver")
	s.Click(`button[value=go]`)
	r.state(s, "GO")
	r.login(s, "operator")
	s.Click(`button[value=start]`)
	r.state(s, "RUNNING")
	s.Click(`button[value=dies]`)
	s.Wait(`document.querySelector("#region-windows")?.innerText.includes("effective")`)
	s.Write("#text", "the pager is silent")
	s.Click(".note button")
	s.Says("the pager is silent")

	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	if shown := r.maildrill("gameday", "show"); !strings.Contains(shown, "led by a process") {
		t.Errorf("without the console nobody leads:\n%s", shown)
	}
	r.serve(r.address)
	r.login(s, "operator")
	s.Says("the pager is silent")
	s.Click(".stop .red")
	r.state(s, "RECOVERED") // by way of ABORTED: the leader ends the drill by itself
	s.Wait(`document.querySelector("#region-windows")?.innerText.includes("clean")`)
	s.Click(`button[value=hotwash]`)
	r.state(s, "HOTWASH")
	r.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key")
	r.maildrill("sign", "day", "--by", "Bea", "--role", "approver", "--name", "bea@example.org", "--key", "key")
	r.state(s, "SIGNED")
	s.Click(`button[value=close]`)
	r.state(s, "CLOSED")
	if verified := r.maildrill("verify", "day"); !strings.Contains(verified, "EXERCISE aborted") {
		t.Errorf("the log says:\n%s", verified)
	}
}

// room is a folder with a game day in it, and the people who lead it.
type room struct {
	t       *testing.T
	folder  string
	address string // of the console
	tokens  map[string]string
}

func newRoom(t *testing.T) *room {
	r := &room{t: t, folder: t.TempDir(), tokens: map[string]string{}}
	t.Cleanup(browsertest.Stop)
	t.Cleanup(func() { // a test that fails half-way leaves no leader behind
		abort, _ := r.command("maildrill", "gameday", "abort", "--by", "Ann", "--why", "the test is over")
		_ = abort.Run()
	})
	r.write("day.yaml", drillDay)
	var lines string
	for role, name := range map[string]string{"operator": "Ann", "approver": "Bea"} {
		c, said := r.command("maildrill", "serve", "token", role, name)
		line, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines += string(line)
		r.tokens[role] = strings.TrimSpace(said.String()[strings.LastIndex(said.String(), ":")+1:])
	}
	r.write("tokens", lines)
	return r
}

func (r *room) write(name, text string) {
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// said is a file of what a command says on standard error.
type said string

func (s said) String() string {
	text, err := os.ReadFile(string(s))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (r *room) command(name string, args ...string) (*exec.Cmd, said) {
	r.t.Helper()
	f, err := os.CreateTemp(r.folder, "said-")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = f.Close() })
	c := exec.Command(name, args...)
	c.Dir, c.Stderr = r.folder, f
	return c, said(f.Name())
}

// run runs a command to its good end, and returns what it printed.
func (r *room) run(name string, args ...string) string {
	r.t.Helper()
	c, stderr := r.command(name, args...)
	out, err := c.Output()
	if err != nil {
		r.t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr)
	}
	return string(out) + stderr.String()
}

func (r *room) maildrill(args ...string) string {
	r.t.Helper()
	return r.run("maildrill", args...)
}

func (r *room) refused(why string, args ...string) {
	r.t.Helper()
	c, stderr := r.command("maildrill", args...)
	if err := c.Run(); err == nil || !strings.Contains(stderr.String(), why) {
		r.t.Fatalf("%s: %v, want %q\n%s", strings.Join(args, " "), err, why, stderr)
	}
}

var consoleAt = regexp.MustCompile(`the console is at http://(\S+);`)

// serve starts a console, which is killed with the test.
func (r *room) serve(listen string) *exec.Cmd {
	r.t.Helper()
	c, stderr := r.command("maildrill", "serve", "--listen", listen, "--tokens", "tokens", "--runtime", "embedded")
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for limit := time.Now().Add(browsertest.Bound); ; time.Sleep(20 * time.Millisecond) {
		if at := consoleAt.FindStringSubmatch(stderr.String()); at != nil {
			r.address = at[1]
			return c
		}
		if time.Now().After(limit) {
			r.t.Fatalf("no console: %s", stderr)
		}
	}
}

// login comes in as a role; whoever was there before is forgotten.
func (r *room) login(s *browsertest.Tab, role string) {
	r.t.Helper()
	s.Do(browsertest.NoCookies())
	s.Go("http://" + r.address + "/login")
	s.Write("[name=token]", r.tokens[role])
	s.Click("main button")
	s.Wait(`location.pathname === "/" && document.readyState === "complete"`)
}

func (r *room) state(s *browsertest.Tab, word string) {
	r.t.Helper()
	s.Wait(fmt.Sprintf(`document.querySelector(".word")?.textContent === %q`, word))
}
