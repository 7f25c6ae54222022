package servers

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// Files of a monitor: Prometheus, the Blackbox exporter that asks services for
// it, and Alertmanager, which tells people.
const (
	prometheusFile   = "/etc/prometheus/prometheus.yml"
	rulesFile        = "/etc/prometheus/rules.yml"
	alertmanagerFile = "/etc/prometheus/alertmanager.yml"
	blackboxFile     = "/etc/prometheus/blackbox.yml"
	monitorFile      = "/opt/monitor.sh"
)

// monitorKnobs are named as in the documentation of Prometheus and Alertmanager,
// as far as they have a name there. The production values are the programs'
// defaults; `for` has none, and two minutes are common.
var monitorKnobs = []knob{
	{Name: "scrape_interval", Drill: "2s", Production: "1m"},
	{Name: "scrape_timeout", Drill: "2s", Production: "10s"}, // of which a probe gets all but half a second
	{Name: "evaluation_interval", Drill: "1s", Production: "1m"},
	{Name: "for", Drill: "4s", Production: "2m"},
	{Name: "group_wait", Drill: "1s", Production: "30s"},
	{Name: "group_interval", Drill: "2s", Production: "5m"},
	{Name: "probe", Drill: "greeting", Production: "greeting", Choices: []string{"greeting", "port"}},
	{Name: "receiver", Drill: "webhook", Production: "webhook", Choices: []string{"webhook", "email"}},
	{Name: "email_to"},  // empty: the first mailbox of the drill
	{Name: "smarthost"}, // empty: the first server that is asked for SMTP
	{Name: "queue_messages", Drill: "20", Production: "100"},
	{Name: "disk_free_percent", Drill: "20", Production: "20"},
	{Name: "certificate_days", Drill: "14", Production: "14"},
}

// probed are the ways in which the Blackbox exporter asks services, by module
// of blackbox.yml. Services that are not here are only connected to.
var probed = map[topology.Service]string{
	topology.SMTP: "smtp", topology.LMTP: "smtp", topology.MSA: "starttls", topology.Submissions: "smtps",
	topology.IMAP: "imap", topology.IMAPS: "imaps", topology.POP3: "pop3",
}

// scraped are the exporters, by the service of a link that leads to one.
var scraped = map[topology.Service]string{topology.PostfixMetrics: "postfix", topology.NodeMetrics: "node"}

// watch is one thing that a monitor looks at.
type watch struct{ Job, Module, Node, Target string }

// monitor is what its templates are filled with.
type monitor struct {
	Knobs           map[string]string
	Host            string
	Probes, Scrapes []watch
	Disks           string // mount points of volumes that have a disk of their own, as a regular expression
	Webhook         string
	Ports           []string // "host/port" of all that is watched
}

// addMonitor watches what the links that leave the node lead to: mail services
// from the outside, exporters for what cannot be seen from there.
func addMonitor(c *Container, t topology.Topology, n topology.Node) error {
	m, err := monitorOf(t, n)
	if err != nil {
		return err
	}
	for file, name := range map[string]string{
		prometheusFile: "prometheus.yml", rulesFile: "rules.yml", alertmanagerFile: "alertmanager.yml",
		blackboxFile: "blackbox.yml", monitorFile: "monitor.sh",
	} {
		text, err := fill(name, m)
		if err != nil {
			return err
		}
		c.Files[file] = File{Content: []byte(text)}
	}
	return nil
}

func monitorOf(t topology.Topology, n topology.Node) (m monitor, err error) {
	m.Host = n.Host
	if m.Knobs, err = turned(monitorKnobs, t, n); err != nil {
		return m, err
	}
	for _, l := range t.Links {
		if l.From != n.Name {
			continue
		}
		to, ok := t.Node(l.To)
		if !ok || portNumber(to, l.Service) == 0 {
			return m, fmt.Errorf("link %s: no node %q with a port for %s", l.Name, l.To, l.Service)
		}
		m.look(to, l.Service)
	}
	if len(m.Ports) == 0 {
		return m, fmt.Errorf("no link leaves it, so there is nothing to watch")
	}
	return m, m.tell(t)
}

// look adds one service of a node to what is watched.
func (m *monitor) look(to topology.Node, s topology.Service) {
	w := watch{Node: to.Name, Target: fmt.Sprintf("%s:%d", to.Host, portNumber(to, s))}
	m.Ports = append(m.Ports, strings.Replace(w.Target, ":", "/", 1))
	if exporter, ok := scraped[s]; ok {
		w.Job = exporter
		m.Scrapes = append(m.Scrapes, w)
		if s == topology.NodeMetrics {
			m.addDisks(to)
		}
		return
	}
	w.Job, w.Module = string(s), probed[s]
	if w.Module == "" || m.Knobs["probe"] == "port" {
		w.Module = "port"
	}
	m.Probes = append(m.Probes, w)
}

// addDisks leaves out volumes without a size: they are part of the disk of the
// engine's host.
func (m *monitor) addDisks(n topology.Node) {
	for _, v := range n.Volumes {
		if v.Size > 0 && m.Disks != "" {
			m.Disks += "|"
		}
		if v.Size > 0 {
			m.Disks += v.Path
		}
	}
}

// tell decides where alerts go.
func (m *monitor) tell(t topology.Topology) error {
	if outside := t.WithRole(topology.Outside); len(outside) > 0 {
		m.Webhook = fmt.Sprintf("http://%s:%d/", outside[0].Host, port(outside[0], topology.HTTP))
	}
	if m.Knobs["email_to"] == "" && len(t.Accounts) > 0 {
		m.Knobs["email_to"] = t.Accounts[0].Address
	}
	for _, w := range m.Probes {
		if m.Knobs["smarthost"] == "" && w.Job == string(topology.SMTP) {
			m.Knobs["smarthost"] = w.Target
		}
	}
	if m.Knobs["receiver"] == "email" && (m.Knobs["smarthost"] == "" || m.Knobs["email_to"] == "") {
		return fmt.Errorf("settings: alerts by email need a smarthost and email_to")
	}
	return nil
}

// watchedBy tells whether a monitor reads metrics of the node.
func watchedBy(t topology.Topology, n topology.Node, s topology.Service) bool {
	return slices.ContainsFunc(t.Links, func(l topology.Link) bool {
		from, ok := t.Node(l.From)
		return ok && from.Server == "monitor" && l.To == n.Name && l.Service == s
	})
}
