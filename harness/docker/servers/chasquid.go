package servers

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// Files of chasquid.
const (
	chasquidDir  = "/etc/chasquid"
	chasquidFile = chasquidDir + "/chasquid.conf"
)

// addChasquid makes an MX of chasquid (chasquid.conf(5)). When it tries again is built
// in: one to two minutes after the message has come, then after five.
func addChasquid(c *Container, t topology.Topology, n topology.Node) error {
	data, err := transferOf(t, n, chasquidFile)
	if err != nil {
		return err
	}
	if len(data.Domains) == 0 || len(data.RelayDomains) > 0 || data.RelayAnything {
		return fmt.Errorf("mail: chasquid delivers domains here and passes none on; postfix does")
	}
	text, err := fill("chasquid.conf", data)
	if err != nil {
		return err
	}
	c.Files[chasquidFile] = File{Content: []byte(text)}
	for _, domain := range data.Domains {
		c.Files[chasquidDir+"/domains/"+domain+"/users"] = File{Content: []byte(chasquidUsers(t, domain))}
	}
	// It does not start without a certificate.
	pair, err := certificate(n.Host, firstValid)
	for _, file := range []string{"fullchain.pem", "privkey.pem"} { // each has both, and takes what it is called after
		c.Files[chasquidDir+"/certs/"+n.Host+"/"+file] = File{Content: pair, Mode: 0o600}
	}
	return err
}

// chasquidUsers are who gets mail in a domain, in the text format of protocol
// buffers. None has a password.
func chasquidUsers(t topology.Topology, domain string) string {
	var text strings.Builder
	for _, a := range t.Accounts {
		if user, ours := strings.CutSuffix(a.Address, "@"+domain); ours {
			fmt.Fprintf(&text, "users: { key: %q value: {} }\n", user)
		}
	}
	return text.String()
}
