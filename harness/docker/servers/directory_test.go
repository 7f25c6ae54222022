package servers

import (
	"strings"
	"testing"

	"maildrill/harness/topology"
)

// Every account is found by its mail attribute, below the name of the domain.
func TestDirectoryHoldsTheAccounts(t *testing.T) {
	top := topology.Topology{MailDomain: "mail.drill.test", Accounts: []topology.Account{
		{Address: "u1@mail.drill.test", User: "u1"}, {Address: "u2@mail.drill.test", User: "u2"},
	}}
	n := topology.Node{Name: "dir1", Server: "directory", Services: map[topology.Service]int{topology.LDAP: 3389}}
	c, err := Render(top, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	const suffix = "dc=mail,dc=drill,dc=test"
	ldif := string(c.Files[accountsFile].Content)
	for _, want := range []string{"dn: " + suffix + "\n", "dc: mail\n", "\n\ndn: mail=u1@mail.drill.test," + suffix + "\n", "\n\ndn: mail=u2@mail.drill.test," + suffix + "\n", "mail: u2@mail.drill.test\n"} {
		if !strings.Contains(ldif, want) {
			t.Errorf("%q is missing in:\n%s", want, ldif)
		}
	}
	if conf := string(c.Files[slapdFile].Content); !strings.Contains(conf, `suffix "`+suffix+`"`) {
		t.Errorf("the suffix is missing in:\n%s", conf)
	}
	if !strings.Contains(strings.Join(c.Command, " "), "ldap://:3389/") {
		t.Errorf("command %q", c.Command)
	}
}
