package mx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// server answers from records in the text form of RFC 1035.
type server struct {
	mu      sync.Mutex
	records []string
	rcode   int
	asked   []string // "name type"
	dialled int
	each    int              // answers on one connection; 0: all
	bend    func([]*dns.Msg) // changes the answers before they are sent
	instead func(net.Conn)   // takes the place of the server
	wg      sync.WaitGroup
}

func (s *server) dial(context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	s.mu.Lock()
	s.dialled++
	s.mu.Unlock()
	s.wg.Go(func() {
		defer far.Close()
		if s.instead != nil {
			s.instead(far)
			return
		}
		s.serve(far)
	})
	return near, nil
}

// serve waits until the client has said all that it has to say, and then
// answers.
func (s *server) serve(c net.Conn) {
	conn := &dns.Conn{Conn: c}
	var answers []*dns.Msg
	for {
		_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
		query, err := conn.ReadMsg()
		if err != nil {
			break
		}
		if answers = append(answers, s.answer(query)); s.each > 0 && len(answers) >= s.each {
			go func() { _, _ = io.Copy(io.Discard, c) }() // a pipe holds nothing
			break
		}
	}
	if s.bend != nil {
		s.bend(answers)
	}
	for _, a := range answers {
		_ = conn.WriteMsg(a)
	}
}

func (s *server) answer(query *dns.Msg) *dns.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := query.Question[0]
	s.asked = append(s.asked, q.Name+" "+dns.TypeToString[q.Qtype])
	answer := new(dns.Msg).SetRcode(query, s.rcode)
	for _, text := range s.records {
		if record, err := dns.NewRR(text); err == nil && record.Header().Name == q.Name && record.Header().Rrtype == q.Qtype {
			answer.Answer = append(answer.Answer, record)
		}
	}
	return answer
}

func (s *server) resolver() *Resolver { return &Resolver{Dial: s.dial, Timeout: 5 * time.Second} }

var records = []string{
	"drill.test. 30 MX 20 mx2.drill.test.", "drill.test. 30 MX 10 mx1.drill.test.", "null.test. 30 MX 0 .",
	"mx1.drill.test. 30 A 192.0.2.1", "mx1.drill.test. 30 AAAA 2001:db8::1", "mx2.drill.test. 30 A 192.0.2.2",
}

// bubble runs a test on a clock of its own; its servers end with it.
func bubble(t *testing.T, s *server, run func(t *testing.T, r *Resolver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		run(t, s.resolver())
		s.wg.Wait()
	})
}

func TestExchangers(t *testing.T) {
	for domain, want := range map[string]string{
		"drill.test": "[{mx2.drill.test 20} {mx1.drill.test 10}] <nil>",
		"bare.test":  "[{bare.test 0}] <nil>", // the implicit MX
		"null.test":  "[] the domain takes no mail (null MX, RFC 7505)",
	} {
		bubble(t, &server{records: records}, func(t *testing.T, r *Resolver) {
			found, err := r.Exchangers(t.Context(), domain)
			if got := fmt.Sprintf("%v %v", found, err); got != want {
				t.Errorf("%s: %s, want %s", domain, got, want)
			}
		})
	}
}

// A and AAAA of every host travel together, and may be answered in any order.
func TestHostsAreAskedForTogether(t *testing.T) {
	for name, s := range map[string]*server{
		"in order":              {records: records},
		"backwards":             {records: records, bend: slices.Reverse[[]*dns.Msg]},
		"one each connection":   {records: records, each: 1},
		"three, then it closes": {records: records, each: 3},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, s, func(t *testing.T, r *Resolver) {
				hosts := r.Hosts(t.Context(), "mx1.drill.test", "mx2.drill.test", "mx3.drill.test")
				got := fmt.Sprint(hosts[0].Addresses, hosts[1].Addresses, hosts[2].Addresses, hosts[2].Err)
				if want := "[192.0.2.1 2001:db8::1] [192.0.2.2] [] mx3.drill.test has no address"; got != want {
					t.Errorf("%s, want %s", got, want)
				}
				if connections := max(1, 6/max(1, s.each)); s.each > 0 && s.dialled != connections || s.each == 0 && s.dialled != 1 {
					t.Errorf("%d connections", s.dialled)
				}
			})
		})
	}
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		server *server
		want   string
	}{
		"no such name":   {&server{rcode: dns.RcodeNameError}, "ask for drill.test MX: no such name"},
		"broken":         {&server{rcode: dns.RcodeServerFailure}, "ask for drill.test MX: the name server answers SERVFAIL"},
		"closes":         {&server{instead: func(net.Conn) {}}, "ask for drill.test MX: "},
		"silent":         {&server{instead: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }}, "deadline exceeded"},
		"another answer": {&server{bend: func(m []*dns.Msg) { m[0].Id++ }}, "the answer is to another question"},
		"no DNS whatever": {&server{instead: func(c net.Conn) {
			go io.Copy(io.Discard, c)
			_, _ = io.WriteString(c, "220 mx ready, this is SMTP\r\n")
		}}, "ask for drill.test MX: read: "},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, c.server, func(t *testing.T, r *Resolver) {
				began := time.Now()
				found, err := r.Exchangers(t.Context(), "drill.test")
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, %v, want %s", found, err, c.want)
				}
				if took := time.Since(began); took > r.Timeout {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
	refused := errors.New("refused")
	r := &Resolver{Timeout: time.Second, Dial: func(context.Context) (net.Conn, error) { return nil, refused }}
	if _, err := r.Exchangers(t.Context(), "drill.test"); !errors.Is(err, refused) {
		t.Error(err)
	}
}

// One family of addresses is enough, even if the other cannot be asked for.
func TestOneFamilyIsEnough(t *testing.T) {
	s := &server{records: records, bend: func(m []*dns.Msg) { m[1].Rcode = dns.RcodeServerFailure }}
	bubble(t, s, func(t *testing.T, r *Resolver) {
		if h := r.Hosts(t.Context(), "mx1.drill.test")[0]; h.Err != nil || len(h.Addresses) != 1 {
			t.Errorf("%+v", h)
		}
	})
}

// An answer is used for its TTL and not a moment longer.
func TestCacheHonoursTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{records: []string{"mx1.drill.test. 30 A 192.0.2.1", "mx2.drill.test. 0 A 192.0.2.2"}}
		began := time.Now()
		r := s.resolver()
		r.Clock = func() time.Duration { return time.Since(began) }
		ask := func(name string) int {
			before := len(s.asked)
			if a := r.lookup(t.Context(), question(name, dns.TypeA))[0]; a.err != nil {
				t.Fatal(a.err)
			}
			return len(s.asked) - before
		}
		pass := func(d time.Duration) { <-time.After(d) }
		if ask("mx1.drill.test") != 1 || ask("MX1.drill.test.") != 0 {
			t.Error("the answer is not kept")
		}
		if pass(30*time.Second - time.Millisecond - 1); ask("mx1.drill.test") != 0 {
			t.Error("the answer is not kept for its TTL")
		}
		if pass(1); ask("mx1.drill.test") != 1 {
			t.Error("the answer is kept longer than its TTL")
		}
		for _, name := range []string{"mx2.drill.test", "none.drill.test"} { // TTL 0, and an empty answer
			if ask(name)+ask(name) != 2 {
				t.Errorf("the answer for %s is kept", name)
			}
		}
	})
}
