package servers

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// Files of Postfix.
const (
	mainFile    = "/etc/postfix/main.cf"
	masterFile  = "/etc/postfix/master.cf"
	mailboxFile = "/etc/postfix/mailboxes" // accounts, as a texthash (DATABASE_README)
	keyFile     = "/etc/postfix/tls.pem"   // private key and certificate
)

// postfix is what the templates main.cf and master.cf are filled with.
type postfix struct {
	Host, Domain  string
	Protocols     string
	Domains       []string // delivered to Transport
	Transport     string
	RelayDomains  []string // passed on by MX lookup
	RelayAnything bool
	Mailboxes     string
	Auth          bool   // submission takes mail from users only
	AuthServer    string // Dovecot's authentication service; "": no AUTH
	Key           string
	Timers        []timer
	Wakeup        string
	// Ports; 0: not offered.
	SMTP, Submission, Submissions int
	// Proxied takes SMTP from a balancer, which tells the client's address first.
	Proxied int
}

func addPostfix(c *Container, t topology.Topology, n topology.Node) error {
	data, err := postfixOf(t, n)
	if err != nil {
		return err
	}
	main, err := fill("main.cf", data)
	if err != nil {
		return err
	}
	own, ofServices := split(settings(n, "postfix"))
	if main, err = override(main, own); err != nil {
		return err
	}
	master, err := fill("master.cf", data)
	if err != nil {
		return err
	}
	if master, err = data.withOptions(master, ofServices); err != nil {
		return err
	}
	c.Files[mainFile] = File{Content: []byte(main)}
	c.Files[masterFile] = File{Content: []byte(master)}
	c.Files[mailboxFile] = File{Content: []byte(mailboxes(t, n))}
	if data.Submission == 0 && data.Submissions == 0 {
		return nil
	}
	return addCertificate(c, n, keyFile)
}

func postfixOf(t topology.Topology, n topology.Node) (postfix, error) {
	p := postfix{
		Host: n.Host, Domain: t.MailDomain, Protocols: "ipv4",
		Domains: n.Mail.Domains, RelayDomains: n.Mail.RelayDomains, RelayAnything: n.Mail.RelayAnything,
		Mailboxes: "texthash:" + mailboxFile, Key: keyFile, Auth: n.Mail.Auth,
		Timers: timers(t.Clock), Wakeup: wakeup(t.Clock),
	}
	if t.IPv6 {
		p.Protocols = "all"
	}
	if p.RelayAnything && len(p.Domains)+len(p.RelayDomains) > 0 {
		return p, fmt.Errorf("mail: a node that relays anything has no domains of its own")
	}
	if err := p.listen(n); err != nil {
		return p, err
	}
	if p.SMTP != 0 && balanced(t, n) {
		p.Proxied = proxied(p.SMTP)
	}
	if len(p.Domains) > 0 {
		var err error
		if p.Transport, err = delivery(t, n); err != nil {
			return p, err
		}
	}
	return p, p.authenticate(t, n)
}

// listen decides which ports are offered. Port 25 is, unless the node does
// nothing but take mail from users.
func (p *postfix) listen(n topology.Node) error {
	submits := n.Has(topology.Submission)
	if !submits || n.Has(topology.MX) || n.Has(topology.Relay) || offers(n, topology.SMTP) {
		p.SMTP = port(n, topology.SMTP)
	}
	if submits || offers(n, topology.MSA) {
		p.Submission = port(n, topology.MSA)
	}
	if offers(n, topology.Submissions) {
		p.Submissions = port(n, topology.Submissions)
	}
	ports := map[int]bool{}
	for _, port := range []int{p.SMTP, p.Submission, p.Submissions} {
		if ports[port] && port != 0 {
			return fmt.Errorf("services: port %d is there twice", port)
		}
		ports[port] = true
	}
	return nil
}

// delivery is the transport to the store: LMTP (RFC 2033) to the host's name,
// which DNS answers for, or to the node itself.
func delivery(t topology.Topology, n topology.Node) (string, error) {
	host, port, err := hop(t, n)
	if n.Mail.DeliverTo == n.Name {
		host = "[" + host + "]"
	}
	return fmt.Sprintf("lmtp:inet:%s:%d", host, port), err
}

// hop is where the node's mail is delivered by LMTP.
func hop(t topology.Topology, n topology.Node) (host string, at int, err error) {
	if n.Mail.DeliverTo == n.Name {
		return "127.0.0.1", port(n, topology.LMTP), nil
	}
	store, ok := t.Node(n.Mail.DeliverTo)
	if !ok {
		return "", 0, fmt.Errorf("mail.deliver_to: no node %q", n.Mail.DeliverTo)
	}
	return store.Host, port(store, topology.LMTP), nil
}

// authenticate finds the Dovecot that knows the users: on this node, on the
// node that mail is delivered to, or on any store.
func (p *postfix) authenticate(t topology.Topology, n topology.Node) error {
	if p.Submission == 0 && p.Submissions == 0 {
		return nil
	}
	if runs(n, "dovecot") {
		p.AuthServer = fmt.Sprintf("inet:127.0.0.1:%d", authPort)
		return nil
	}
	stores := t.WithRole(topology.Store)
	if to, ok := t.Node(n.Mail.DeliverTo); ok {
		stores = append([]topology.Node{to}, stores...)
	}
	i := slices.IndexFunc(stores, func(s topology.Node) bool { return runs(s, "dovecot") })
	if i >= 0 {
		p.AuthServer = fmt.Sprintf("inet:%s:%d", stores[i].Host, authPort)
		return nil
	}
	if p.Auth {
		return fmt.Errorf("mail.auth: no node runs Dovecot, which knows the users")
	}
	return nil
}

// mailboxes is the texthash of all recipients. Its values are not used. Of a
// relay domain in which the drill has no account nothing is known, so every
// address is taken.
func mailboxes(t topology.Topology, n topology.Node) string {
	var text strings.Builder
	for _, a := range t.Accounts {
		fmt.Fprintf(&text, "%s x\n", a.Address)
	}
	for _, domain := range n.Mail.RelayDomains {
		known := slices.ContainsFunc(t.Accounts, func(a topology.Account) bool { return strings.HasSuffix(a.Address, "@"+domain) })
		if !known {
			fmt.Fprintf(&text, "@%s x\n", domain)
		}
	}
	return text.String()
}

// settings are the node's own for one of its two programs. On a node with
// both, those of Dovecot begin with "dovecot.".
func settings(n topology.Node, software string) map[string]string {
	mine := map[string]string{}
	for name, value := range n.Settings {
		to, bare := n.Server, name
		if rest, prefixed := strings.CutPrefix(name, "dovecot."); prefixed {
			to, bare = "dovecot", rest
		} else if to == "postfix+dovecot" {
			to = "postfix"
		}
		if to == software {
			mine[bare] = value
		}
	}
	return mine
}
