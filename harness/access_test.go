package harness

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// movable is a system whose name server leads imap.drill.test to where one
// wants it, and where nothing listens at one of the addresses.
type movable struct {
	topology.System
	leads  []string
	dead   string
	dialed []string
}

func (m *movable) Dial(_ context.Context, node string, service topology.Service) (net.Conn, error) {
	near, far := net.Pipe()
	if service == topology.Domain {
		go m.serve(far)
		return near, nil
	}
	m.dialed = append(m.dialed, node)
	if node == m.dead {
		return nil, topology.ErrRefused
	}
	return near, nil
}

// serve answers on one connection.
func (m *movable) serve(c net.Conn) {
	defer c.Close()
	conn := &dns.Conn{Conn: c}
	var answers []*dns.Msg
	for len(answers) < 2 { // A and AAAA, asked for together
		query, err := conn.ReadMsg()
		if err != nil {
			return
		}
		a := new(dns.Msg).SetReply(query)
		if query.Question[0].Qtype == dns.TypeA {
			for _, address := range m.leads {
				record, _ := dns.NewRR("imap.drill.test. 5 A " + address)
				a.Answer = append(a.Answer, record)
			}
		}
		answers = append(answers, a)
	}
	for _, a := range answers {
		_ = conn.WriteMsg(a)
	}
}

func TestAccessFollowsTheName(t *testing.T) {
	m := &movable{leads: []string{"192.0.2.1", "192.0.2.2"}, dead: "192.0.2.1"}
	top := topology.Topology{Access: topology.Access{IMAP: "imap.drill.test"},
		Nodes: []topology.Node{{Name: "dns1", Roles: []topology.Role{topology.DNS}}}}
	a := newAccess(m, top, time.Second)
	try := func(node string, want error, dialed ...string) {
		t.Helper()
		m.dialed = nil
		conn, err := a.Dial(t.Context(), node, topology.IMAP)
		if err == nil {
			_ = conn.Close()
		}
		if !errors.Is(err, want) || !slices.Equal(m.dialed, dialed) {
			t.Errorf("%s: dialled %v, %v; want %v, %v", node, m.dialed, err, dialed, want)
		}
	}
	try("store1", nil, "store1")
	try("imap.drill.test", nil, "192.0.2.1", "192.0.2.2")
	m.leads = []string{"192.0.2.3"}
	try("imap.drill.test", nil, "192.0.2.3")
	m.leads = []string{"192.0.2.1"}
	try("imap.drill.test", topology.ErrRefused, "192.0.2.1")
	m.leads = nil
	if _, err := a.Dial(t.Context(), "imap.drill.test", topology.IMAP); err == nil {
		t.Error("a name without an address was dialled")
	}
}
