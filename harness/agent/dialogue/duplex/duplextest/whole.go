package duplextest

import (
	"io"
	"net"
	"testing"
	"time"

	"maildrill/harness/agent/dialogue"
)

// Passes has a dialogue of which the speaker must change nothing, and hears that
// nothing else is said or counted.
func Passes(t *testing.T, speaker dialogue.Speaker, lines ...string) {
	t.Helper()
	s := New(t, speaker, false)
	s.Play(lines...)
	_ = s.Client.CloseWrite()
	if rest, err := io.ReadAll(s.Server); err != nil || len(rest) > 0 {
		t.Errorf("the server heard %q, %v", rest, err)
	}
	_ = s.Server.Close()
	if rest, reset := s.Rest(); reset || rest != "" {
		t.Errorf("the client heard %q, reset %v", rest, reset)
	}
	if n := s.Meter.Counts(); len(n) > 0 {
		t.Errorf("counted %v", n)
	}
}

// Survives lets both ends say anything at once and go: the speaker must end with
// them.
func Survives(t *testing.T, speaker dialogue.Speaker, fromServer, fromClient string) {
	t.Helper()
	client, front := net.Pipe()
	back, server := net.Pipe()
	for side, text := range map[net.Conn]string{client: fromClient, server: fromServer} {
		go func() { _, _ = io.Copy(io.Discard, side) }()
		go func() { _, _ = io.WriteString(side, text); _ = side.Close() }()
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = speaker.Speak(t.Context(), front, back, &dialogue.Meter{})
		_ = front.Close()
		_ = back.Close()
	}()
	select {
	case <-over:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}
