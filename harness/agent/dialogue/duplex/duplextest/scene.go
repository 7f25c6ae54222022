// Package duplextest plays both ends of a dialogue around a speaker, word by word.
package duplextest

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// patience bounds what is waited for.
const patience = 20 * time.Second

// Scene is a client's connection through a speaker to a server.
type Scene struct {
	*testing.T
	Client, Server *net.TCPConn
	Meter          dialogue.Meter
	Over           chan struct{} // closed when the speaker has returned
	// Take takes the rule away.
	Take context.CancelFunc
}

// look is a client from one of the ports that are kept for visits.
type look struct{ *net.TCPConn }

// RemoteAddr is the address of a visit.
func (look) RemoteAddr() net.Addr { return &net.TCPAddr{Port: int(faults.VisitorPorts[0])} }

// New lets a speaker play one connection.
func New(t *testing.T, speaker dialogue.Speaker, looks bool) *Scene {
	t.Helper()
	client, front := Wire(t)
	_ = client.SetDeadline(time.Now().Add(patience))
	back, server := Wire(t)
	ctx, take := context.WithCancel(t.Context())
	s := &Scene{T: t, Client: client, Server: server, Over: make(chan struct{}), Take: take}
	inner := net.Conn(front)
	if looks {
		inner = look{front}
	}
	go func() {
		defer close(s.Over)
		_ = speaker.Speak(ctx, inner, back, &s.Meter)
		_ = front.Close()
		_ = back.Close()
	}()
	t.Cleanup(func() { take(); _ = client.Close(); _ = server.Close(); s.Ends() })
	return s
}

// Wire is a connection by TCP, from both its ends.
func Wire(t testing.TB) (*net.TCPConn, *net.TCPConn) {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

// Play says lines, each in the way that its beginning tells: "C:" passes from
// the client to the server, "S:" the other way, as it is; "c:" is said by the
// client, "s:" heard by it, and the other end knows nothing of that. "!:" is
// said by the server and comes to nobody yet.
func (s *Scene) Play(lines ...string) {
	s.Helper()
	for _, l := range lines {
		who, text, _ := strings.Cut(l, ":")
		switch who {
		case "C":
			s.say(s.Client, text)
			s.hears(l, s.Server, text)
		case "S":
			s.say(s.Server, text)
			s.hears(l, s.Client, text)
		case "c":
			s.say(s.Client, text)
		case "s":
			s.hears(l, s.Client, text)
		case "!":
			s.say(s.Server, text)
		default:
			s.Fatalf("nobody says %q", l)
		}
	}
}

func (s *Scene) say(c net.Conn, text string) {
	s.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		s.Fatalf("say %q: %v", text, err)
	}
}

func (s *Scene) hears(line string, c net.Conn, want string) {
	s.Helper()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	if err != nil || string(got) != want {
		s.Fatalf("%.200q: heard %.200q, %v", line, got[:n], err)
	}
}

// Rest is what the client hears until the end, and whether that was a reset.
func (s *Scene) Rest() (text string, reset bool) {
	s.Helper()
	_ = s.Client.SetReadDeadline(time.Now().Add(patience))
	got, err := io.ReadAll(s.Client)
	return string(got), err != nil
}

// Ends waits until the speaker has returned.
func (s *Scene) Ends() {
	s.Helper()
	select {
	case <-s.Over:
	case <-time.After(patience):
		s.Error("it is not over")
	}
}

// EndsInOrder waits for the end of a dialogue of which nothing is left to be
// heard, and no reset.
func (s *Scene) EndsInOrder() {
	s.Helper()
	if rest, reset := s.Rest(); rest != "" || reset {
		s.Errorf("heard %q, reset %v", rest, reset)
	}
	s.Ends()
}
