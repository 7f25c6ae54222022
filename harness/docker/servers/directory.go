package servers

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// Files of a directory (slapd(8)) and what it is filled with (slapadd(8)).
const (
	slapdFile    = "/etc/ldap/slapd.conf"
	accountsFile = "/etc/ldap/accounts.ldif"
)

// directoryFiles is how many files a slapd may have open: it keeps a table of as many
// descriptors as it may have, which are very many in a container.
const directoryFiles = 4096

// directoryCommand fills the directory anew at each start and serves it.
func directoryCommand(n topology.Node) string {
	return "rm -f /var/lib/ldap/*.mdb && slapadd -q -f " + slapdFile + " -l " + accountsFile +
		" && chown -R openldap: /var/lib/ldap" +
		fmt.Sprintf(" && exec slapd -d none -h ldap://:%d/ -u openldap -g openldap -f %s", port(n, topology.LDAP), slapdFile)
}

// addDirectory makes a directory of all accounts, each found by its mail
// attribute, below the name of the mail domain (RFC 2247).
func addDirectory(c *Container, t topology.Topology) error {
	label, _, _ := strings.Cut(t.MailDomain, ".")
	data := map[string]any{
		"Domain": t.MailDomain, "Label": label, "Accounts": t.Accounts,
		"Suffix": "dc=" + strings.ReplaceAll(t.MailDomain, ".", ",dc="),
	}
	for file, name := range map[string]string{slapdFile: "slapd.conf", accountsFile: "accounts.ldif"} {
		text, err := fill(name, data)
		if err != nil {
			return err
		}
		c.Files[file] = File{Content: []byte(text)}
	}
	return nil
}

// filterCommand runs OpenDKIM, which verifies signatures (opendkim(8)).
func filterCommand(n topology.Node) []string {
	return []string{"opendkim", "-f", "-b", "v", "-u", "opendkim", "-p", fmt.Sprintf("inet:%d", port(n, topology.Milter))}
}
