package probe

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"

	"maildrill/harness/topology"
)

// bounds checks that a check ended in time, whatever the server did.
func bounds(t *testing.T, most time.Duration) {
	began := time.Now()
	t.Cleanup(func() {
		if took := time.Since(began); took > most {
			t.Errorf("took %v, at most %v are allowed", took, most)
		}
	})
}

func wants(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("failed: %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestMX(t *testing.T) {
	for _, c := range []struct {
		name, domain string
		plant        func(*testing.T, *system)
		want         string
	}{
		{"healthy", "drill.test", func(*testing.T, *system) {}, ""},
		{"the first refuses", "drill.test", func(_ *testing.T, s *system) { s.refuse("10.9.0.1", topology.SMTP, true) }, ""},
		{"the first hangs", "drill.test", func(t *testing.T, s *system) { s.serve(silent(t), key("10.9.0.1", topology.SMTP)) }, ""},
		{"both refuse", "drill.test", func(_ *testing.T, s *system) {
			s.refuse("10.9.0.1", topology.SMTP, true)
			s.refuse("10.9.0.2", topology.SMTP, true)
		}, "refused"},
		{"both hang", "drill.test", func(t *testing.T, s *system) {
			s.serve(silent(t), key("10.9.0.1", topology.SMTP), key("10.9.0.2", topology.SMTP))
		}, "read the greeting"},
		{"not now", "drill.test", func(_ *testing.T, s *system) { s.rcpt = &smtp.SMTPError{Code: 451, Message: "later"} }, "mx2.drill.test"},
		{"never", "drill.test", func(_ *testing.T, s *system) { s.rcpt = &smtp.SMTPError{Code: 550, Message: "no"} }, "mx1.drill.test"},
		{"name server dead", "drill.test", func(_ *testing.T, s *system) { s.refuse("ns", topology.Domain, true) }, "refused"},
		{"name server hangs", "drill.test", func(t *testing.T, s *system) { s.serve(silent(t), key("ns", topology.Domain)) }, "ask for drill.test MX"},
		{"name server broken", "broken.test", func(*testing.T, *system) {}, "SERVFAIL"},
		{"implicit exchanger", "only.test", func(*testing.T, *system) {}, ""},
		{"takes no mail", "null.test", func(*testing.T, *system) {}, "takes no mail"},
		{"exchanger without an address", "bare.test", func(*testing.T, *system) {}, "no mail exchanger has an address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bounds(t, 3*tau+time.Second)
			s := build(t, "probe@drill.test")
			c.plant(t, s)
			p := prober(s)
			wants(t, p.Canary(p.MX("ns", c.domain))(t.Context()), c.want)
		})
	}
}

// A permanent rejection ends the attempt: no other host is asked.
func TestMXPermanentEndsTheAttempt(t *testing.T) {
	s := build(t, "probe@drill.test")
	s.rcpt = &smtp.SMTPError{Code: 550, Message: "no"}
	p := prober(s)
	err := p.Canary(p.MX("ns", "drill.test"))(t.Context())
	if err == nil || strings.Contains(err.Error(), "mx2") {
		t.Errorf("error %v, want mx1's alone", err)
	}
}

func TestMXAt(t *testing.T) {
	s := build(t, "probe@drill.test")
	s.serve(silent(t), key("frozen", topology.SMTP))
	p := prober(s)
	wants(t, p.MXAt("mx1")(t.Context()), "")
	wants(t, p.MXAt("frozen")(t.Context()), "read the greeting")
	wants(t, p.MXAt("nobody")(t.Context()), "refused")
	s.rcpt = errors.New("no such user")
	wants(t, p.MXAt("mx1")(t.Context()), "offer RCPT")
	if data, err := s.users["probe@drill.test"].Status("INBOX", statusOfMessages); err != nil || *data.NumMessages != 0 {
		t.Errorf("the check left %v messages, %v", data, err)
	}
}

// spoken counts what clients write to the services of a system.
type spoken struct {
	*system
	mu    sync.Mutex
	times map[topology.Service]int
}

func (s *spoken) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	conn, err := s.system.Dial(ctx, node, service)
	return &heardConn{conn, s, service}, err
}

type heardConn struct {
	net.Conn
	spoken  *spoken
	service topology.Service
}

func (c *heardConn) Write(b []byte) (int, error) {
	c.spoken.mu.Lock()
	c.spoken.times[c.service]++
	c.spoken.mu.Unlock()
	return c.Conn.Write(b)
}

// Probes are many, so each takes as few round trips as SMTP allows: EHLO, then
// MAIL to DATA, then the message with QUIT; and without a message EHLO, then all
// the rest.
func TestProbesTakeFewRoundTrips(t *testing.T) {
	s := &spoken{system: build(t, "probe@drill.test"), times: map[topology.Service]int{}}
	p := prober(s.system)
	p.Dialer, p.Timeout = s, 10*time.Second
	wants(t, p.Canary(p.MX("ns", "drill.test"))(t.Context()), "")
	if n := s.times[topology.SMTP]; n != 4 { // content and final dot are two writes
		t.Errorf("the canary took %d writes", n)
	}
	s.times = map[topology.Service]int{}
	wants(t, p.MXAt("mx1")(t.Context()), "")
	if n := s.times[topology.SMTP]; n != 2 {
		t.Errorf("the look at a node took %d writes", n)
	}
}

func TestSubmission(t *testing.T) {
	s := build(t, "probe@drill.test")
	s.serve(silent(t), key("frozen", topology.MSA))
	p := prober(s)
	wants(t, p.Canary(p.Submission("sub"))(t.Context()), "")
	wants(t, p.Canary(p.Submission("frozen"))(t.Context()), "read the greeting")
	p.Account.Password = "wrong"
	wants(t, p.Canary(p.Submission("sub"))(t.Context()), "authenticate")
}

func TestIMAP(t *testing.T) {
	empty := imapmemserver.NewUser("probe@drill.test", "drill")
	if err := empty.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	restored := imapmemserver.New()
	restored.AddUser(empty)
	for _, c := range []struct {
		name  string
		plant func(*testing.T, *system, *Prober, *Seed)
		want  string
	}{
		{"healthy", func(*testing.T, *system, *Prober, *Seed) {}, ""},
		{"OK, but the inbox is empty", func(t *testing.T, s *system, _ *Prober, _ *Seed) {
			s.serve(imapOf(t, restored.NewSession), key("store", topology.IMAP))
		}, "the inbox is empty"},
		{"another message has its UID", func(t *testing.T, s *system, p *Prober, seed *Seed) {
			if err := p.Canary(p.MX("ns", "drill.test"))(t.Context()); err != nil {
				t.Fatal(err)
			}
			seed.UID++
		}, "another message"},
		{"its UID is gone", func(_ *testing.T, _ *system, _ *Prober, seed *Seed) { seed.UID += 7 }, "not in the mailbox"},
		{"the mailbox was made anew", func(_ *testing.T, _ *system, _ *Prober, seed *Seed) { seed.UIDValidity += 7 }, "UIDVALIDITY"},
		{"damaged", func(t *testing.T, s *system, p *Prober, seed *Seed) {
			s.deliver = func(_ string, m []byte) [][]byte { return [][]byte{m[:len(m)-20]} }
			seed.Token, seed.UID = p.canary(), seed.UID+1
			if err := p.MX("ns", "drill.test")(t.Context(), seed.Token); err != nil {
				t.Fatal(err)
			}
		}, "damaged"},
		{"refuses", func(_ *testing.T, s *system, _ *Prober, _ *Seed) { s.refuse("store", topology.IMAP, true) }, "refused"},
		{"hangs", func(t *testing.T, s *system, _ *Prober, _ *Seed) { s.serve(silent(t), key("store", topology.IMAP)) }, "greeting"},
		{"hangs after the login", func(t *testing.T, s *system, _ *Prober, _ *Seed) {
			s.serve(imapOf(t, func() imapserver.Session { return &frozen{restored.NewSession(), t.Context()} }), key("store", topology.IMAP))
		}, "examine"},
		{"wrong password", func(_ *testing.T, _ *system, p *Prober, _ *Seed) { p.Account.Password = "x" }, "log in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, p, seed := seeded(t)
			bounds(t, tau+time.Second)
			c.plant(t, s, p, &seed)
			wants(t, p.IMAP("store", seed)(t.Context()), c.want)
		})
	}
}

// Nothing that a probe reads is marked as seen.
func TestProbesLeaveNoMark(t *testing.T) {
	s, p, seed := seeded(t)
	wants(t, p.IMAP("store", seed)(t.Context()), "")
	if _, err := Scan(t.Context(), s, []string{"store"}, []topology.Account{p.Account}, p.Key, 1, &paper{}); err != nil {
		t.Fatal(err)
	}
	if data, err := s.users["probe@drill.test"].Status("INBOX", statusOfMessages); err != nil || *data.NumUnseen != 1 {
		t.Errorf("%v unseen, %v", data, err)
	}
}

func TestSeedWaitsForAHealthySystem(t *testing.T) {
	s := build(t, "probe@drill.test")
	s.refuse("10.9.0.1", topology.SMTP, true)
	s.refuse("10.9.0.2", topology.SMTP, true)
	p := prober(s)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := p.Seed(ctx, p.MX("ns", "drill.test"), "store"); err == nil {
		t.Error("a seed was delivered to nobody")
	}
	back := time.AfterFunc(200*time.Millisecond, func() { s.refuse("10.9.0.2", topology.SMTP, false) })
	defer back.Stop()
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := p.Seed(ctx, p.MX("ns", "drill.test"), "store"); err != nil {
		t.Errorf("after the system came back: %v", err)
	}
}

func TestSentinel(t *testing.T) {
	s, p, _ := seeded(t)
	began := time.Now()
	clock := func() time.Duration { return time.Since(began) }
	got := p.Sentinel(t.Context(), "mx", p.MX("ns", "drill.test"), "store", clock)
	if got.Error != "" || got.Arrived <= got.Sent || got.Path != "mx" {
		t.Errorf("%+v", got)
	}
	s.deliver = func(string, []byte) [][]byte { return nil }
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if got := p.Sentinel(ctx, "mx", p.MX("ns", "drill.test"), "store", clock); got.Error == "" || got.Arrived != 0 {
		t.Errorf("accepted and gone: %+v", got)
	}
}
