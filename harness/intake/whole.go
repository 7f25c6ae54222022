package intake

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/scenarios"
)

// Names of the stand-ins.
const (
	filterName = "filter1"
	smartName  = "smarthost"
)

// mailDomain is the domain that the drill fills if nobody says which: the first one
// that is delivered, else passed on.
func mailDomain(hosts []*host) string {
	for _, h := range hosts {
		if len(h.domains) > 0 {
			return h.domains[0]
		}
	}
	for _, h := range hosts {
		if d := h.node.Mail.RelayDomains; len(d) > 0 {
			return d[0]
		}
	}
	return ""
}

// deliver gives each MX the store that it delivers to.
func deliver(hosts []*host, domain string) error {
	for _, h := range hosts {
		if h.main != nil {
			h.volume("queue", "")
		}
		if len(h.domains) == 0 {
			continue
		}
		if !slices.Contains(h.domains, domain) && !slices.Contains(h.node.Mail.RelayDomains, domain) {
			return fmt.Errorf("%s delivers mail of %s, not of %s: name one of them with --domain", h.node.Name, strings.Join(h.domains, ", "), domain)
		}
		h.node.Mail.Domains = h.domains
		to, err := h.store(hosts)
		if err != nil {
			return err
		}
		h.node.Mail.DeliverTo = to.node.Name
		if h.hop != "" && to != h {
			h.node.Settings["virtual_transport"] = "lmtp:inet:" + h.hop
		}
	}
	return nil
}

// store is the host that final delivery goes to.
func (h *host) store(hosts []*host) (*host, error) {
	name, _, _ := strings.Cut(h.hop, ":")
	name = strings.Trim(name, "[]")
	for _, o := range hosts {
		if o.dovecot != nil && (name == "" && o == h || name != "" && (o.fqdn == name || o.node.Name == name)) {
			return o, nil
		}
	}
	if (name == "127.0.0.1" || name == "localhost") && h.dovecot != nil {
		h.hop = ""
		return h, nil
	}
	if name == "" {
		return nil, fmt.Errorf("%s delivers mail of %s by itself, and has no Dovecot: give its configuration with --dovecot", h.node.Name, strings.Join(h.domains, ", "))
	}
	return nil, fmt.Errorf("%s delivers to %s, which is none of the servers given: add it with --dovecot NAME=DIR", h.node.Name, h.hop)
}

// addStandIns adds a filter, and a smart host, if a server has one.
func (r *Result) addStandIns(hosts []*host) {
	for i, h := range hosts {
		if h.main == nil {
			continue
		}
		node := &r.Topology.Nodes[i]
		if h.main.Value("smtpd_milters") != "" {
			node.Settings["smtpd_milters"] = fmt.Sprintf("inet:%s.%s:8891", filterName, r.Topology.Domain)
			r.add(scenarios.Node{Name: filterName, Server: "filter"})
		}
		relay := h.main.Value("relayhost")
		if relay == "" {
			continue
		}
		name := strings.Trim(strings.SplitN(strings.TrimPrefix(relay, "["), "]", 2)[0], " ")
		name, _, _ = strings.Cut(name, ":")
		node.Settings["relayhost"] = "[" + name + "]"
		h.changed(Change{Where: mainFile, What: "relayhost", Was: relay, Now: "the node " + smartName + ", by port 25 and without a password",
			Means: "the smart host is a stand-in that passes everything on: its limits, its checks and its outages are not your provider's"})
		r.add(scenarios.Node{Name: smartName, Server: "postfix", Roles: []string{"other"}, Host: name, Mail: scenarios.Mail{RelayAnything: true},
			Services: map[string]int{"smtp": 25}, Volumes: []scenarios.Volume{{Name: "queue"}}})
	}
}

// add adds a stand-in once.
func (r *Result) add(n scenarios.Node) {
	if !slices.ContainsFunc(r.Topology.Nodes, func(o scenarios.Node) bool { return o.Name == n.Name }) {
		r.Topology.Nodes = append(r.Topology.Nodes, n)
	}
}

// addZones serves the names that the servers use: their own, and those of block
// lists, which list nobody.
func (r *Result) addZones(hosts []*host) {
	zones := r.Topology.Zones
	for _, n := range r.Topology.Nodes {
		if name, parent, ok := strings.Cut(n.Host, "."); ok && !strings.HasSuffix(n.Host, "."+r.Topology.Domain) {
			zones[parent] = append(zones[parent], scenarios.Record{Name: name, Type: "A", Node: n.Name})
		}
	}
	preference := 10
	for _, deliver := range []bool{true, false} {
		for _, h := range hosts {
			if h.main == nil || h.fqdn == "" || deliver != (len(h.domains) > 0) {
				continue
			}
			for _, d := range slices.Concat(h.domains, h.node.Mail.RelayDomains) {
				zones[d] = append(zones[d], scenarios.Record{Type: "MX", Value: fmt.Sprintf("%d %s.", preference, h.fqdn)})
			}
			if len(h.domains)+len(h.node.Mail.RelayDomains) > 0 {
				h.changed(Change{What: "MX records", Now: fmt.Sprintf("%d %s", preference, h.fqdn), Means: "real DNS was not asked: the order and the TTL of your MX records may differ; they are under `zones`"})
				preference += 10
			}
		}
	}
	for _, h := range hosts {
		for _, s := range h.node.Settings {
			for _, list := range blockLists(s) {
				zones[list] = []scenarios.Record{}
			}
		}
	}
}

// blockLists are the zones that a list of restrictions asks.
func blockLists(restrictions string) (zones []string) {
	words := strings.FieldsFunc(restrictions, func(r rune) bool { return r == ',' || r == ' ' })
	for i, w := range words {
		if i > 0 && (strings.HasSuffix(words[i-1], "rbl_client") || strings.HasPrefix(words[i-1], "reject_rhsbl") || words[i-1] == "permit_dnswl_client") {
			zone, _, _ := strings.Cut(w, "=")
			zones = append(zones, zone)
		}
	}
	return zones
}

// addLinks names the ways that faults can be put on.
func (r *Result) addLinks(hosts []*host) {
	link := func(from, to, service string) {
		if from != to && to != "" {
			r.Topology.Links = append(r.Topology.Links, scenarios.Link{Name: from + "-" + to, From: from, To: to, Service: service})
		}
	}
	for i, h := range hosts {
		n := r.Topology.Nodes[i]
		link(n.Name, n.Mail.DeliverTo, "lmtp")
		if n.Settings["smtpd_milters"] != "" {
			link(n.Name, filterName, "milter")
		}
		if n.Settings["relayhost"] != "" {
			link(n.Name, smartName, "smtp")
		}
		for _, o := range hosts {
			if len(n.Mail.RelayDomains) > 0 && len(h.domains) == 0 && len(o.domains) > 0 {
				link(n.Name, o.node.Name, "smtp")
			}
		}
	}
}
