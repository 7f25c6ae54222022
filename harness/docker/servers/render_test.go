package servers

import (
	"crypto/x509"
	"encoding/pem"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/topology"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shapes is one topology with every kind of node.
func shapes() topology.Topology {
	services := map[topology.Service]int{topology.IMAP: 143, topology.LMTP: 24, topology.POP3: 110}
	return topology.Topology{
		Name: "shapes", Clock: topology.Drill, MailDomain: "drill.test", BounceDomain: "bounce.test",
		Nodes: []topology.Node{
			{Name: "mail1", Host: "mail1.drill.test", Server: "postfix+dovecot",
				Roles:    []topology.Role{topology.MX, topology.Submission, topology.Store},
				Services: map[topology.Service]int{topology.SMTP: 25, topology.MSA: 587, topology.IMAP: 143, topology.LMTP: 24, topology.POP3: 110},
				Mail:     topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "mail1", Auth: true}},
			{Name: "mx1", Host: "mx1.drill.test", Server: "postfix", Roles: []topology.Role{topology.MX},
				Mail: topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1"}},
			{Name: "mx2", Host: "mx2.drill.test", Server: "postfix", Roles: []topology.Role{topology.MX},
				Mail: topology.Mail{RelayDomains: []string{"drill.test"}}},
			{Name: "mx3", Host: "mx3.drill.test", Server: "exim", Roles: []topology.Role{topology.MX},
				Mail: topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1", RelayDomains: []string{"other.test"}}},
			{Name: "mx4", Host: "mx4.drill.test", Server: "opensmtpd", Roles: []topology.Role{topology.MX},
				Mail: topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1", RelayDomains: []string{"other.test"}}},
			{Name: "mx5", Host: "mx5.drill.test", Server: "chasquid", Roles: []topology.Role{topology.MX},
				Mail: topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1"}},
			{Name: "filter1", Host: "filter1.drill.test", Server: "rspamd"},
			{Name: "msa1", Host: "msa1.drill.test", Server: "postfix", Roles: []topology.Role{topology.Submission},
				Services: map[topology.Service]int{topology.MSA: 587, topology.Submissions: 465},
				Mail:     topology.Mail{Domains: []string{"drill.test"}, DeliverTo: "store1", Auth: true}},
			{Name: "store1", Host: "store1.drill.test", Server: "dovecot", Roles: []topology.Role{topology.Store}, Services: services},
			{Name: "store2", Host: "store2.drill.test", Server: "cyrus", Roles: []topology.Role{topology.Store}, Services: services},
			{Name: "relay1", Host: "relay1.drill.test", Server: "postfix", Roles: []topology.Role{topology.Relay},
				Mail: topology.Mail{RelayAnything: true}},
			{Name: "lb1", Host: "lb1.drill.test", Server: "haproxy", Roles: []topology.Role{topology.Balancer}},
			{Name: "mx9", Host: "mx9.drill.test", Server: "postfix", Roles: []topology.Role{topology.MX},
				Mail:    topology.Mail{RelayDomains: []string{"drill.test"}},
				Volumes: []topology.Volume{{Name: "queue", Path: "/var/spool/postfix", Size: 32 << 20}}},
			{Name: "monitor1", Host: "monitor1.drill.test", Server: "monitor", Roles: []topology.Role{topology.Other}},
			{Name: "outside", Host: "outside.drill.test", Server: "outside", Roles: []topology.Role{topology.Outside}},
		},
		Links: []topology.Link{
			{Name: "a", From: "lb1", To: "mx1", Service: topology.SMTP},
			{Name: "b", From: "lb1", To: "mx2", Service: topology.SMTP},
			{Name: "c", From: "lb1", To: "store1", Service: topology.IMAP},
			{Name: "d", From: "mx1", To: "store1", Service: topology.LMTP},
			{Name: "e", From: "monitor1", To: "mx9", Service: topology.SMTP},
			{Name: "f", From: "monitor1", To: "store1", Service: topology.IMAP},
			{Name: "g", From: "monitor1", To: "msa1", Service: topology.MSA},
			{Name: "h", From: "monitor1", To: "mx9", Service: topology.PostfixMetrics},
			{Name: "i", From: "monitor1", To: "mx9", Service: topology.NodeMetrics},
		},
		Accounts: []topology.Account{
			{Address: "u1@drill.test", User: "u1@drill.test", Password: "drill"},
			{Address: "probe@drill.test", User: "probe@drill.test", Password: "drill"},
		},
	}
}

func addresses() topology.Addresses {
	return topology.Addresses{
		"mx1": {netip.MustParseAddr("198.18.0.2")}, "mx2": {netip.MustParseAddr("198.18.0.3")},
		"store1": {netip.MustParseAddr("198.18.0.4")},
	}
}

// render renders one node, after a change to it and to its topology.
func render(t *testing.T, name string, change func(*topology.Topology, *topology.Node)) (Container, error) {
	t.Helper()
	top := shapes()
	n, ok := top.Node(name)
	if !ok {
		t.Fatalf("no node %s", name)
	}
	if change != nil {
		change(&top, &n)
	}
	return Render(top, n, addresses())
}

func mustRender(t *testing.T, name string, change func(*topology.Topology, *topology.Node)) Container {
	t.Helper()
	c, err := render(t, name, change)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// printed is a container as a text, without what is secret.
func printed(c Container) string {
	var text strings.Builder
	text.WriteString("image " + c.ImageKind + c.Image + "\ncommand " + strings.Join(c.Command, " ⏎ ") + "\n")
	for _, e := range c.Env {
		text.WriteString("env " + e + "\n")
	}
	for path, options := range c.Tmpfs {
		text.WriteString("tmpfs " + path + " " + options + "\n")
	}
	var paths []string
	for path := range c.Files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		content := string(c.Files[path].Content)
		if path == AuthorityFile {
			continue
		}
		if strings.HasSuffix(path, ".pem") {
			content = "(key and certificate)\n"
		}
		text.WriteString("\n=== " + path + "\n" + content)
	}
	return text.String()
}

func TestGolden(t *testing.T) {
	for _, n := range shapes().Nodes {
		if n.Server == "outside" {
			continue
		}
		t.Run(n.Name, func(t *testing.T) {
			got, path := printed(mustRender(t, n.Name, nil)), filepath.Join("testdata", n.Name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || got != string(want) {
				t.Errorf("%s is not as in %s (go test -update writes it): %v\n%s", n.Name, path, err, got)
			}
		})
	}
}

func TestProductionClock(t *testing.T) {
	c := mustRender(t, "mx1", func(top *topology.Topology, _ *topology.Node) { top.Clock = topology.Production })
	main, master := string(c.Files[mainFile].Content), string(c.Files[masterFile].Content)
	for name := range Tuned(shapes(), nil) {
		if strings.Contains(main, name) {
			t.Errorf("%s is set under the production clock", name)
		}
	}
	if !strings.Contains(master, "300     ") {
		t.Errorf("the queue manager does not wake as by default:\n%s", master)
	}
	if tuned := Tuned(topology.Topology{Clock: topology.Production}, nil); len(tuned) != 0 {
		t.Errorf("tuned = %v", tuned)
	}
	if got := Tuned(shapes(), nil)["maximal_backoff_time"]; got != "4s" {
		t.Errorf("maximal_backoff_time = %q", got)
	}
}

func TestIPv6(t *testing.T) {
	v6 := func(top *topology.Topology, _ *topology.Node) { top.IPv6 = true }
	for name, want := range map[string]string{
		"mx1": "inet_protocols = all\n", "store1": "listen = *, ::\n", "lb1": "bind :::25 v4v6\n",
	} {
		if got := printed(mustRender(t, name, v6)); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q", name, want)
		}
	}
}

func TestOwn(t *testing.T) {
	c := mustRender(t, "mail1", func(_ *topology.Topology, n *topology.Node) {
		n.Settings = map[string]string{
			"maximal_backoff_time": "77s", "delay_warning_time": "1m", "biff": "",
			"dovecot.mail_fsync": "never", "dovecot.mail_debug": "yes",
		}
		n.Files = map[string]string{masterFile: "mine\n", keyFile: "key"}
		n.Env = map[string]string{"B": "2", "A": "1"}
		n.Command, n.Image = []string{"run"}, "own:1"
	})
	main, dovecot := string(c.Files[mainFile].Content), string(c.Files[dovecotFile].Content)
	for _, want := range []string{"\nmaximal_backoff_time = 77s\n", "\ndelay_warning_time = 1m\n", "\nbiff =\n"} {
		if strings.Count(main, want) != 1 {
			t.Errorf("main.cf lacks %q", want)
		}
	}
	for _, want := range []string{"\nmail_fsync = never\n", "\nmail_debug = yes\n"} {
		if strings.Count(dovecot, want) != 1 || strings.Contains(main, want) {
			t.Errorf("dovecot.conf lacks %q", want)
		}
	}
	if strings.Contains(main, "maximal_backoff_time = 4s") || string(c.Files[masterFile].Content) != "mine\n" {
		t.Error("what was rendered is not replaced")
	}
	if c.Files[keyFile].Mode != 0o600 || !slices.Equal(c.Env, []string{"A=1", "B=2"}) || c.Image != "own:1" || c.Command[0] != "run" {
		t.Errorf("container = %+v", c)
	}
}

// TestBalancedByOnesOwnFiles: a haproxy.cfg of the user's is asked only if it
// answers, and a master.cf of the user's is not thought to take PROXY headers.
func TestBalancedByOnesOwnFiles(t *testing.T) {
	for file, want := range map[string]bool{"": true, "global\n": false, "global\n  stats socket ipv4@*:8404 level user\n": true} {
		c := mustRender(t, "lb1", func(_ *topology.Topology, n *topology.Node) {
			if file != "" {
				n.Files = map[string]string{haproxyFile: file}
			}
		})
		if c.Stats != want {
			t.Errorf("with %q: asked for its servers: %v, want %v", file, c.Stats, want)
		}
	}
	c := mustRender(t, "lb1", func(top *topology.Topology, _ *topology.Node) {
		top.Nodes[1].Files = map[string]string{masterFile: "25 inet n - n - - smtpd\n"} // mx1
	})
	config := string(c.Files[haproxyFile].Content)
	for _, want := range []string{"server mx1 198.18.0.2:25 check\n", "server mx2 198.18.0.3:10025 check port 25 send-proxy-v2\n"} {
		if !strings.Contains(config, want) {
			t.Errorf("%q is missing in\n%s", want, config)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, try := range []struct {
		node, want string
		change     func(*topology.Topology, *topology.Node)
	}{
		{"mx1", "no node", func(_ *topology.Topology, n *topology.Node) { n.Mail.DeliverTo = "nowhere" }},
		{"mx1", "unknown server", func(_ *topology.Topology, n *topology.Node) { n.Server = "sendmail" }},
		{"mx1", "needs an image", func(_ *topology.Topology, n *topology.Node) { n.Server = "custom" }},
		{"mx1", "one line", func(_ *topology.Topology, n *topology.Node) {
			n.Settings = map[string]string{"biff": "no\nmynetworks = 0.0.0.0/0"}
		}},
		{"relay1", "domains of its own", func(_ *topology.Topology, n *topology.Node) { n.Mail.RelayDomains = []string{"x.test"} }},
		{"msa1", "twice", func(_ *topology.Topology, n *topology.Node) { n.Services[topology.Submissions] = 587 }},
		{"msa1", "knows the users", func(top *topology.Topology, n *topology.Node) {
			for i := range top.Nodes {
				top.Nodes[i].Server = "postfix"
			}
		}},
		{"store1", "of its own", func(top *topology.Topology, _ *topology.Node) { top.Accounts[1].Password = "other" }},
		{"store1", "cannot be written", func(top *topology.Topology, _ *topology.Node) {
			top.Accounts = []topology.Account{{Password: "a b"}}
		}},
		{"lb1", "nothing to balance", func(top *topology.Topology, _ *topology.Node) { top.Links = nil }},
		{"mx3", "takes none", func(_ *topology.Topology, n *topology.Node) { n.Settings = map[string]string{"x": "y"} }},
		{"mx3", "no node", func(_ *topology.Topology, n *topology.Node) { n.Mail.DeliverTo = "nowhere" }},
		{"mx3", "from users", func(_ *topology.Topology, n *topology.Node) { n.Mail.Auth = true }},
		{"filter1", "takes none", func(_ *topology.Topology, n *topology.Node) { n.Settings = map[string]string{"x": "y"} }},
		{"lb1", `takes no "x"`, func(_ *topology.Topology, n *topology.Node) { n.Settings = map[string]string{"x": "y"} }},
		{"lb1", "one word", setting("inter", "1s fall 9")},
		{"lb1", "greeting, port, none", setting("check", "yes")},
		{"monitor1", `takes no "x"`, setting("x", "y")},
		{"monitor1", "nothing to watch", func(top *topology.Topology, _ *topology.Node) { top.Links = nil }},
		{"monitor1", "need a smarthost", func(top *topology.Topology, n *topology.Node) {
			top.Links, n.Settings = top.Links[5:6], map[string]string{"receiver": "email"}
		}},
		{"store1", "only postfix has exporters", func(top *topology.Topology, n *topology.Node) {
			top.Links = append(top.Links, topology.Link{From: "monitor1", To: "store1", Service: topology.NodeMetrics})
		}},
		{"lb1", "has no port", func(top *topology.Topology, _ *topology.Node) { top.Links[0].Service = "gopher" }},
	} {
		if _, err := render(t, try.node, try.change); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: %v, want %q", try.node, err, try.want)
		}
	}
}

func TestCustom(t *testing.T) {
	c, err := Render(shapes(), topology.Node{
		Name: "x", Server: "custom", Image: "own:1", Command: []string{"run"}, Files: map[string]string{"/etc/x": "y"},
		Health: topology.Health{Service: topology.SMTP, Expect: "220"},
	}, nil)
	if err != nil || c.ImageKind != "" || c.Image != "own:1" || len(c.Files) != 1 || c.Health.Expect != "220" {
		t.Errorf("container = %+v, %v", c, err)
	}
}

// Postfix refuses to serve where no restriction of relaying may refuse
// (SMTPD_ACCESS_README): "permit" alone is not enough.
func TestSubmissionWithoutUsersServes(t *testing.T) {
	c := mustRender(t, "msa1", func(_ *topology.Topology, n *topology.Node) { n.Mail.Auth = false })
	if text := string(c.Files[masterFile].Content); !strings.Contains(text, "smtpd_relay_restrictions=permit,reject\n") {
		t.Errorf("master.cf:\n%s", text)
	}
}

// A server's certificate is good for whoever trusts the authority that all
// servers know, and for the server's own name only.
func TestCertificatesCanBeVerified(t *testing.T) {
	c := mustRender(t, "msa1", nil)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(mustRender(t, "mx1", nil).Files[AuthorityFile].Content) {
		t.Fatal("mx1 knows no authority")
	}
	var leaf *x509.Certificate
	for block, rest := pem.Decode(c.Files[keyFile].Content); block != nil && leaf == nil; block, rest = pem.Decode(rest) {
		leaf, _ = x509.ParseCertificate(block.Bytes)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "msa1.drill.test"}); err != nil {
		t.Error(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "mx1.drill.test"}); err == nil {
		t.Error("the certificate is good for another host")
	}
}

// IMAP over TLS comes with a certificate; without it Dovecot has no TLS.
func TestDovecotHasTLSWhereItIsOffered(t *testing.T) {
	plain := mustRender(t, "store1", nil)
	if _, there := plain.Files[dovecotKeyFile]; there || !strings.Contains(string(plain.Files[dovecotFile].Content), "ssl = no\n") {
		t.Error("a store without imaps has TLS")
	}
	c := mustRender(t, "store1", func(_ *topology.Topology, n *topology.Node) {
		n.Services = map[topology.Service]int{topology.IMAP: 143, topology.IMAPS: 993}
	})
	text := string(c.Files[dovecotFile].Content)
	if key := c.Files[dovecotKeyFile]; key.Mode != 0o600 || len(key.Content) == 0 ||
		!strings.Contains(text, "ssl_key = </etc/dovecot/tls.pem\n") || !strings.Contains(text, "port = 993\n") {
		t.Errorf("dovecot.conf:\n%s", text)
	}
}
