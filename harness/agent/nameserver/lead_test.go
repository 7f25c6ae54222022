package nameserver

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// led asks for the address of a name.
func led(t *testing.T, s *Server, name string) string {
	t.Helper()
	m := s.answer(new(dns.Msg).SetQuestion(name, dns.TypeA))
	if len(m.Answer) != 1 {
		t.Fatalf("%s: %v", name, m)
	}
	return strings.TrimPrefix(addressOf(m.Answer[0]), "192.0.2.")
}

func twoStores(t *testing.T) *Server {
	t.Helper()
	s, err := New([]topology.Zone{{Name: "drill.test", Records: []topology.Record{
		{Name: "@", Type: "MX", Value: "10 store1.drill.test."},
		{Name: "imap", Type: "A", Node: "store1"},
		{Name: "store1", Type: "A", Node: "store1"}, {Name: "store2", Type: "A", Node: "store2"},
	}}}, topology.Addresses{"store1": {netip.MustParseAddr("192.0.2.1")}, "store2": {netip.MustParseAddr("192.0.2.2")}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A fail-over takes all names of a node, a fail-back gives it its own again and
// takes nothing of the other's.
func TestNamesLeadElsewhereAndBack(t *testing.T) {
	s := twoStores(t)
	all := func() string {
		return led(t, s, "imap.drill.test.") + led(t, s, "store1.drill.test.") + led(t, s, "store2.drill.test.")
	}
	moved, err := s.Lead("store1", "store2")
	if want := []string{"imap.drill.test", "store1.drill.test"}; err != nil || !slices.Equal(moved, want) {
		t.Errorf("moved %v, %v; want %v", moved, err, want)
	}
	if got := all(); got != "222" {
		t.Errorf("after the fail-over: %s", got)
	}
	if _, err := s.Lead("store1", "store2"); err == nil {
		t.Error("a node that no name leads to")
	}
	path := filepath.Join(t.TempDir(), "led")
	if err := s.Keep(path); err != nil {
		t.Fatal(err)
	}
	again := twoStores(t)
	if err := again.Recall(path); err != nil || led(t, again, "imap.drill.test.") != "2" {
		t.Errorf("after a restart: %v", err)
	}
	s = again
	if moved, err = s.Lead("store2", "store1"); err != nil || len(moved) != 2 {
		t.Errorf("back: %v, %v", moved, err)
	}
	if got := all(); got != "112" {
		t.Errorf("after the fail-back: %s", got)
	}
	if err := again.Recall(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}
