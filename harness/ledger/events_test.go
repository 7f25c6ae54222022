package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEventsChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	l, err := CreateEvents(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := l.Append(time.Duration(i)*time.Second+1, PhaseBegan, "", "", PhaseStart{Phase: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	events, err := ReadEvents(path)
	if err != nil || len(events) != 5 || time.Duration(events[2].At) != 2*time.Second+1 {
		t.Fatalf("%+v, %v", events, err)
	}
	whole, _ := os.ReadFile(path)
	lines := strings.SplitAfter(string(whole), "\n")
	defects := map[string]string{
		"dropped":    lines[0] + lines[2] + lines[3] + lines[4],
		"changed":    strings.Replace(string(whole), `"phase":"1"`, `"phase":"9"`, 1),
		"renumbered": strings.Replace(string(whole), `"n":5`, `"n":6`, 1),
		"swapped":    lines[0] + lines[2] + lines[1] + lines[3] + lines[4],
	}
	for name, text := range defects {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadEvents(path); err == nil || !strings.Contains(err.Error(), "line") {
			t.Errorf("%s line: %v", name, err)
		}
	}
}

// A tail that is cut anywhere leaves the whole lines before it readable, and
// says so.
func TestTornEventsAtEveryByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	l, err := CreateEvents(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := l.Append(time.Duration(i), Probed, "", "mx1", ProbeResult{Service: "mx"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		events, err := ReadEvents(path)
		lines := strings.Count(string(whole[:cut]), "\n")
		clean := cut == 0 || whole[cut-1] == '\n'
		if len(events) != lines || errors.Is(err, ErrTornEvents) == clean || (err == nil) != clean {
			t.Fatalf("cut at %d: %d events, %v", cut, len(events), err)
		}
	}
}

// After an error nothing is appended to what may be half a line.
func TestEventsStopAtTheFirstError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	l, err := CreateEvents(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append(0, RunPlanned, "", "", nil); err != nil {
		t.Fatal(err)
	}
	whole := l.file
	if l.file, err = os.Open(path); err != nil { // read only
		t.Fatal(err)
	}
	first := l.Append(1, FaultInjecting, "crash", "mx1", nil)
	if err := l.file.Close(); err != nil {
		t.Fatal(err)
	}
	l.file = whole
	if second := l.Append(2, FaultInjected, "crash", "mx1", nil); first == nil || !errors.Is(second, first) {
		t.Errorf("%v, then %v", first, second)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if events, err := ReadEvents(path); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestSecondsKeepEveryNanosecond(t *testing.T) {
	for _, d := range []time.Duration{0, 1, time.Second - 1, 1234567890123456789, -5, -time.Second - 5, math.MaxInt64, math.MinInt64} {
		b, err := json.Marshal(Seconds(d))
		if err != nil {
			t.Fatal(err)
		}
		var got Seconds
		if err := json.Unmarshal(b, &got); err != nil || time.Duration(got) != d {
			t.Errorf("%d became %s became %d, %v", d, b, got, err)
		}
	}
}
