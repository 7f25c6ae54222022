package network

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"maildrill/harness/topology"
)

// pair is two hosts, an echo server on the second.
func pair(t *testing.T) (n *Network, a, b *Host, l *Listener) {
	t.Helper()
	n = New()
	a = n.Add("a", "a.test", []netip.Addr{netip.MustParseAddr("198.18.0.1")}, nil)
	b = n.Add("b", "b.test", []netip.Addr{netip.MustParseAddr("198.18.0.2"), netip.MustParseAddr("fd00::2")}, map[topology.Service]int{topology.SMTP: 2525})
	l, err := b.Listen(topology.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); _, _ = io.Copy(c, c) }()
		}
	}()
	t.Cleanup(func() { l.Cut(); n.Close(); <-done })
	return n, a, b, l
}

func dial(t *testing.T, n *Network, from *Host, to string) net.Conn {
	t.Helper()
	c, err := n.Dial(t.Context(), from, to, topology.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// echo sends and tells what came back in time.
func echo(c net.Conn, text string, within time.Duration) (string, error) {
	if _, err := c.Write([]byte(text)); err != nil {
		return "", err
	}
	_ = c.SetReadDeadline(time.Now().Add(within))
	got := make([]byte, len(text))
	n, err := io.ReadFull(c, got)
	return string(got[:n]), err
}

func TestNamesOfAHost(t *testing.T) {
	n, a, _, _ := pair(t)
	for _, name := range []string{"b", "b.test", "B.Test.", "198.18.0.2", "fd00::2", "::ffff:198.18.0.2"} {
		if got, err := echo(dial(t, n, a, name), "x", time.Second); got != "x" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]error{"c": topology.ErrUnreachable, "198.18.0.9": topology.ErrUnreachable, "a": topology.ErrRefused} {
		if _, err := n.Dial(t.Context(), a, name, topology.SMTP); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// TestBlackHole: whichever end is cut off, bytes wait and arrive in order.
func TestBlackHole(t *testing.T) {
	for _, cut := range []string{"a", "b"} {
		n, a, b, _ := pair(t)
		h := map[string]*Host{"a": a, "b": b}[cut]
		c := dial(t, n, a, "b")
		h.Isolate(time.Minute)
		if got, err := echo(c, "one ", 50*time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s cut: %q, %v", cut, got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := n.Dial(ctx, a, "b", topology.SMTP); !errors.Is(err, topology.ErrTimeout) {
			t.Errorf("%s cut: dial: %v", cut, err)
		}
		cancel()
		if packets, on := h.Dropped(); !on || packets < 2 {
			t.Errorf("%s cut: dropped %d, %v", cut, packets, on)
		}
		h.Rejoin()
		_ = c.SetDeadline(time.Now().Add(time.Second))
		if _, err := c.Write([]byte("two")); err != nil {
			t.Error(err)
		}
		got := make([]byte, len("one two"))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "one two" {
			t.Errorf("%s rejoined: %q, %v", cut, got, err)
		}
	}
}

// TestSilentEnd: a peer that dies behind a cut is not heard of until the
// rejoin, and neither is an end that was closed behind it.
func TestSilentEnd(t *testing.T) {
	n, a, b, l := pair(t)
	c := dial(t, n, a, "b")
	if _, err := echo(c, "x", time.Second); err != nil {
		t.Fatal(err)
	}
	b.Isolate(time.Minute)
	l.Cut()
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the death was heard of: %v", err)
	}
	b.Rejoin()
	_ = c.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the death is not heard of after the rejoin: %v", err)
	}
}

func TestFrozen(t *testing.T) {
	n, a, b, _ := pair(t)
	b.Freeze(true)
	c := dial(t, n, a, "b")
	if got, err := echo(c, "x", 50*time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("frozen: %q, %v", got, err)
	}
	b.Freeze(false)
	_ = c.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Errorf("thawed: %v", err)
	}
}

func TestIsolationIsOnlyProlonged(t *testing.T) {
	_, _, b, _ := pair(t)
	b.Isolate(time.Minute)
	b.Isolate(time.Millisecond)
	b.network.mu.RLock()
	left := time.Until(b.until)
	b.network.mu.RUnlock()
	if left < 30*time.Second {
		t.Errorf("shortened to %v", left)
	}
}
