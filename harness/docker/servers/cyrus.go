package servers

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// Files of Cyrus IMAP, as Debian has them.
const (
	imapdFile     = "/etc/imapd.conf"
	cyrusFile     = "/etc/cyrus.conf"
	cyrusStart    = "/etc/cyrus/start.sh"
	cyrusAccounts = "/etc/cyrus/accounts" // for who makes the users
	cyrusUsers    = "/etc/cyrus/users"    // of our own: the package has made an empty one
)

// cyrus is what its templates are filled with.
type cyrus struct {
	Host, Proto, Password string
	Users, Accounts       string
	IMAP, LMTP, POP3      int // ports; POP3 0: not offered
}

// addCyrus makes a store of Cyrus IMAP (imapd.conf(5), cyrus.conf(5)).
func addCyrus(c *Container, t topology.Topology, n topology.Node) error {
	if len(n.Settings) > 0 {
		return fmt.Errorf("settings: cyrus takes none; give %s in files", imapdFile)
	}
	if offers(n, topology.IMAPS) {
		return fmt.Errorf("services: cyrus offers no imaps here; dovecot does")
	}
	data := cyrus{Host: n.Host, Proto: "tcp4", Users: cyrusUsers, Accounts: cyrusAccounts, IMAP: port(n, topology.IMAP), LMTP: port(n, topology.LMTP)}
	if t.IPv6 {
		data.Proto = "tcp"
	}
	if offers(n, topology.POP3) {
		data.POP3 = port(n, topology.POP3)
	}
	var err error
	if data.Password, err = password(t); err != nil {
		return err
	}
	if strings.Contains(data.Password, "'") {
		return fmt.Errorf("accounts: the password %q cannot be given to cyrus", data.Password)
	}
	for file, name := range map[string]string{imapdFile: "imapd.conf", cyrusFile: "cyrus.conf", cyrusStart: "cyrus.sh"} {
		text, err := fill(name, data)
		if err != nil {
			return err
		}
		c.Files[file] = File{Content: []byte(text)}
	}
	c.Files[cyrusAccounts] = File{Content: []byte(saslAccounts(t))}
	// As with Dovecot: what a life that was cut short has left here must not be
	// found by the next.
	c.Tmpfs["/run/cyrus"] = "mode=0755"
	return nil
}

// saslAccounts has a line for each user: name and realm.
func saslAccounts(t topology.Topology) string {
	var text strings.Builder
	for _, a := range t.Accounts {
		user, domain, _ := strings.Cut(a.User, "@")
		fmt.Fprintf(&text, "%s %s\n", user, domain)
	}
	return text.String()
}
