package scenarios

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// inReadme gives the first example under a heading of the README.
func inReadme(t *testing.T, heading string) string {
	t.Helper()
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)## " + heading + "\n.*?```yml\n(.*?)```").FindSubmatch(src)
	if block == nil {
		t.Fatalf("no example under %q", heading)
	}
	return string(block[1])
}

// TestReadmeOwnServers: the nodes of the README are a topology that loads.
func TestReadmeOwnServers(t *testing.T) {
	nodes := "  " + strings.ReplaceAll(strings.TrimSpace(inReadme(t, "Your own images and configuration")), "\n", "\n  ")
	d, problems := Parse("README.md", []byte("apiVersion: maildrill/v1\nkind: Topology\nmetadata: {name: own}\nnodes:\n"+nodes+"\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if n := d.Topology.Nodes; len(n) != 4 || n[3].Build == nil || n[2].QueueCommand[0] != "gateway-queue" || n[1].Files == nil {
		t.Errorf("%+v", n)
	}
}

// TestReadmeTwin: its two lines make a scenario of the library's primary.
func TestReadmeTwin(t *testing.T) {
	d, problems := Parse("README.md", []byte("apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: twin}\nobjectives: {rto: {mx: 8s}}\n"+inReadme(t, "Twins")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	topo, problems := d.ResolveTopology()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, n := range topo.Nodes {
		if n.Name == "mx2" && len(n.Mail.RelayDomains) > 0 {
			t.Errorf("mx2 still relays: %+v", n.Mail)
		}
	}
}
