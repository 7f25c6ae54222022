package harness_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// guarded asks about security too, and holds the fault for two rounds of it.
var guarded = strings.NewReplacer("for: 2s", "for: 6s", "baseline: 2s", "baseline: 5s", "20/s", "5/s", "interval: 100ms", "interval: 300ms", "  rpo: {max: 2s}\n", "  security: {max: 0}\n").Replace(quick)

func TestSecurityHoldsWhileThePrimaryIsGone(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, guarded), nil, nil)
	s := rec.Security
	if o := rec.Objectives[2]; o.Name != "security" || o.Verdict == record.Failed || s == nil || s.Degraded == 0 || s.Broken != 0 {
		t.Fatalf("%s (%s), %+v", rec.Verdict, rec.Reason, s)
	}
	for _, c := range s.Checks {
		if c.Node == "relay1" || c.Service != "smtp" && c.Service != "imap" {
			t.Errorf("asked %+v", c)
		}
		if c.Node == "mx1" && c.Degraded.Held > 0 {
			t.Errorf("a dead node answered: %+v", c)
		}
	}
}

// fallsOpen is a system whose backup relays for everybody while its primary is
// gone.
type fallsOpen struct{ topology.Runtime }

func (f fallsOpen) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	s, err := f.Runtime.Start(ctx, t, o)
	if err != nil {
		return nil, err
	}
	return &openSystem{System: s}, nil
}

type openSystem struct{ topology.System }

func (s *openSystem) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	if node != "mx2" || service != topology.SMTP {
		return s.System.Dial(ctx, node, service)
	}
	look, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if conn, err := s.System.Dial(look, "mx1", service); err == nil {
		conn.Close()
		return s.System.Dial(ctx, node, service)
	}
	return openRelay()
}

// openRelay is a connection to a server that takes anything.
func openRelay() (net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return takesAll{}, nil }))
	server.Domain = "mx2.drill.test"
	conn, err := net.Dial("tcp", l.Addr().String())
	go func() { _ = server.Serve(l) }()
	return relayed{conn, server}, err
}

type relayed struct {
	net.Conn
	server *smtp.Server
}

func (r relayed) Close() error {
	defer r.server.Close()
	return r.Conn.Close()
}

type takesAll struct{}

func (takesAll) Mail(string, *smtp.MailOptions) error { return nil }
func (takesAll) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (takesAll) Data(r io.Reader) error               { _, err := io.Copy(io.Discard, r); return err }
func (takesAll) Reset()                               {}
func (takesAll) Logout() error                        { return nil }

func TestAnOpenRelayWhileAFaultIsOnFails(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, guarded), func(r topology.Runtime) topology.Runtime { return fallsOpen{r} }, nil)
	s := rec.Security
	if rec.Verdict != record.Failed || !strings.Contains(rec.Reason, "security") || s == nil || s.Broken == 0 {
		t.Fatalf("%s (%s), %+v", rec.Verdict, rec.Reason, s)
	}
	if b := s.Breaches[0]; b.Node != "mx2" || b.Found != "taken" || !strings.Contains(b.Said, "RCPT TO:<relay-check") {
		t.Errorf("%+v", b)
	}
}

// A system of which nothing answers while the fault is on shows nothing.
func TestSecurityOfASilentSystemIsNotKnown(t *testing.T) {
	t.Parallel()
	source := strings.NewReplacer("primary-backup-mx", "single-server", "on: mx1", "on: mail1").Replace(guarded)
	plan := compile(t, source)
	plan.Scenario.Phases.Observe = scenarios.Duration(6 * time.Second)
	rec, _ := play(t, plan, nil, nil)
	if rec.Verdict != record.Inconclusive || rec.Security == nil || rec.Security.Degraded != 0 {
		t.Errorf("%s (%s), %+v", rec.Verdict, rec.Reason, rec.Security)
	}
}
