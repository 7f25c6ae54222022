package gameday

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
	"maildrill/scenarios"
)

const table = `apiVersion: maildrill/v1
kind: GameDay
metadata: {name: table, title: Around the table}
form: tabletop
goal: to see
plan: {document: Plan, version: "1", reviewed: 2026-10-01}
roles:
  - {role: operator, name: Ann, channel: chat, address: ann}
  - {role: approver, name: Bea, channel: chat, address: bea}
channels: [{id: chat, kind: wall}]
notices: [{id: desk, when: during, channel: chat, audience: desk, text: now, acknowledge: true}]
injects:
  - {id: mail, title: a mail, text: look, channel: chat, at: 0s}
  - {id: call, title: a call, text: ring, channel: chat}
`

var ann, bea = exercise.Actor{Name: "Ann", Role: "operator", Via: "terminal"}, exercise.Actor{Name: "Bea", Role: "approver", Via: "terminal"}

// made makes an exercise of the table in a folder of its own.
func made(t *testing.T) *Log {
	t.Helper()
	doc, problems := scenarios.Parse("table.yaml", []byte(table))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	f, err := Create(t.TempDir(), doc, ann, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, f)
}

func opened(t *testing.T, f Folder) *Log {
	t.Helper()
	l, err := Open(f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func must(t *testing.T, l *Log, who exercise.Actor, kind string, data any) exercise.Record {
	t.Helper()
	r, err := l.Append(who, kind, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ready brings an exercise to its go.
func ready(t *testing.T, l *Log) {
	t.Helper()
	must(t, l, bea, exercise.StateChanged, exercise.Move{To: exercise.Approved})
	must(t, l, ann, exercise.StateChanged, exercise.Move{To: exercise.Briefed})
	r, _, _ := l.Read()
	for _, a := range r.Card {
		who := ann
		if a.Machine {
			who = exercise.Machine()
		}
		must(t, l, who, exercise.CardAnswered, exercise.CardAnswer{ID: a.ID, State: exercise.LineGo})
	}
	must(t, l, bea, exercise.StateChanged, exercise.Move{To: exercise.Go})
}

// posts keeps what was sent.
type posts struct {
	mu   sync.Mutex
	sent []channel.Message
	fail error
}

func (p *posts) Send(_ context.Context, _ string, m channel.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return p.fail
}

// Several that write at once lose nothing, and every line follows from the last.
func TestManyWriters(t *testing.T) {
	first := made(t)
	ready(t, first)
	must(t, first, ann, exercise.StateChanged, exercise.Move{To: exercise.Running})
	var wg sync.WaitGroup
	const writers, each = 8, 20
	for range writers {
		wg.Go(func() {
			l := opened(t, first.Folder())
			for range each {
				if _, err := l.Append(ann, exercise.Noted, exercise.Remark{Text: "seen"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r, _, err := opened(t, first.Folder()).Read(); err != nil || len(r.Notes) != writers*each {
		t.Errorf("%d notes, want %d: %v", len(r.Notes), writers*each, err)
	}
}

// Half a line, as a killed process or a full disk leaves it, was never answered for:
// it is not read, and the next line takes its place.
func TestHalfALine(t *testing.T) {
	l := made(t)
	before, _ := os.ReadFile(l.Folder().Log())
	os.WriteFile(l.Folder().Log(), append(before, []byte(`{"n":2,"at":"2026`)...), 0o644)
	other := opened(t, l.Folder())
	if r, _, err := other.Read(); err != nil || r.Events != 1 {
		t.Fatalf("%d lines: %v", r.Events, err)
	}
	must(t, other, bea, exercise.StateChanged, exercise.Move{To: exercise.Approved})
	if r, _, err := opened(t, l.Folder()).Read(); err != nil || r.State != exercise.Approved {
		t.Errorf("%s: %v", r.State, err)
	}
}

// A line that was changed, dropped or put in does not follow any more.
func TestAChangedLog(t *testing.T) {
	l := made(t)
	ready(t, l)
	text, _ := os.ReadFile(l.Folder().Log())
	lines := strings.SplitAfter(string(text), "\n")
	for name, changed := range map[string]string{
		"changed":   strings.Replace(string(text), `"by":"Bea"`, `"by":"Eve"`, 1),
		"dropped":   lines[0] + strings.Join(lines[2:], ""),
		"swapped":   lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], ""),
		"put in":    lines[0] + lines[1] + lines[1] + strings.Join(lines[2:], ""),
		"rewritten": strings.Replace(string(text), "briefed", "approved", 1),
	} {
		if changed == string(text) {
			t.Fatalf("%s: nothing was changed", name)
		}
		os.WriteFile(l.Folder().Log(), []byte(changed), 0o644)
		if _, _, err := opened(t, l.Folder()).Read(); err == nil {
			t.Errorf("%s: it was taken for whole", name)
		}
	}
}

// What the exercise does not allow is not written.
func TestARefusalLeavesNoLine(t *testing.T) {
	l := made(t)
	before, _ := os.ReadFile(l.Folder().Log())
	if _, err := l.Append(ann, exercise.StateChanged, exercise.Move{To: exercise.Running}); err == nil || strings.Contains(err.Error(), "line") {
		t.Errorf("refused with %v", err)
	}
	if after, _ := os.ReadFile(l.Folder().Log()); string(after) != string(before) {
		t.Error("the log has grown")
	}
	if r := must(t, l, bea, exercise.StateChanged, exercise.Move{To: exercise.Approved}); r.State != exercise.Approved {
		t.Errorf("after a refusal it is %s", r.State)
	}
}

func TestRollCallAndNotice(t *testing.T) {
	l := made(t)
	ready(t, l)
	out := &posts{}
	if called, err := CallRoll(t.Context(), l, out, ann, func(c string) string { return "https://x.example/answer#" + c }); err != nil || len(called) != 2 {
		t.Fatal(called, err)
	}
	must(t, l, ann, exercise.StateChanged, exercise.Move{To: exercise.Running})
	if err := SendNotice(t.Context(), l, out, ann, "desk", nil); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(l.Folder().Log())
	for _, m := range out.sent {
		code := code(t, m.Text)
		if strings.Contains(string(text), code) {
			t.Error("a code is in the log")
		}
		if _, err := Answer(l, exercise.Actor{Name: "x", Via: "terminal"}, " "+strings.ToLower(strings.ReplaceAll(code, "-", " "))); err != nil {
			t.Error(err)
		}
		if _, err := Answer(l, exercise.Actor{Name: "x", Via: "terminal"}, code); !errors.Is(err, exercise.ErrCode) {
			t.Errorf("a code twice: %v", err)
		}
	}
	out.fail = errors.New("no route")
	if err := SendNotice(t.Context(), l, out, ann, "desk", nil); err == nil {
		t.Error("a notice that did not go out was called sent")
	}
	if r, _, _ := l.Read(); r.Notices[0].Failed == "" || r.Notices[0].Sent != nil {
		t.Errorf("%+v", r.Notices[0])
	}
}

func code(t *testing.T, text string) string {
	t.Helper()
	i := strings.LastIndex(text, "code: ")
	if i < 0 {
		t.Fatalf("no code in %q", text)
	}
	return text[i+len("code: "):]
}

// A leader that was killed has left its line open; whoever looks finds its lock free.
func TestHealAfterAKilledLeader(t *testing.T) {
	l := made(t)
	ready(t, l)
	must(t, l, ann, exercise.StateChanged, exercise.Move{To: exercise.Running})
	must(t, l, exercise.Machine(), exercise.LeaderTook, exercise.Leading{PID: 4711})
	release, err := hold(l.folder.leader(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if lost, err := Heal(l); lost || err != nil {
		t.Fatalf("a leader that lives was called lost (%v)", err)
	}
	release()
	if lost, err := Heal(l); !lost || err != nil {
		t.Fatal(lost, err)
	}
	r, _, _ := l.Read()
	if r.State != exercise.Stopped || !r.Leaders[0].Lost {
		t.Errorf("%s, %+v", r.State, r.Leaders)
	}
	if lost, _ := Heal(l); lost {
		t.Error("it was lost twice")
	}
	r, err = Finish(t.Context(), l, ann, nothing)
	if err != nil || r.State != exercise.Recovered || r.Verdict != exercise.Aborted {
		t.Errorf("%s, %s: %v", r.State, r.Verdict, err)
	}
}

func nothing(context.Context, exercise.Record) exercise.Facts { return exercise.Facts{} }

// A leader releases what is due and what is asked for, and concludes.
func TestLeadAroundTheTable(t *testing.T) {
	l := made(t)
	ready(t, l)
	out := &posts{}
	led := make(chan error, 1)
	go func() {
		_, err := Lead(t.Context(), Leading{Log: opened(t, l.Folder()), Send: out, Who: ann, Facts: nothing})
		led <- err
	}()
	await(t, l, func(r exercise.Record) bool { return r.Injects[0].Released != nil })
	if _, err := Lead(t.Context(), Leading{Log: l, Send: out, Who: ann, Facts: nothing}); !errors.Is(err, ErrLed) {
		t.Errorf("led twice: %v", err)
	}
	must(t, l, ann, exercise.InjectAsked, exercise.Target{ID: "call"})
	await(t, l, func(r exercise.Record) bool { return r.Injects[1].Released != nil })
	must(t, l, ann, exercise.StateChanged, exercise.Move{To: exercise.Recovered})
	if err := <-led; err != nil {
		t.Error(err)
	}
	if r, _, _ := l.Read(); r.Facts == nil || len(out.sent) != 2 || r.Leaders[0].Left == nil {
		t.Errorf("%d messages, %+v", len(out.sent), r.Leaders)
	}
}

func await(t *testing.T, l *Log, holds func(exercise.Record) bool) {
	t.Helper()
	for range 600 {
		if r, _, err := l.Read(); err != nil {
			t.Fatal(err)
		} else if holds(r) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it never came")
}

// What is signed is checked from the log alone: later lines leave it as it is, a
// changed statement does not fit.
func TestStatements(t *testing.T) {
	l := made(t)
	ready(t, l)
	_, text, err := l.State()
	if err != nil {
		t.Fatal(err)
	}
	must(t, l, ann, exercise.StateChanged, exercise.Move{To: exercise.Running})
	if err := opened(t, l.Folder()).Check(text); err != nil {
		t.Error(err)
	}
	forged := strings.Replace(string(text), `"verdict": ""`, `"verdict": "passed"`, 1)
	if err := l.Check([]byte(forged)); !errors.Is(err, ErrBroken) {
		t.Errorf("a forged statement: %v", err)
	}
	if err := l.CheckFile([]byte(table)); err != nil {
		t.Error(err)
	}
	if err := l.CheckFile([]byte(table + "#")); !errors.Is(err, ErrBroken) {
		t.Errorf("another game day: %v", err)
	}
}

func TestFind(t *testing.T) {
	l := made(t)
	out := filepath.Dir(string(l.Folder()))
	for _, name := range []string{"", "table", l.Folder().ID(), string(l.Folder())} {
		if f, err := Find(out, name); err != nil || f != l.Folder() {
			t.Errorf("%q: %s, %v", name, f, err)
		}
	}
	if _, err := Find(out, "chair"); err == nil {
		t.Error("a chair was found")
	}
	if _, err := Find(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "gameday new") {
		t.Errorf("nothing there: %v", err)
	}
}
