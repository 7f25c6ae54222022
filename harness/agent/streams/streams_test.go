package streams

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex/duplextest"
)

// scene is a client at a server that echoes, with a speaker between them.
func scene(t *testing.T, spec faults.StreamSpec) (client net.Conn, m *dialogue.Meter, take func(), over chan struct{}) {
	t.Helper()
	sp, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	client, front := duplextest.Wire(t)
	back, server := duplextest.Wire(t)
	go func() { _, _ = io.Copy(server, server); _ = server.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	m, over = &dialogue.Meter{}, make(chan struct{})
	go func() {
		defer close(over)
		_ = sp.Speak(ctx, front, back, m)
		_ = front.Close()
		_ = back.Close()
	}()
	t.Cleanup(func() { client.Close(); server.Close(); cancel(); <-over })
	_ = client.SetDeadline(time.Now().Add(10 * time.Second))
	return client, m, cancel, over
}

func TestToxics(t *testing.T) {
	text := strings.Repeat("0123456789", 10)
	for _, c := range []struct {
		name  string
		spec  faults.StreamSpec
		hear  string
		reset bool
		least time.Duration
		count string
	}{
		{"reset", faults.StreamSpec{Toxic: faults.ToxicReset}, "", true, 0, "resets"},
		{"reset later", faults.StreamSpec{Toxic: faults.ToxicReset, After: 50 * time.Millisecond}, "", true, 50 * time.Millisecond, "resets"},
		{"cut", faults.StreamSpec{Toxic: faults.ToxicCut, Bytes: 30}, "", true, 0, "cuts"},
		{"not cut", faults.StreamSpec{Toxic: faults.ToxicCut, Bytes: 3000}, text, false, 0, ""},
		{"slice", faults.StreamSpec{Toxic: faults.ToxicSlice, Bytes: 20, Delay: 10 * time.Millisecond}, text, false, 40 * time.Millisecond, "sliced"},
		{"slow close", faults.StreamSpec{Toxic: faults.ToxicSlowClose, Delay: 50 * time.Millisecond}, text, false, 100 * time.Millisecond, "closed-late"},
		{"slow", faults.StreamSpec{Toxic: faults.ToxicSlow, Delay: 50 * time.Millisecond}, text, false, 100 * time.Millisecond, "slowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, m, _, _ := scene(t, c.spec)
			began := time.Now()
			if _, err := io.WriteString(client, text); err != nil {
				t.Fatal(err)
			}
			if !c.reset {
				_ = client.(*net.TCPConn).CloseWrite()
			}
			got, err := io.ReadAll(client)
			if errors.Is(err, syscall.ECONNRESET) != c.reset || !c.reset && string(got) != c.hear {
				t.Errorf("heard %q, %v", got, err)
			}
			if took := time.Since(began); took < c.least {
				t.Errorf("it took %v, want %v at least", took, c.least)
			}
			if n := m.Counts(); c.count == "" && len(n) > 0 || c.count != "" && n[c.count] != 1 {
				t.Errorf("counted %v, want one %s", n, c.count)
			}
		})
	}
}

// A stall lets nothing pass and ends with the rule.
func TestStall(t *testing.T) {
	for _, after := range []time.Duration{0, 200 * time.Millisecond} {
		client, _, take, over := scene(t, faults.StreamSpec{Toxic: faults.ToxicStall, After: after})
		hello := make([]byte, 5)
		if after > 0 {
			_, _ = io.WriteString(client, "hello")
			if _, err := io.ReadFull(client, hello); err != nil {
				t.Errorf("before the stall: %v", err)
			}
			time.Sleep(2 * after)
		}
		_, _ = io.WriteString(client, "hello")
		_ = client.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		var timeout net.Error
		if n, err := client.Read(hello); n > 0 || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("in the stall: %d, %v", n, err)
		}
		take()
		select {
		case <-over:
		case <-time.After(5 * time.Second):
			t.Error("the connection outlives the rule")
		}
	}
}

func TestUnknownToxic(t *testing.T) {
	if _, err := New(faults.StreamSpec{Toxic: "arsenic"}); err == nil {
		t.Error("it was taken")
	}
}
