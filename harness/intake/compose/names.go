package compose

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/intake"
	"maildrill/scenarios"
)

// single is a name that a zone of its own can stand for.
var single = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// names has the drill's DNS answer for what services call each other, and for the
// mail domain.
func (p *project) names(domain string) {
	for _, s := range p.services {
		for _, name := range s.aliases() {
			p.address(s, name, domain)
		}
	}
	zones := p.result.Topology.Zones
	preference := 10
	entries := p.with("mx")
	if fronts := slices.DeleteFunc(p.with("balancer"), func(s *service) bool { return s.node.Services["smtp"] == 0 }); len(fronts) > 0 {
		entries = fronts
	}
	for _, s := range entries {
		host := cmp.Or(s.node.Host, s.node.Name+"."+domain)
		zones[domain] = append(zones[domain], scenarios.Record{Type: "MX", Value: fmt.Sprintf("%d %s.", preference, host)})
		p.result.Changes = append(p.result.Changes, intake.Change{Node: s.node.Name, What: "MX records", Now: fmt.Sprintf("%d %s", preference, host),
			Means: "real DNS was not asked: the order and the TTL of your MX records may differ; they are under `zones`"})
		preference += 10
	}
}

// aliases are what other services may call this one.
func (s *service) aliases() []string {
	all := []string{strings.ToLower(s.config.Name), strings.ToLower(s.config.ContainerName), strings.ToLower(s.config.Hostname), s.node.Host}
	for _, name := range sortedKeys(s.config.Networks) {
		if n := s.config.Networks[name]; n != nil {
			for _, a := range n.Aliases {
				all = append(all, strings.ToLower(a))
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(a string) bool { return a == "" })
}

// address gives a name the addresses of a node.
func (p *project) address(s *service, name, domain string) {
	zones := p.result.Topology.Zones
	label, parent, dotted := strings.Cut(name, ".")
	switch {
	case dotted && (name == s.node.Host && strings.HasSuffix(name, "."+domain)):
		// The node's own host: it is answered for in any case.
	case dotted:
		zones[parent] = appendOnce(zones[parent], scenarios.Record{Name: label, Type: "A", Node: s.node.Name})
	case single.MatchString(name):
		zones[name] = appendOnce(zones[name], scenarios.Record{Type: "A", Node: s.node.Name})
	default:
		s.changed("the name "+name, "", "it is no host name: nothing answers for it")
		p.result.Changes = append(p.result.Changes, s.changes[len(s.changes)-1])
	}
}

// appendOnce keeps the first node of a name.
func appendOnce(records []scenarios.Record, r scenarios.Record) []scenarios.Record {
	if slices.ContainsFunc(records, func(o scenarios.Record) bool { return o.Name == r.Name && o.Type == r.Type }) {
		return records
	}
	return append(records, r)
}

// links names the ways that faults can be put on: of mail, and to what services
// depend on.
func (p *project) links() {
	for _, s := range p.services {
		p.link(s.node.Name, s.node.Mail.DeliverTo, p.handOver(s.node.Mail.DeliverTo))
		if slices.Contains(s.node.Roles, "balancer") {
			p.behind(s)
		}
		for _, name := range sortedKeys(s.config.DependsOn) {
			for _, o := range p.services {
				if o.config.Name == name && o.kind.port != 0 {
					p.link(s.node.Name, o.node.Name, strconv.Itoa(o.kind.port))
				}
			}
		}
	}
}

// handOver is the service by which a store takes mail; "": any.
func (p *project) handOver(store string) string {
	for _, s := range p.services {
		if s.node.Name == store && s.node.Services["lmtp"] != 0 {
			return "lmtp"
		}
	}
	return ""
}

// behind are the ways from a proxy to what it stands before.
func (p *project) behind(front *service) {
	for role, service := range map[string]string{"mx": "smtp", "store": "imap"} {
		for _, o := range p.with(role) {
			if front.node.Services[service] != 0 {
				p.link(front.node.Name, o.node.Name, service)
			}
		}
	}
}

func (p *project) link(from, to, service string) {
	links := &p.result.Topology.Links
	name := from + "-" + to
	if from == to || to == "" || slices.ContainsFunc(*links, func(l scenarios.Link) bool { return l.Name == name }) || p.hasNode(name) {
		return
	}
	*links = append(*links, scenarios.Link{Name: name, From: from, To: to, Service: service})
}

// hasNode tells whether a node has the name.
func (p *project) hasNode(name string) bool {
	return slices.ContainsFunc(p.services, func(s *service) bool { return s.node.Name == name })
}

// wholeChanges are those of the project, not of one service.
func (p *project) wholeChanges() {
	add := func(c intake.Change) { p.result.Changes = append(p.result.Changes, c) }
	if len(p.hidden) > 0 {
		add(intake.Change{Node: "secrets", What: strings.Join(sortedKeys(p.hidden), ", "), Now: "stand-ins", Means: "no secret is copied; the same one has the same stand-in in all services and files"})
	}
	if len(p.Networks) > 1 {
		add(intake.Change{Node: "networks", What: strings.Join(sortedKeys(p.Networks), ", "), Now: "one network that leads nowhere", Means: "every service reaches every other one"})
	}
	if own := p.resolvers(); len(own) > 0 {
		add(intake.Change{Node: "DNS", What: "dns = " + strings.Join(own, ", "), Now: "the drill's own name server", Means: "what happens without your resolver is seen with the faults of DNS, not by killing it"})
	}
	add(intake.Change{Node: "DNS", What: "the engine's resolver", Now: "the drill's own name server", Means: "the name of a service that is down goes on to have its address; the engine's resolver would say that there is no such host, and a mail server sends mail back for that"})
	if p.clone {
		add(intake.Change{Node: "volumes", What: "their content", Now: "a copy, made at each start", Means: "real mail is in the drill's volumes for as long as it runs; a copy of what is being written is as after a crash. Passwords in it are real, those in variables and files are stand-ins: what must be the same in both is not"})
	} else {
		add(intake.Change{Node: "volumes", What: "their content", Now: "nothing", Means: "mail, accounts and databases begin empty; what your images need in them they must make (--clone-volumes copies)"})
	}
	if len(p.result.Topology.Nodes) > 0 && !slices.ContainsFunc(p.result.Topology.Nodes, func(n scenarios.Node) bool { return n.Accounts != "" }) {
		add(intake.Change{Node: "accounts", What: "who has a mailbox", Means: "nothing is known that makes accounts: give a script with --accounts SERVICE=FILE, or the label " + labelAccounts})
	}
}

// resolvers are those that services name for themselves.
func (p *project) resolvers() (own []string) {
	for _, s := range p.services {
		own = append(own, s.config.DNS...)
	}
	slices.Sort(own)
	return slices.Compact(own)
}
