package nameserver

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildrill/faults"
)

// controlled serves the control of a server at the path, until what it returns
// is called.
func controlled(t *testing.T, s *Server, path string) (c Control, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.ServeControl(ctx, path) }()
	c = Control{Path: path}
	for {
		_, err := c.Rules(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, ErrAbsent) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	end = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	return c, end
}

func fresh(t *testing.T) *Server {
	t.Helper()
	s, err := New(zones, addrs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nothing answers every question for the MX of the domain without records.
func nothing(t *testing.T, id string, ttl time.Duration) faults.Rule {
	t.Helper()
	r, err := faults.NewRule(id, faults.Names, faults.NameSpec{Match: []faults.NameMatch{{Name: "drill.test.", Types: []string{"MX"}}},
		Effect: faults.NameEffect{Reply: faults.ReplyNoData}}, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answers counts the records for the domain's MX.
func answers(t *testing.T, addr string) int {
	t.Helper()
	return len(ask(t, "udp", addr, new(dns.Msg).SetQuestion("drill.test.", dns.TypeMX)).Answer)
}

// TestControl: rules that come by the socket have their effect, are read back as
// they were put, and go.
func TestControl(t *testing.T) {
	s, addr := start(t, zones)
	c, end := controlled(t, s, filepath.Join(t.TempDir(), "names.sock"))
	defer end()
	r := nothing(t, "r", time.Minute)
	for range 2 { // put twice, it stands once
		if err := c.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if n := answers(t, addr); n != 0 {
		t.Errorf("%d answers under the rule", n)
	}
	found, err := c.Rules(t.Context())
	if err != nil || len(found) != 1 || found[0].ID != "r" || string(found[0].Spec) != string(r.Spec) ||
		found[0].Left <= 0 || found[0].Left > time.Minute || found[0].Counters["questions"] != 1 || found[0].Last.IsZero() {
		t.Errorf("read back %+v, %v", found, err)
	}
	for range 2 { // taken twice, and one that nobody knows
		if err := errors.Join(c.Take(t.Context(), "r"), c.Take(t.Context(), "unknown")); err != nil {
			t.Error(err)
		}
	}
	if n := answers(t, addr); n != 2 {
		t.Errorf("%d answers after the rule", n)
	}
}

// TestDeadlines: a rule ends by itself, and one that is put again begins anew.
func TestDeadlines(t *testing.T) {
	s, addr := start(t, zones)
	c, end := controlled(t, s, filepath.Join(t.TempDir(), "names.sock"))
	defer end()
	for _, ttl := range []time.Duration{time.Nanosecond, time.Minute} {
		if err := c.Put(t.Context(), nothing(t, "r", ttl)); err != nil {
			t.Fatal(err)
		}
		found, err := c.Rules(t.Context())
		lasts := ttl == time.Minute
		if err != nil || (len(found) == 1) != lasts || (answers(t, addr) == 0) != lasts {
			t.Errorf("after %v: %+v, %v", ttl, found, err)
		}
	}
}

// TestARestartHasNoRules: the socket of an earlier server is replaced, and what
// that one was told is gone.
func TestARestartHasNoRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "names.sock")
	c, end := controlled(t, fresh(t), path)
	if err := c.Put(t.Context(), nothing(t, "r", time.Hour)); err != nil {
		t.Fatal(err)
	}
	end()
	if _, err := c.Rules(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("nobody listens: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // what a kill leaves behind
		t.Fatal(err)
	}
	_, end = controlled(t, fresh(t), path)
	defer end()
	if found, err := c.Rules(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("a new server has %+v, %v", found, err)
	}
}

// TestBadOrders: what cannot be carried out is told, and changes nothing.
func TestBadOrders(t *testing.T) {
	s := fresh(t)
	c, end := controlled(t, s, filepath.Join(t.TempDir(), "names.sock"))
	defer end()
	bad := map[string]string{
		`{"match":[],"unheard":1}`:                "unheard",
		`{"effect":{"records":["not a record"]}}`: "record",
		`{"effect":{"records":[""]}}`:             "empty",
		`[]`:                                      "read rule",
	}
	for spec, want := range bad {
		err := c.Put(t.Context(), faults.Rule{ID: "bad", Mechanism: faults.Names, Spec: json.RawMessage(spec), TTL: time.Minute})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want one with %q", spec, err, want)
		}
	}
	if _, err := c.tell(t.Context(), order{Do: "explode"}); err == nil || !strings.Contains(err.Error(), `unknown order "explode"`) {
		t.Errorf("an unknown order: %v", err)
	}
	for _, text := range []string{"", "\x00\xff\n", `{"do":`, `{"do":7}`} {
		if got := raw(t, c.Path, text); got != "" {
			t.Errorf("%q was answered with %q", text, got)
		}
	}
	if found, err := c.Rules(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("afterwards %+v, %v", found, err)
	}
}

// raw says something to the socket and gives what comes back.
func raw(t *testing.T, path, text string) string {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.UnixConn).CloseWrite()
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// TestAMuteServer: who gives an order waits no longer than its context.
func TestAMuteServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "names.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			defer conn.Close()
			cancel()
			_, _ = io.Copy(io.Discard, conn)
		}
	}()
	if _, err := (Control{path}).Rules(ctx); err == nil || errors.Is(err, ErrAbsent) {
		t.Errorf("a server that does not answer: %v", err)
	}
}

// TestTheSocketCannotBeMade: an error, not a server without control.
func TestTheSocketCannotBeMade(t *testing.T) {
	if err := fresh(t).ServeControl(t.Context(), filepath.Join(t.TempDir(), "no", "names.sock")); err == nil {
		t.Error("no error")
	}
}

// TestTakingARuleLetsItsAnswersGo: what it held back is answered when it goes, by
// whichever way it does.
func TestTakingARuleLetsItsAnswersGo(t *testing.T) {
	s, addr := start(t, zones)
	c, end := controlled(t, s, filepath.Join(t.TempDir(), "names.sock"))
	defer end()
	slow := func(ttl, delay time.Duration) faults.Rule {
		r, err := faults.NewRule("slow", faults.Names, faults.NameSpec{Match: []faults.NameMatch{{Name: "drill.test."}}, Effect: faults.NameEffect{Delay: delay}}, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, ends := range map[string]func() error{
		"expired":  func() error { return nil },
		"taken":    func() error { return c.Take(t.Context(), "slow") },
		"replaced": func() error { return c.Put(t.Context(), slow(time.Minute, 0)) },
	} {
		ttl := time.Minute
		if name == "expired" {
			ttl = 2 * time.Second
		}
		if err := c.Put(t.Context(), slow(ttl, time.Hour)); err != nil {
			t.Fatal(err)
		}
		answered := make(chan error, 1)
		go func() {
			client := dns.Client{Timeout: 30 * time.Second}
			_, _, err := client.Exchange(new(dns.Msg).SetQuestion("drill.test.", dns.TypeMX), addr)
			answered <- err
		}()
		for met := uint64(0); met == 0 && len(answered) == 0; time.Sleep(time.Millisecond) {
			if found := s.Rules(); len(found) == 1 {
				met = found[0].Counters["questions"]
			}
		}
		if err := ends(); err != nil {
			t.Fatal(err)
		}
		if err := <-answered; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
