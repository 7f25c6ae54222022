package faults

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// asked is one question to the drill's name server.
type asked struct {
	name, qtype string // "drill.test.", "MX"
}

func (q asked) String() string { return q.name + " " + q.qtype }

// told is what came of a question, as a client sees it.
type told struct {
	silent bool   // no answer came
	rcode  string // "NOERROR"
	cut    bool   // the flag TC
	lame   bool   // no answer and no authority, but a referral to the root
	data   []string
	ttl    uint32 // of the first record, s
	after  time.Duration
	byTCP  string // the same question by TCP: "answered", "not answered", ""
	failed error  // no question could be asked, or not in a way that is known
}

func (a told) String() string {
	switch {
	case a.failed != nil:
		return a.failed.Error()
	case a.silent:
		return "no answer"
	case a.cut:
		return "truncated, by TCP " + a.byTCP
	case a.lame:
		return "a referral to the root"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s", a.rcode, strings.Join(a.data, ", ")))
}

const (
	answered    = "answered"
	notAnswered = "not answered"
)

// look is one question from a node's own network, by UDP, and by TCP if that
// matters.
type nameLook struct {
	server netip.AddrPort
	asked
	wait time.Duration
	tcp  bool
}

// quiet are the ways in which a question can remain without an answer.
var quiet = []error{ErrNoAnswer, ErrNoGreeting, ErrRefused, ErrReset, ErrUnreachable}

func (l nameLook) from(ctx context.Context, n Node) told {
	qtype, ok := dns.StringToType[l.qtype]
	if !ok {
		return told{failed: fmt.Errorf("unknown record type %q", l.qtype)}
	}
	query, err := new(dns.Msg).SetQuestion(l.name, qtype).SetEdns0(4096, false).Pack()
	if err != nil {
		return told{failed: err}
	}
	a := l.byUDP(ctx, n, query)
	if l.tcp && a.failed == nil {
		a.byTCP = l.byTCP(ctx, n, query)
	}
	return a
}

func (l nameLook) byUDP(ctx context.Context, n Node, query []byte) told {
	sight, err := visit(ctx, n, Visit{Network: "udp", To: l.server, Say: query, Hear: 4096, Timeout: l.wait})
	if errors.Is(err, ErrRefused) {
		return told{failed: fmt.Errorf("nothing listens: %w", err)} // no server: no rule does that
	}
	if slices.ContainsFunc(quiet, func(q error) bool { return errors.Is(err, q) }) {
		return told{silent: true}
	}
	if err != nil {
		return told{failed: err}
	}
	var m dns.Msg
	if err := m.Unpack(sight.Bytes); err != nil {
		return told{failed: fmt.Errorf("read the answer: %w", err)}
	}
	a := told{rcode: dns.RcodeToString[m.Rcode], cut: m.Truncated, lame: refersUp(&m), after: sight.Heard - sight.Connected}
	for i, rr := range m.Answer {
		if i == 0 {
			a.ttl = rr.Header().Ttl
		}
		if dns.Type(rr.Header().Rrtype).String() == l.qtype {
			a.data = append(a.data, dataOf(rr))
		}
	}
	slices.Sort(a.data)
	return a
}

// refersUp tells a lame answer: one without authority that leads to the root.
func refersUp(m *dns.Msg) bool {
	root := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNS && rr.Header().Name == "." }
	return m.Rcode == dns.RcodeSuccess && !m.Authoritative && len(m.Answer) == 0 && slices.ContainsFunc(m.Ns, root)
}

// headerSize is that of a message (RFC 1035, section 4.1.1), which shows that
// there is an answer.
const headerSize = 12

func (l nameLook) byTCP(ctx context.Context, n Node, query []byte) string {
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(query))) // RFC 1035, section 4.2.2
	_, err := visit(ctx, n, Visit{To: l.server, Say: append(framed, query...), Hear: 2 + headerSize, Timeout: l.wait})
	if err != nil {
		return notAnswered
	}
	return answered
}

// dataOf is a record without its owner, class and time to live.
func dataOf(rr dns.RR) string {
	return strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String()))
}
