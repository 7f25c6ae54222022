package workload

import (
	"bufio"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

var testKey = identity.NewKey("run", 1)

// memory is a ledger that keeps everything, and takes its time to be durable.
type memory struct {
	mu      sync.Mutex
	entries []ledger.Entry
	delay   time.Duration // of Intend
	err     error         // of Intend
}

func (m *memory) Record(entries ...ledger.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = append(m.entries, entries...)
	return nil
}

func (m *memory) Intend(entries ...ledger.Entry) error {
	if m.delay > 0 {
		<-time.After(m.delay)
	}
	if m.err != nil {
		return m.err
	}
	return m.Record(entries...)
}

func (m *memory) of(k ledger.Kind) []ledger.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.entries), func(e ledger.Entry) bool { return e.Kind != k })
}

// world dials scripted peers by address.
type world struct {
	peers map[string]func(net.Conn)
	wg    sync.WaitGroup
}

func (w *world) Dial(ctx context.Context, node string, _ topology.Service) (net.Conn, error) {
	peer, ok := w.peers[node]
	if !ok {
		return nil, topology.ErrRefused
	}
	if peer == nil { // a black hole
		<-ctx.Done()
		return nil, topology.ErrTimeout
	}
	near, far := net.Pipe()
	w.wg.Go(func() {
		defer far.Close()
		peer(far)
	})
	return near, nil
}

// What a scripted server can do beside replying.
const (
	cut  = "\x00cut"  // close the connection
	hang = "\x00hang" // say nothing, until the client goes away
	half = "\x00half" // half a reply line, then close
	swap = "\x00tls"  // speak after STARTTLS, before the handshake
	late = "\x00late" // wait for three seconds, then reply with what follows
)

// script is a server: what it does on each verb. "greeting", "content" (after
// the first block of the message) and "." are verbs; "RCPT u1" goes before "RCPT".
type script map[string]string

var obliging = script{
	"greeting": "220 mx ready", "EHLO": "250-mx\r\n250-PIPELINING\r\n250 SIZE 10000", "MAIL": "250 2.1.0 ok",
	"RCPT": "250 2.1.5 ok", "DATA": "354 go on", ".": "250 2.0.0 queued as Q1", "QUIT": "221 bye",
}

func (s script) with(changes ...string) script {
	out := script{}
	for k, v := range s {
		out[k] = v
	}
	for i := 0; i+1 < len(changes); i += 2 {
		out[changes[i]] = changes[i+1]
	}
	return out
}

// play holds the server's side of one session.
func (s script) play(c net.Conn) {
	r := bufio.NewReader(c)
	if !s.act(c, "greeting") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := s.verb(strings.TrimSpace(line))
		if !s.act(c, verb) {
			return
		}
		if verb == "DATA" && strings.HasPrefix(s["DATA"], "354") && !s.message(c, r) {
			return
		}
	}
}

func (s script) verb(line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	if verb != "RCPT" {
		return verb
	}
	for k := range s {
		if to, ok := strings.CutPrefix(k, "RCPT "); ok && strings.Contains(rest, to) {
			return k
		}
	}
	return verb
}

// message reads to the terminator.
func (s script) message(c net.Conn, r *bufio.Reader) bool {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if _, stops := s["content"]; stops {
			return s.act(c, "content")
		}
		if line == ".\r\n" {
			return s.act(c, ".")
		}
	}
}

// act does what the script says; false ends the session.
func (s script) act(c net.Conn, verb string) bool {
	switch what, ok := s[verb]; {
	case !ok:
		_, err := io.WriteString(c, "502 5.5.1 what?\r\n")
		return err == nil
	case what == cut:
		return false
	case what == hang:
		_, _ = io.Copy(io.Discard, c)
		return false
	case what == half:
		_, _ = io.WriteString(c, "25")
		return false
	case what == swap:
		_, _ = io.WriteString(c, "220 go on\r\n250 injected\r\n")
		return true
	case strings.HasPrefix(what, late):
		<-time.After(3 * time.Second)
		what = strings.TrimPrefix(what, late)
		fallthrough
	default:
		_, err := io.WriteString(c, what+"\r\n")
		return err == nil && !strings.HasPrefix(what, "421")
	}
}

// zone answers DNS queries from records in the text form of RFC 1035.
type zone struct {
	mu      sync.Mutex
	records []string
	rcode   int
	asked   int
}

func (z *zone) play(c net.Conn) {
	d := &dns.Conn{Conn: c}
	queries := make(chan *dns.Msg, 8) // a pipe holds nothing, and questions come together
	go func() {
		defer close(queries)
		for query, err := d.ReadMsg(); err == nil; query, err = d.ReadMsg() {
			queries <- query
		}
	}()
	for query := range queries {
		_ = d.WriteMsg(z.answer(query))
	}
}

func (z *zone) answer(query *dns.Msg) *dns.Msg {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked++
	answer := new(dns.Msg).SetRcode(query, z.rcode)
	for _, text := range z.records {
		record, err := dns.NewRR(text)
		if err == nil && record.Header().Name == query.Question[0].Name && record.Header().Rrtype == query.Question[0].Qtype {
			answer.Answer = append(answer.Answer, record)
		}
	}
	return answer
}

// age is how long the run has been going on when the workload begins.
const age = time.Hour

// drill runs a workload of a few messages against a world and gives the ledger.
func drill(t *testing.T, c Config, w *world, m *memory) (*Driver, error) {
	t.Helper()
	began := time.Now().Add(-age)
	if c.Rate == 0 {
		c.Rate = 10
	}
	c.BounceDomain = "bounce.test"
	if len(c.Mailboxes) == 0 {
		c.Mailboxes = []string{"u1@drill.test"}
	}
	d, err := New(c, w, m, testKey, func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	err = d.Run(t.Context())
	w.wg.Wait()
	return d, err
}

// direct enters at the exchangers of drill.test, which are known at "ns".
var direct = Config{Entry: EntryMX, Domain: "drill.test", DNSNode: "ns", Limit: 1}

// relayed hands everything to the node "relay".
var relayed = Config{Entry: EntryRelay, RelayNode: "relay", Limit: 1}
