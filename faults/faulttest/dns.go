package faulttest

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"maildrill/faults"
)

// NewNameServer makes the node dns1, which answers for the zones of its
// [Node.NameTarget] and tells these lies.
func NewNameServer(lies ...Lie) *Node { return NewNode("dns1", lies...) }

// NameTarget is a name server with the nodes that ask it: relay1, mx1 and mx2.
func (n *Node) NameTarget() faults.Target {
	t := faults.Target{Node: n, Reach: n.reach, Bystander: n.bystander, Domain: "drill.test", Zones: zones()}
	for i, name := range []string{n.name, "relay1", "mx1", "mx2"} {
		at := netip.AddrFrom4([4]byte{198, 18, 0, byte(2 + i)})
		p := faults.Peer{Name: name, Host: name + ".drill.test", Roles: []string{strings.TrimRight(name, "12")}, Addresses: []netip.Addr{at}}
		p.Node = asker{server: n, name: name, at: at}
		if name == n.name {
			p.Node = n
		}
		t.Peers = append(t.Peers, p)
	}
	return t
}

func zones() []faults.Zone {
	record := func(name, kind, value string) faults.Record {
		return faults.Record{Name: name, Type: kind, TTL: 5 * time.Second, Value: value}
	}
	return []faults.Zone{
		{Name: "drill.test", Records: []faults.Record{
			record("@", "MX", "10 mx1"), record("@", "MX", "20 mx2"),
			record("@", "TXT", `"v=spf1 mx -all"`), record("@", "TXT", `"owner=drill"`),
			record("s1._domainkey", "TXT", `"v=DKIM1; p=MIGf"`), record("_dmarc", "TXT", `"v=DMARC1; p=none"`),
			record("_mta-sts", "TXT", `"v=STSv1; id=1"`), record("_25._tcp.mx1", "TLSA", "3 1 1 "+strings.Repeat("ab", 32)),
			{Name: "mx1", Type: "A", Node: "mx1"}, {Name: "mx2", Type: "A", Node: "mx2"},
		}},
		{Name: "list.test", Records: []faults.Record{record("2.0.0.127", "A", "127.0.0.2")}},
	}
}

// asker is a node that can do no more than ask the name server.
type asker struct {
	server *Node
	name   string
	at     netip.Addr
}

// Name is the node's name.
func (a asker) Name() string { return a.name }

// Visit asks the server.
func (a asker) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	return a.server.answer(ctx, v, a.at)
}

// Mechanisms: it takes no rules.
func (a asker) Mechanisms() []faults.Mechanism { return nil }

// Put, Take and Rules make it look like any node.
func (a asker) Put(context.Context, faults.Rule) error               { return errUnable }
func (a asker) Take(context.Context, faults.Mechanism, string) error { return errUnable }

// Rules are none.
func (a asker) Rules(context.Context, faults.Mechanism) ([]faults.Standing, error) { return nil, nil }

// answer is what the server says to one question, by UDP or TCP.
func (n *Node) answer(ctx context.Context, v faults.Visit, from netip.Addr) (faults.Sight, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	text := v.Say
	if v.Network == "tcp" {
		text = text[2:]
	}
	var query dns.Msg
	if err := query.Unpack(text); err != nil {
		return faults.Sight{}, err
	}
	m := right(&query)
	sight := faults.Sight{Connected: time.Millisecond, Heard: 2 * time.Millisecond}
	silent, err := n.otherwise(m, v.Network, from, &sight)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return faults.Sight{}, err
	}
	if silent {
		return faults.Sight{}, fmt.Errorf("read: %w", faults.ErrNoGreeting)
	}
	sight.Bytes, err = m.Pack()
	if v.Network == "tcp" && err == nil {
		sight.Bytes = append(binary.BigEndian.AppendUint16(nil, uint16(len(sight.Bytes))), sight.Bytes...)
	}
	return sight, err
}

// right is the answer without any rule.
func right(query *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(query)
	q := query.Question[0]
	for _, z := range zones() {
		for _, r := range z.Records {
			value := r.Value
			if r.Node != "" {
				value = map[string]string{"mx1": "198.18.0.4", "mx2": "198.18.0.5"}[r.Node]
			}
			line := fmt.Sprintf("$ORIGIN %s.\n%s 5 IN %s %s\n", z.Name, r.Name, r.Type, value)
			rr, ok := dns.NewZoneParser(strings.NewReader(line), "", "").Next()
			if ok && rr.Header().Name == q.Name && rr.Header().Rrtype == q.Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
	}
	return m
}

var codes = map[faults.NameReply]int{
	faults.ReplyServFail: dns.RcodeServerFailure, faults.ReplyRefused: dns.RcodeRefused, faults.ReplyNXDomain: dns.RcodeNameError,
}

// otherwise lets the rules have their effect. A server that spills takes every
// question for one that its rules are about.
func (n *Node) otherwise(m *dns.Msg, network string, from netip.Addr, sight *faults.Sight) (silent bool, err error) {
	q := m.Question[0]
	for _, r := range n.rules {
		var spec faults.NameSpec
		if err := r.Decode(&spec); err != nil {
			return false, err
		}
		about := spec.Meets(q.Name, dns.Type(q.Qtype).String(), from) || n.lie(Spills)
		if r.Mechanism != faults.Names || r.void || !about {
			continue
		}
		sight.Heard += spec.Effect.Delay
		if spec.Effect.Reply == "" {
			continue
		}
		m.Answer, m.Rcode = nil, codes[spec.Effect.Reply]
		switch spec.Effect.Reply {
		case faults.ReplySilence:
			return true, nil
		case faults.ReplyTruncated:
			m.Truncated = true
			return network == "tcp", nil
		case faults.ReplyLame:
			m.Ns = of([]string{". 5 IN NS a.root-servers.net."}, dns.Question{Name: ".", Qtype: dns.TypeNS})
		case faults.ReplyRecords:
			m.Answer = of(spec.Effect.Records, q)
		}
	}
	return false, nil
}

// of are the records of the lines that answer the question.
func of(lines []string, q dns.Question) (found []dns.RR) {
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		wild := err == nil && strings.HasPrefix(rr.Header().Name, "*.")
		if err != nil || rr.Header().Rrtype != q.Qtype || !wild && rr.Header().Name != q.Name {
			continue
		}
		rr.Header().Name = q.Name
		found = append(found, rr)
	}
	return slices.Clip(found)
}
