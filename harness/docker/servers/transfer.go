package servers

import (
	"fmt"

	"maildrill/harness/topology"
)

// transfer is what the configurations of Exim, OpenSMTPD and chasquid are filled with.
type transfer struct {
	Host          string
	IPv6, Drill   bool
	Domains       []string // delivered to Store
	Store         string
	StorePort     int
	RelayDomains  []string // passed on by MX lookup
	RelayAnything bool
	Mailboxes     string
	SMTP          int // port
	Log           string
}

// transferOf is for a server that knows no users, so that it takes no mail from
// any. file is its configuration, which settings cannot change.
func transferOf(t topology.Topology, n topology.Node, file string) (transfer, error) {
	if n.Has(topology.Submission) || n.Mail.Auth {
		return transfer{}, fmt.Errorf("%s takes no mail from users here; postfix does", n.Server)
	}
	if len(n.Settings) > 0 {
		return transfer{}, fmt.Errorf("settings: %s takes none; give %s in files", n.Server, file)
	}
	data := transfer{
		Host: n.Host, IPv6: t.IPv6, Drill: t.Clock == topology.Drill, Domains: n.Mail.Domains,
		RelayDomains: n.Mail.RelayDomains, RelayAnything: n.Mail.RelayAnything, SMTP: port(n, topology.SMTP),
	}
	var err error
	if len(data.Domains) > 0 {
		data.Store, data.StorePort, err = hop(t, n)
	}
	return data, err
}
