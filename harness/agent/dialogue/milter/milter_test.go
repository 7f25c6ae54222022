package milter

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// converse says some commands to a speaker and hears as many answers.
func converse(t *testing.T, script string, said string) (string, map[string]uint64) {
	t.Helper()
	s, err := New(json.RawMessage(script))
	if err != nil {
		t.Fatal(err)
	}
	client, front := net.Pipe()
	back, server := net.Pipe()
	var m dialogue.Meter
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Speak(t.Context(), front, back, &m)
		_ = front.Close()
		_ = back.Close()
	}()
	go filter(server)
	heard := ""
	for _, command := range []byte(said) {
		if _, err := client.Write(message(command, make([]byte, 12)...)); err != nil {
			break
		}
		if command == macros || command == quit || command == abort {
			continue
		}
		answer, _, err := read(client)
		if err != nil {
			break
		}
		heard += string(answer)
	}
	_ = client.Close()
	<-done
	return heard, m.Counts()
}

// filter lets everything go on.
func filter(c net.Conn) {
	for {
		if _, _, err := read(c); err != nil {
			return
		}
		if _, err := c.Write(message(goOn)); err != nil {
			return
		}
	}
}

func TestVerdicts(t *testing.T) {
	for effect, want := range map[faults.FilterEffect]string{
		faults.FilterAccepts:  "OcccaOcca",
		faults.FilterRejects:  "OcccrOccr",
		faults.FilterTempfail: "OccctOcct",
	} {
		script, _ := json.Marshal(faults.MilterScript{Effect: effect})
		heard, counts := converse(t, string(script), "OCDHMRAOHMRQ")
		if heard != want || counts["recipients"] != 2 {
			t.Errorf("%s: heard %s, want %s; counted %v", effect, heard, want, counts)
		}
	}
}

func TestSlowHandsTheFiltersAnswersOn(t *testing.T) {
	began := time.Now()
	heard, counts := converse(t, `{"effect":"slow","delay":20000000}`, "CHM")
	if heard != "ccc" || counts["answers"] != 3 || time.Since(began) < 60*time.Millisecond {
		t.Errorf("heard %s after %v, counted %v", heard, time.Since(began), counts)
	}
}

// An answer that changes the message first is one answer, and late once.
func TestSlowCountsNoChanges(t *testing.T) {
	s, err := New(json.RawMessage(`{"effect":"slow","delay":100000000}`))
	if err != nil {
		t.Fatal(err)
	}
	client, front := net.Pipe()
	back, server := net.Pipe()
	var m dialogue.Meter
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Speak(t.Context(), front, back, &m) }()
	began := time.Now()
	go func() {
		for _, kind := range []byte("hhhhhhm+-2bhieqpc") {
			_, _ = server.Write(message(kind, 'x', 0, 'y', 0))
		}
	}()
	heard := ""
	for range 17 {
		kind, _, err := read(client)
		if err != nil {
			t.Fatal(err)
		}
		heard += string(kind)
	}
	if took := time.Since(began); heard != "hhhhhhm+-2bhieqpc" || took < 100*time.Millisecond || took > 900*time.Millisecond || m.Counts()["answers"] != 1 {
		t.Errorf("heard %s after %v, counted %v", heard, took, m.Counts())
	}
	_, _ = client.Close(), server.Close()
	<-done
}

// A connection that is open when the rule ends is not torn: the MX would take that
// for a filter that is gone, and do what it does without one.
func TestWhatIsSlowIsNotLostWithTheRule(t *testing.T) {
	s, err := New(json.RawMessage(`{"effect":"slow","delay":60000000000}`))
	if err != nil {
		t.Fatal(err)
	}
	client, front := net.Pipe()
	back, server := net.Pipe()
	var m dialogue.Meter
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Speak(ctx, front, back, &m) }()
	go func() {
		for _, kind := range []byte("cca") {
			_, _ = server.Write(message(kind))
		}
	}()
	end()
	_ = client.SetReadDeadline(time.Now().Add(10 * time.Second))
	for _, want := range []byte("cca") {
		if kind, _, err := read(client); err != nil || kind != want {
			t.Fatalf("heard %q, %v, want %q", kind, err, want)
		}
	}
	_, _ = client.Close(), server.Close()
	<-done
}

func TestDownEndsEveryConnection(t *testing.T) {
	if heard, counts := converse(t, `{"effect":"down"}`, "O"); heard != "" || counts["connections"] != 1 {
		t.Errorf("heard %q, counted %v", heard, counts)
	}
}

func TestScriptsAreReadStrictly(t *testing.T) {
	for _, script := range []string{`{}`, `{"effect":"gone"}`, `{"effect":"down","x":1}`} {
		if _, err := New(json.RawMessage(script)); err == nil {
			t.Errorf("%s is taken", script)
		}
	}
}

func TestLengthsAreBounded(t *testing.T) {
	for _, head := range []string{"\x00\x00\x00\x00", "\x7f\xff\xff\xff"} {
		client, server := net.Pipe()
		go func() { _, _ = io.WriteString(client, head); _ = client.Close() }()
		if _, _, err := read(server); err == nil {
			t.Errorf("% x is taken for a length", head)
		}
	}
}
