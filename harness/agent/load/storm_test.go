package load

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/faults"
)

// sink is a server that takes what it gets.
type sink struct{ mails atomic.Int64 }

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *sink) Reset()                                      {}
func (s *sink) Logout() error                               { return nil }
func (s *sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (s *sink) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.mails.Add(1)
	return err
}

func serve(t *testing.T) (func(context.Context) (net.Conn, error), *sink) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{}
	server := smtp.NewServer(s)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}, s
}

// until polls a condition, at most for five seconds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(5 * time.Second)
	for !holds() {
		select {
		case <-limit:
			t.Fatal("in vain: " + what)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestMailIsBoundedAndCounted(t *testing.T) {
	dial, sink := serve(t)
	s, err := begin(dial, faults.LoadSpec{Protocol: "smtp", Manner: faults.Send, Sessions: 3, Most: 20, Rcpt: []string{"a@b.test", "c@b.test"}, Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "20 messages", func() bool { return s.Counters()["accepted"] == 20 })
	s.End()
	if c := s.Counters(); sink.mails.Load() != 20 || c["offered"] != 20 || c["open"] != 0 {
		t.Errorf("the server took %d; %v", sink.mails.Load(), c)
	}
}

// Attempts that meet nobody use nothing up of what is bounded.
func TestTheBoundIsOfWhatReachesTheServer(t *testing.T) {
	dial, sink := serve(t)
	var tried atomic.Int64
	late := func(ctx context.Context) (net.Conn, error) {
		if tried.Add(1) <= 10 {
			return nil, errors.New("nobody listens yet")
		}
		return dial(ctx)
	}
	s, err := begin(late, faults.LoadSpec{Protocol: "smtp", Manner: faults.Send, Sessions: 5, Most: 5, Rcpt: []string{"a@b.test"}})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "5 messages", func() bool { return s.Counters()["accepted"] == 5 })
	s.End()
	if c := s.Counters(); sink.mails.Load() != 5 || c["refused"] != 10 {
		t.Errorf("the server took %d; %v", sink.mails.Load(), c)
	}
}

// What comes back is a report as servers write it, with a null sender.
func TestReportsAreReports(t *testing.T) {
	m, err := mail.ReadMessage(strings.NewReader(message(faults.LoadSpec{Report: true, Size: 100}, "a@b.test", 7)))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || m.Header.Get(faults.LoadHeader) == "" {
		t.Fatalf("%s, %v, %v", kind, m.Header, err)
	}
	var kinds []string
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err != nil {
			break
		}
		kinds = append(kinds, p.Header.Get("Content-Type"))
	}
	if want := []string{"text/plain", "message/delivery-status", "message/rfc822"}; !slices.Equal(kinds, want) {
		t.Errorf("parts %v, want %v", kinds, want)
	}
}

func TestHeldConnectionsEndWithTheStorm(t *testing.T) {
	for _, m := range []faults.Manner{faults.Hold, faults.Drip} {
		dial, _ := serve(t)
		s, err := begin(dial, faults.LoadSpec{Protocol: "smtp", Manner: m, Sessions: 10})
		if err != nil {
			t.Fatal(err)
		}
		until(t, "10 greetings", func() bool { return s.Counters()["greeted"] == 10 })
		if open := s.Counters()["open"]; open != 10 {
			t.Errorf("%s: %d are open", m, open)
		}
		s.End()
		if open := s.Counters()["open"]; open != 0 {
			t.Errorf("%s: %d are open after the end", m, open)
		}
	}
}

func TestRefusalsAreCounted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "421 too many\r\n")
			_ = c.Close()
		}
	}()
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
	s, err := begin(dial, faults.LoadSpec{Manner: faults.Hold, Sessions: 2})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "refusals", func() bool { return s.Counters()["denied"] > 2 })
	s.End()
	if c := s.Counters(); c["greeted"] != 0 {
		t.Errorf("%v", c)
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	for _, spec := range []faults.LoadSpec{
		{Manner: "shout", Sessions: 1}, {Manner: faults.Hold}, {Manner: faults.Hold, Sessions: MostSessions + 1}, {Manner: faults.Hold, Sessions: 1, Rate: MostRate + 1},
	} {
		if _, err := begin(nil, spec); err == nil {
			t.Errorf("%+v was taken", spec)
		}
	}
}

func TestTheRateIsKept(t *testing.T) {
	turn := newTurns(100, 11)
	began := time.Now()
	n := 0
	for turn.next(t.Context()) {
		n++
	}
	if took := time.Since(began); n != 11 || took < 100*time.Millisecond {
		t.Errorf("%d turns in %v", n, took)
	}
}

func TestEstablished(t *testing.T) {
	table := "  sl  local_address rem_address   st\n" +
		"   0: 020012C6:0019 00000000:0000 0A 0\n" + // listening
		"   1: 020012C6:0019 030012C6:EE48 01 0\n" + // from 61000
		"   2: 020012C6:0019 030012C6:EE49 06 0\n" + // waits out its time
		"   3: 020012C6:0019 030012C6:8000 01 0\n" // somebody else
	if n := established(table); n != 1 {
		t.Errorf("%d, want 1", n)
	}
}
