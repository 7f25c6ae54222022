package compose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"maildrill/harness/intake"
	"maildrill/scenarios"
)

// project is a Compose project on its way into a topology.
type project struct {
	*types.Project
	file     string
	secrets  *standIns
	hidden   map[string]bool // variables with a stand-in
	clone    bool            // volumes begin with a copy
	services []*service
	result   intake.Result
}

// Translate makes a topology of a Compose file. Its errors say what is to be told with
// [Options], or by labels in the file.
func Translate(ctx context.Context, file string, o Options) (intake.Result, error) {
	read, warned, err := load(ctx, file, o.Profiles)
	if err != nil {
		return intake.Result{}, err
	}
	p := newProject(read, file, o)
	p.result.Mistakes = warned
	if err := p.told(o); err != nil {
		return intake.Result{}, err
	}
	p.take(o)
	if err := p.complete(o); err != nil {
		return intake.Result{}, err
	}
	return p.result, nil
}

func newProject(read *types.Project, file string, o Options) *project {
	return &project{Project: read, file: file, secrets: findSecrets(read), hidden: map[string]bool{}, clone: o.CloneVolumes}
}

// told refuses what is said of services that there are not.
func (p *project) told(o Options) error {
	for _, name := range append(sortedKeys(o.Roles), sortedKeys(o.Accounts)...) {
		if _, ok := p.Services[name]; !ok {
			return fmt.Errorf("%s has no service %q; it has %s", p.file, name, strings.Join(p.ServiceNames(), ", "))
		}
	}
	for _, name := range p.ServiceNames() {
		for _, role := range toldRoles(p.Services[name], o.Roles[name]) {
			if !slices.Contains(roles, role) {
				return fmt.Errorf("service %s cannot be %q: it is any of %s", name, role, strings.Join(roles, ", "))
			}
		}
	}
	return nil
}

// roles are those that somebody can say a service has.
var roles = []string{"mx", "submission", "store", "relay", "balancer", "other"}

// take makes a node of each service that fits.
func (p *project) take(o Options) {
	for _, name := range p.ServiceNames() {
		config := p.Services[name]
		s := &service{project: p, config: config, kind: kindOf(config)}
		s.node.Name = p.unused(label(name))
		if why := unfit(config); why != "" {
			s.changed("the service", "", "it is left out: "+why)
			p.result.Changes = append(p.result.Changes, s.changes...)
			continue
		}
		s.translate(o)
		p.services = append(p.services, s)
	}
	for _, name := range sortedKeys(p.DisabledServices) {
		p.result.Changes = append(p.result.Changes, intake.Change{Node: name, What: "the service", Means: "none of its profiles is active: it is left out (--profile)"})
	}
}

// unused keeps the names of nodes apart, and from those that every drill has.
func (p *project) unused(name string) string {
	taken := func(n string) bool {
		return n == "dns1" || n == "outside" || slices.ContainsFunc(p.services, func(s *service) bool { return s.node.Name == n })
	}
	for n, try := 1, name; ; n++ {
		if !taken(try) {
			return try
		}
		try = fmt.Sprintf("%s-%d", name, n+1)
	}
}

// shared tells whether more than one service mounts the source.
func (p *project) shared(source string) bool {
	count := 0
	for _, s := range p.Services {
		if source != "" && unfit(s) == "" && slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Source == source }) {
			count++
		}
	}
	return count > 1
}

// with are the services that have a role, in the order of their names.
func (p *project) with(role string) (all []*service) {
	for _, s := range p.services {
		if slices.Contains(s.node.Roles, role) {
			all = append(all, s)
		}
	}
	return all
}

// complete joins the nodes to a whole.
func (p *project) complete(o Options) error {
	if len(p.with("mx")) == 0 {
		return fmt.Errorf("no service of %s is known to take mail: say which with the label %s, or with --role SERVICE=mx; its services are %s", p.file, labelRole, strings.Join(p.ServiceNames(), ", "))
	}
	if len(p.with("store")) == 0 {
		return fmt.Errorf("no service of %s is known to keep mailboxes: say which with the label %s, or with --role SERVICE=store; its services are %s", p.file, labelRole, strings.Join(p.ServiceNames(), ", "))
	}
	domain := o.Domain
	if domain == "" {
		domain = p.mailDomain()
	}
	if domain == "" {
		return fmt.Errorf("%s names no mail domain: say which with --domain", p.file)
	}
	p.result.Topology = scenarios.Topology{APIVersion: scenarios.APIVersion, Kind: "Topology", Domain: domain, RealDomains: true,
		Metadata: scenarios.Metadata{Name: o.Name, Title: "The Compose project of " + p.Name}, Zones: map[string][]scenarios.Record{}}
	p.deliver(domain)
	p.ways()
	for _, s := range p.services {
		p.result.Topology.Nodes = append(p.result.Topology.Nodes, s.node)
		p.result.Changes = append(p.result.Changes, s.changes...)
	}
	p.names(domain)
	p.links()
	p.wholeChanges()
	return nil
}

// mailDomain is the domain of the host that takes mail: of a variable that images
// have for it, else of the host's name.
func (p *project) mailDomain() string {
	takers := append(p.with("mx"), p.with("balancer")...)
	for _, key := range []string{"MAIL_DOMAIN", "DOMAIN", "MAILNAME", "DOMAINNAME"} {
		for _, s := range takers {
			if value := strings.ToLower(s.node.Env[key]); strings.Contains(value, ".") {
				return value
			}
		}
	}
	for _, s := range takers {
		if _, parent, _ := strings.Cut(s.node.Host, "."); strings.Contains(parent, ".") {
			return parent
		}
	}
	for _, s := range takers {
		if s.node.Host != "" {
			_, parent, _ := strings.Cut(s.node.Host, ".")
			return parent
		}
	}
	return ""
}

// deliver says which node takes the mail of the domain to its mailboxes.
func (p *project) deliver(domain string) {
	store := p.with("store")[0].node.Name
	for _, s := range p.with("mx") {
		s.node.Mail.Domains, s.node.Mail.DeliverTo = []string{domain}, store
		if slices.Contains(s.node.Roles, "store") {
			s.node.Mail.DeliverTo = s.node.Name
		}
	}
	for _, s := range p.with("store") {
		if port := p.lmtpPort(s); port != 0 {
			s.node.Services["lmtp"] = port
		}
	}
	for _, s := range p.with("submission") {
		s.node.Mail.Auth = true
	}
}

// ways sends users through the proxy, where there is one.
func (p *project) ways() {
	for _, s := range p.with("balancer") {
		if s.node.Services["imap"] != 0 {
			p.result.Topology.Access.IMAP = s.node.Name
		}
		if s.node.Services["submission"] != 0 {
			p.result.Topology.Access.Submission = s.node.Name
		}
	}
}

// lmtpPort is where a store takes mail, as its label or a variable of who hands mail
// over says: imap:2525. 0: nothing says it.
func (p *project) lmtpPort(store *service) int {
	if port := number(store.config.Labels[labelLMTP]); port != 0 {
		return port
	}
	for _, s := range p.with("mx") {
		for _, key := range sortedKeys(s.node.Env) {
			host, port, ok := strings.Cut(s.node.Env[key], ":")
			if ok && strings.Contains(key, "LMTP") && slices.Contains(store.aliases(), host) {
				return number(port)
			}
		}
	}
	return 0
}
