package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/intake/dovecot"
	"maildrill/harness/intake/postfix"
	"maildrill/scenarios"
)

// Server is one host, as files.
type Server struct {
	// Name is the node's. Empty: the first label of its host name.
	Name string
	// Files are by absolute path, as on the host: "/etc/postfix/main.cf".
	Files map[string][]byte
}

// Change is something that is not as on the host.
type Change struct {
	Node  string `json:"node"`
	Where string `json:"where,omitempty"` // file and line
	What  string `json:"what"`            // the parameter, or the file
	Was   string `json:"was,omitempty"`
	Now   string `json:"now,omitempty"` // "": left out
	Means string `json:"means"`         // for the verdict
}

// Result is what was made of the servers.
type Result struct {
	Topology scenarios.Topology
	Changes  []Change
	// Mistakes are lines that could not be read.
	Mistakes []error
}

// Where the servers keep their configuration.
const (
	mainFile    = "/etc/postfix/main.cf"
	masterFile  = "/etc/postfix/master.cf"
	dovecotRoot = "/etc/dovecot"
)

// host is a server on its way into a topology.
type host struct {
	Server
	main    *postfix.Main
	master  postfix.Master
	dovecot *dovecot.Section
	fqdn    string
	node    scenarios.Node
	changes []Change
	// domains are those of which it delivers mail, hop where it delivers to.
	domains []string
	hop     string
}

// Translate makes a topology of servers. domain is the mail domain that the drill
// fills; empty: the first one that a server delivers for.
func Translate(name, domain string, servers []Server) (Result, error) {
	var r Result
	var hosts []*host
	for _, s := range servers {
		h := &host{Server: s}
		r.Mistakes = append(r.Mistakes, h.read()...)
		if h.main == nil && h.dovecot == nil {
			return r, fmt.Errorf("server %s: there is neither %s nor %s/dovecot.conf", cmp.Or(s.Name, fmt.Sprint(len(hosts)+1)), mainFile, dovecotRoot)
		}
		hosts = append(hosts, h)
	}
	for _, h := range hosts {
		h.identify(hosts)
		h.takePostfix()
		h.takeDovecot()
	}
	if domain == "" {
		domain = mailDomain(hosts)
	}
	if domain == "" {
		return r, fmt.Errorf("no server delivers mail of a domain that its files name: say which with --domain")
	}
	r.Topology = scenarios.Topology{APIVersion: scenarios.APIVersion, Kind: "Topology", Domain: domain, RealDomains: true,
		Metadata: scenarios.Metadata{Name: name, Title: title(hosts)}, Zones: map[string][]scenarios.Record{}}
	if err := deliver(hosts, domain); err != nil {
		return r, err
	}
	for _, h := range hosts {
		r.Topology.Nodes = append(r.Topology.Nodes, h.node)
	}
	r.addStandIns(hosts)
	r.addZones(hosts)
	r.addLinks(hosts)
	for _, h := range hosts {
		r.Changes = append(r.Changes, h.changes...)
	}
	return r, nil
}

// read parses what the host has.
func (h *host) read() (mistakes []error) {
	if src, ok := h.Files[mainFile]; ok {
		main, wrong := postfix.ParseMain(mainFile, src)
		h.main = &main
		for _, w := range wrong {
			mistakes = append(mistakes, w)
		}
	}
	if src, ok := h.Files[masterFile]; ok {
		var wrong []postfix.Mistake
		h.master, wrong = postfix.ParseMaster(masterFile, src)
		for _, w := range wrong {
			mistakes = append(mistakes, w)
		}
	}
	tree := map[string][]byte{}
	for name, text := range h.Files {
		if rest, ok := strings.CutPrefix(name, dovecotRoot+"/"); ok {
			tree[rest] = text
		}
	}
	if _, ok := tree["dovecot.conf"]; !ok {
		return mistakes
	}
	var wrong []dovecot.Mistake
	h.dovecot, wrong = dovecot.Parse(tree, dovecotRoot, "dovecot.conf")
	for _, w := range wrong {
		mistakes = append(mistakes, w)
	}
	return mistakes
}

// identify finds the host's name in DNS, and that of its node.
func (h *host) identify(all []*host) {
	if h.main != nil {
		h.fqdn = h.main.Value("myhostname")
	}
	if h.fqdn == "" && h.dovecot != nil {
		h.fqdn = h.dovecot.Value("hostname")
	}
	h.fqdn = strings.ToLower(strings.TrimSuffix(h.fqdn, "."))
	name := cmp.Or(h.Name, label(h.fqdn))
	if name == "" {
		name = "mail"
	}
	for n, taken := 1, name; ; n++ {
		if !slices.ContainsFunc(all, func(o *host) bool { return o != h && o.node.Name == taken }) {
			h.node = scenarios.Node{Name: taken, Settings: map[string]string{}, Files: map[string]string{}}
			return
		}
		taken = fmt.Sprintf("%s-%d", name, n+1)
	}
}

// label is what a node may be called after its host.
func label(fqdn string) string {
	first, _, _ := strings.Cut(fqdn, ".")
	return strings.Trim(strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, first), "-")
}

// changed keeps that something is not as on the host.
func (h *host) changed(c Change) {
	c.Node = h.node.Name
	h.changes = append(h.changes, c)
}

func title(hosts []*host) string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.node.Name)
	}
	return "Our mail system: " + strings.Join(names, ", ")
}
