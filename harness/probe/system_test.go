package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

const tau = 300 * time.Millisecond // of the probes in these tests

// system is a mail system in this process: servers on loopback ports, found by
// node (or address) and service. A test takes services away and gives them
// back.
type system struct {
	mu      sync.Mutex
	ports   map[string]string
	refused map[string]bool
	users   map[string]*imapmemserver.User
	deliver func(to string, message []byte) [][]byte // what arrives of a message; nil: itself
	rcpt    error                                    // answer to RCPT
}

func key(node string, s topology.Service) string { return node + ":" + string(s) }

func (s *system) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	s.mu.Lock()
	address, known := s.ports[key(node, service)]
	refused := s.refused[key(node, service)]
	s.mu.Unlock()
	if !known || refused {
		return nil, fmt.Errorf("dial %s: %w", key(node, service), topology.ErrRefused)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

func (s *system) refuse(node string, service topology.Service, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[key(node, service)] = is
}

func (s *system) serve(address string, names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range names {
		s.ports[n] = address
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// silent is a server that accepts connections and never says a word: a frozen
// node.
func silent(t *testing.T) string {
	t.Helper()
	l := listen(t)
	go func() {
		var held []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				for _, c := range held {
					c.Close()
				}
				return
			}
			held = append(held, c)
		}
	}()
	return l.Addr().String()
}

// build starts a system with two MX (mx1 is preferred), a submission node and
// a store with the accounts named.
func build(t *testing.T, accounts ...string) *system {
	t.Helper()
	s := &system{ports: map[string]string{}, refused: map[string]bool{}, users: map[string]*imapmemserver.User{}}
	store := imapmemserver.New()
	for _, a := range accounts {
		u := imapmemserver.NewUser(a, "drill")
		if err := u.Create("INBOX", nil); err != nil {
			t.Fatal(err)
		}
		s.users[a] = u
		store.AddUser(u)
	}
	s.serve(imapOf(t, store.NewSession), key("store", topology.IMAP))
	s.serve(s.smtp(t, false), key("mx1", topology.SMTP), key("10.9.0.1", topology.SMTP))
	s.serve(s.smtp(t, false), key("mx2", topology.SMTP), key("10.9.0.2", topology.SMTP))
	s.serve(s.smtp(t, true), key("sub", topology.MSA))
	s.serve(nameServer(t, zone), key("ns", topology.Domain))
	return s
}

func imapOf(t *testing.T, session func() imapserver.Session) string {
	t.Helper()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session(), nil, nil
		},
		InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	l := listen(t)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

func (s *system) smtp(t *testing.T, auth bool) string {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if auth {
			return &authenticated{session: session{system: s}}, nil
		}
		return &session{system: s}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "mx.drill.test", true
	server.ErrorLog = log.New(io.Discard, "", 0)
	l := listen(t)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

type session struct {
	system *system
	to     []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.system.mu.Lock()
	defer s.system.mu.Unlock()
	s.to = append(s.to, to)
	return s.system.rcpt
}

func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		s.system.put(to, "INBOX", message)
	}
	return nil
}

// authenticated asks for AUTH PLAIN first.
type authenticated struct {
	session
	in bool
}

func (a *authenticated) AuthMechanisms() []string { return []string{sasl.Plain} }

func (a *authenticated) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "probe@drill.test" || password != "drill" {
			return errors.New("wrong password")
		}
		a.in = true
		return nil
	}), nil
}

func (a *authenticated) Mail(from string, o *smtp.MailOptions) error {
	if !a.in {
		return smtp.ErrAuthRequired
	}
	return a.session.Mail(from, o)
}

// put delivers to a folder, by way of the test's lies.
func (s *system) put(user, folder string, message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	arriving := [][]byte{message}
	if s.deliver != nil {
		arriving = s.deliver(user, message)
	}
	for _, m := range arriving {
		if _, err := s.users[user].Append(folder, literal{bytes.NewReader(m)}, &imap.AppendOptions{Time: time.Now()}); err != nil {
			panic(err)
		}
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func prober(s *system) *Prober {
	return &Prober{Dialer: s, Key: identity.NewKey("run-1", 1), Timeout: tau, BounceDomain: "bounce.test",
		Account: topology.Account{Address: "probe@drill.test", User: "probe@drill.test", Password: "drill"}}
}

// seeded is a system with the seed message in place.
func seeded(t *testing.T) (*system, *Prober, Seed) {
	t.Helper()
	s := build(t, "probe@drill.test")
	p := prober(s)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	seed, err := p.Seed(ctx, p.MX("ns", "drill.test"), "store")
	if err != nil {
		t.Fatal(err)
	}
	return s, p, seed
}

// paper is a ledger.Recorder that keeps entries in memory.
type paper struct {
	mu      sync.Mutex
	entries []ledger.Entry
	err     error
}

func (p *paper) Intend(e ...ledger.Entry) error { return p.Record(e...) }

func (p *paper) Record(e ...ledger.Entry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.entries = append(p.entries, e...)
	return nil
}

func (p *paper) all() []ledger.Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.entries)
}
