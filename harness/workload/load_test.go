package workload

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// sink is a go-smtp server that inspects what it accepts.
type sink struct {
	mu      sync.Mutex
	found   []identity.Found
	senders map[string]bool
}

type sinkSession struct {
	*sink
	from string
	to   []string
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }

func (s *sinkSession) Reset()        { s.from, s.to = "", nil }
func (s *sinkSession) Logout() error { return nil }

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f, err := testKey.Inspect(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = append(s.found, f)
	s.senders[s.from] = true
	return nil
}

func (s *sinkSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "u1@drill.test" || password != "drill" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

// serve runs the sink on loopback; the dialer reaches it under any name.
func (s *sink) serve(t *testing.T, config *tls.Config) loopback {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(s)
	server.Domain, server.TLSConfig, server.EnableDSN = "mx1.drill.test", config, true
	server.AllowInsecureAuth = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return loopback{l.Addr().String()}
}

type loopback struct{ address string }

func (l loopback) Dial(ctx context.Context, _ string, _ topology.Service) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", l.address)
}

// Two thousand messages through a real server and a real ledger: each arrives
// once and whole, and the ledger says so.
func TestLoad(t *testing.T) {
	const messages = 2000
	s := &sink{senders: map[string]bool{}}
	dir := t.TempDir()
	history, err := ledger.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cfg := Config{Rate: 1500, Poisson: true, Limit: messages, Entry: EntryRelay, RelayNode: "relay", BounceDomain: "bounce.test",
		Mailboxes: []string{"u1@drill.test", "u2@drill.test", "u3@drill.test"}, Recipients: 2, Sizes: []int64{1 << 10, 8 << 10}, MaxQueue: messages}
	d, err := New(cfg, s.serve(t, nil), history, testKey, func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Run(t.Context()), history.Close()); err != nil {
		t.Fatal(err)
	}
	if n := d.Counters(); n != (Counters{Planned: 2 * messages, Accepted: 2 * messages}) {
		t.Errorf("%+v", n)
	}
	s.verify(t, messages)
	verifyLedger(t, dir, 2*messages)
}

func (s *sink) verify(t *testing.T, messages int) {
	t.Helper()
	seen := map[uint32]bool{}
	for _, f := range s.found {
		if f.Class != identity.Ours || !f.Intact || seen[f.Token.Seq] || len(f.Recipients) != 2 {
			t.Fatalf("arrived: %+v", f)
		}
		seen[f.Token.Seq] = true
		if !s.senders[testKey.VERP(f.Token, "bounce.test")] {
			t.Fatalf("message %d came from somebody else", f.Token.Seq)
		}
	}
	if len(seen) != messages {
		t.Errorf("%d messages arrived, want %d", len(seen), messages)
	}
}

// verifyLedger: for each copy an intent and an outcome, in this order, with times
// that make sense.
func verifyLedger(t *testing.T, dir string, copies int) {
	t.Helper()
	r, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	fate := map[ledger.Copy]ledger.Entry{}
	err = r.Each(func(e ledger.Entry) error {
		before := fate[e.Copy]
		fate[e.Copy] = e
		switch {
		case e.Kind == ledger.Intent && before.Kind == 0:
		case e.Kind != ledger.Outcome || before.Kind != ledger.Intent:
			t.Fatalf("%+v follows %+v", e, before)
		case e.Start < before.Start || e.Sent < e.Start || e.End < e.Sent:
			t.Fatalf("intended for %v, outcome %+v", before.Start, e)
		}
		return nil
	})
	if err != nil || r.Torn() != "" || len(fate) != copies {
		t.Errorf("%d copies, want %d; torn %q; %v", len(fate), copies, r.Torn(), err)
	}
}

// Submission: STARTTLS, AUTH PLAIN, and a certificate nobody knows.
func TestSubmissionWithTLS(t *testing.T) {
	s := &sink{senders: map[string]bool{}}
	cfg := Config{Rate: 100, Limit: 5, Entry: EntrySubmission, SubmissionNode: "mx1", BounceDomain: "bounce.test", TLS: TLSRequired,
		Mailboxes: []string{"u1@drill.test"}, Login: func(a string) (string, string) { return a, "drill" }}
	began := time.Now()
	m := &memory{}
	d, err := New(cfg, s.serve(t, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}), m, testKey,
		func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.Counters(); n.Accepted != 5 {
		t.Errorf("%+v, %+v", n, m.of(ledger.Outcome))
	}
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mx1.drill.test"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
