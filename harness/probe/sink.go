package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// Sink is the SMTP server that bounces come back to. It stands outside of what
// is drilled. A message with the null reverse-path to a VERP address of this run
// is a bounce of the copy that the address names, whatever its form; everything
// else is accepted and counted. A notification that could be answered is none
// (RFC 3464, section 2; RFC 5321, section 4.5.5).
type Sink struct {
	Key      identity.Key
	Domain   string // name in the greeting, for instance bounce.test
	Recorder ledger.Recorder
	Clock    func() time.Duration

	bounces, others, strays atomic.Int64
	mu                      sync.Mutex
	failed                  error
}

const (
	sinkTimeout = 30 * time.Second // idle connections
	sinkMessage = 64 << 20         // bytes; a bounce may hold the whole message
)

// Serve takes mail from the listener until the context ends, and returns when
// every connection is gone. The error is the listener's, or the recorder's if
// a bounce could not be recorded.
func (s *Sink) Serve(ctx context.Context, l net.Listener) error {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	server.Domain = s.Domain
	server.ReadTimeout, server.WriteTimeout = sinkTimeout, sinkTimeout
	server.MaxMessageBytes = sinkMessage
	server.ErrorLog = log.New(io.Discard, "", 0) // a sender that goes away is no news
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	closing := context.AfterFunc(ctx, func() { l.Close() })
	defer closing()
	err := server.Serve(tied{l, func(conn net.Conn) (net.Conn, error) { return bind(ctx, conn) }})
	if ctx.Err() != nil {
		err = nil // we closed it
	}
	stop()                                          // every connection ends with the context
	_ = server.Shutdown(context.WithoutCancel(ctx)) // waits for them; the listener is closed already
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(err, s.failed)
}

// tied is a listener that does something to each connection first.
type tied struct {
	net.Listener
	tie func(net.Conn) (net.Conn, error)
}

// Accept passes over connections that are gone already.
func (t tied) Accept() (net.Conn, error) {
	for {
		conn, err := t.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if conn, err = t.tie(conn); err == nil {
			return conn, nil
		}
	}
}

// Counts gives the number of bounces of this run's messages, and of other
// messages, so far.
func (s *Sink) Counts() (bounces, others int) {
	return int(s.bounces.Load()), int(s.others.Load())
}

// Strays is the number of notifications, so far, about mail that nobody here has
// sent: backscatter. They are among the other messages.
func (s *Sink) Strays() int { return int(s.strays.Load()) }

// take sorts one message in, by its envelope.
func (s *Sink) take(from string, to []string, r io.Reader) error {
	rep, parseErr := parseReport(r)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	for _, address := range to {
		t, err := s.Key.FromAddress(address)
		if err != nil || from != "" || (parseErr == nil && rep.automatic) {
			s.others.Add(1)
			if err != nil && from == "" {
				s.strays.Add(1)
			}
			continue
		}
		s.bounces.Add(1)
		if err := s.Recorder.Record(s.entries(t, rep)...); err != nil {
			return s.fail(fmt.Errorf("record a bounce: %w", err))
		}
	}
	return nil
}

// entries says what the bounce says, one entry for each recipient. A bounce
// that is no readable report is a failure of the message: nobody else writes
// to that address.
func (s *Sink) entries(t identity.Token, rep report) []ledger.Entry {
	now := s.Clock()
	one := ledger.Entry{Kind: ledger.Notified, Copy: ledger.Copy{Stream: t.Stream, Seq: t.Seq}, Start: now, End: now}
	if len(rep.recipients) == 0 {
		one.Detail = "failed (no readable report)"
		return []ledger.Entry{one}
	}
	var all []ledger.Entry
	for _, r := range rep.recipients {
		one.Copy.Rcpt = rep.index(r.address)
		one.Detail, one.Enhanced = r.action+" "+r.address, r.status
		all = append(all, one)
	}
	return all
}

// fail keeps the first error and refuses the message for now, so that the
// sender keeps it.
func (s *Sink) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
	return err
}

// sinkSession is one SMTP session.
type sinkSession struct {
	sink *Sink
	from string // empty: the null reverse-path
	to   []string
}

var _ smtp.Session = (*sinkSession)(nil)

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *sinkSession) Data(r io.Reader) error { return s.sink.take(s.from, s.to, r) }

func (s *sinkSession) Reset() { s.from, s.to = "", nil }

func (s *sinkSession) Logout() error { return nil }
