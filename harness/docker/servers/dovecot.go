package servers

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// Files of Dovecot.
const (
	dovecotFile    = "/etc/dovecot/dovecot.conf"
	dovecotKeyFile = "/etc/dovecot/tls.pem" // private key and certificate
)

// authPort is where Dovecot answers Postfix's questions about users.
const authPort = 12346

// mailOwner owns all mailboxes; it needs no entry in passwd(5).
const mailOwner = 5000

// dovecotPrelude makes the mailboxes' directory belong to their owner: a new
// volume belongs to root. It also removes the locks that a crash left behind:
// Dovecot honours a dovecot-uidlist.lock for two minutes if the process whose
// number stands in it lives, and in a fresh container that number is soon taken
// again. The volume is this node's own, so that no other Dovecot holds one.
const dovecotPrelude = "mkdir -p /srv/mail && chown 5000:5000 /srv/mail && " +
	"find /srv/mail -name 'dovecot*.lock' -delete && "

// dovecot is what the template dovecot.conf is filled with.
type dovecot struct {
	Host, Domain, Listen, Password string
	Key                            string
	Owner                          int
	IMAP, LMTP, POP3, Auth         int // ports
	IMAPS                          int // 0: not offered, and no TLS at all
}

// dovecotTemplates are the configurations by release of Debian: Dovecot 2.4 has other
// names for half of the settings, and none of the old ones.
var dovecotTemplates = map[string]string{"": "dovecot.conf", "bookworm": "dovecot.conf", "trixie": "dovecot24.conf"}

func addDovecot(c *Container, t topology.Topology, n topology.Node) error {
	data := dovecot{
		Host: n.Host, Domain: t.MailDomain, Listen: "*", Owner: mailOwner, Auth: authPort, Key: dovecotKeyFile,
		IMAP: port(n, topology.IMAP), LMTP: port(n, topology.LMTP), POP3: port(n, topology.POP3),
	}
	if t.IPv6 {
		data.Listen = "*, ::"
	}
	var err error
	if offers(n, topology.IMAPS) {
		data.IMAPS = port(n, topology.IMAPS)
		if err = addCertificate(c, n, dovecotKeyFile); err != nil {
			return err
		}
	}
	if data.Password, err = password(t); err != nil {
		return err
	}
	text, err := fill(dovecotTemplates[n.Release], data)
	if err != nil {
		return err
	}
	if text, err = override(text, settings(n, "dovecot")); err != nil {
		return err
	}
	c.Files[dovecotFile] = File{Content: []byte(text)}
	// Sockets and process ids of a life that was cut short must not be found
	// by the next.
	c.Tmpfs["/run/dovecot"] = "mode=0755"
	return nil
}

// password is the one that all accounts share.
func password(t topology.Topology) (string, error) {
	if len(t.Accounts) == 0 {
		return "drill", nil
	}
	shared := t.Accounts[0].Password
	for _, a := range t.Accounts {
		if a.Password != shared {
			return "", fmt.Errorf("accounts: %s has a password of its own; they all share one", a.Address)
		}
	}
	if shared == "" || strings.ContainsAny(shared, " \t\r\n%#") {
		return "", fmt.Errorf("accounts: the password %q cannot be written into dovecot.conf", shared)
	}
	return shared, nil
}
