package servers

import (
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/harness/topology"
)

func setting(name, value string) func(*topology.Topology, *topology.Node) {
	return func(_ *topology.Topology, n *topology.Node) { n.Settings = map[string]string{name: value} }
}

func TestMonitor(t *testing.T) {
	for _, c := range []struct {
		name       string
		change     func(*topology.Topology, *topology.Node)
		file, want string
		not        bool
	}{
		{"by greeting", nil, prometheusFile, `module: [smtp], target: ["mx9.drill.test:25"]`, false},
		{"by port", setting("probe", "port"), prometheusFile, `module: [smtp]`, true},
		{"its timers", setting("for", "33s"), rulesFile, "for: 33s", false},
		{"production timers", func(top *topology.Topology, _ *topology.Node) { top.Clock = topology.Production }, prometheusFile, "scrape_interval: 1m\n", false},
		{"web hook", nil, alertmanagerFile, `url: "http://outside.drill.test:80/"`, false},
		{"e-mail", setting("receiver", "email"), alertmanagerFile, `to: "u1@drill.test"`, false},
		{"through the MX", setting("receiver", "email"), alertmanagerFile, `smtp_smarthost: "mx9.drill.test:25"`, false},
		{"disks of their own", nil, rulesFile, `mountpoint=~"/var/spool/postfix"`, false},
		{"the host's disk", func(top *topology.Topology, _ *topology.Node) {

			for i := range top.Nodes {
				top.Nodes[i].Volumes = nil
			}
		}, rulesFile, "DiskFilling", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := string(mustRender(t, "monitor1", c.change).Files[c.file].Content)
			if strings.Contains(text, c.want) == c.not {
				t.Errorf("%q: unwanted %v:\n%s", c.want, c.not, text)
			}
		})
	}
}

// Only a Postfix that somebody watches has exporters beside it.
func TestExporters(t *testing.T) {
	if c := mustRender(t, "mx9", nil); c.ImageKind != exporterImage || !strings.Contains(c.Command[2], "postfix-exporter") || !strings.Contains(c.Command[2], "--collector.filesystem") {
		t.Errorf("mx9: %s %v", c.ImageKind, c.Command)
	}
	if c := mustRender(t, "mx1", nil); c.ImageKind != "postfix" || len(c.Command) != 2 {
		t.Errorf("mx1: %s %v", c.ImageKind, c.Command)
	}
}

func TestHAProxyChecks(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*topology.Topology, *topology.Node)
		want, lack string
	}{
		"greeting":   {nil, "option smtpchk EHLO lb1.drill.test", "nothing"},
		"port":       {setting("check", "port"), " check port 25 send-proxy-v2\n", "smtpchk"},
		"none":       {setting("check", "none"), "server mx1 198.18.0.2:10025 send-proxy-v2\n", "check port"},
		"interval":   {setting("inter", "30s"), "inter 30s fall 2 rise 1", "nothing"},
		"production": {func(top *topology.Topology, _ *topology.Node) { top.Clock = topology.Production }, "inter 2s fall 3 rise 2", "nothing"},
	} {
		text := string(mustRender(t, "lb1", c.change).Files[haproxyFile].Content)
		if !strings.Contains(text, c.want) || strings.Contains(text, c.lack) {
			t.Errorf("%s: want %q and not %q:\n%s", name, c.want, c.lack, text)
		}
	}
}

func TestTimersOfNodes(t *testing.T) {
	for _, c := range []struct {
		node   string
		change func(*topology.Topology, *topology.Node)
		want   map[string]string
	}{
		{"lb1", nil, map[string]string{"inter": "1s", "fall": "2", "rise": "1", "timeout connect": "3s", "timeout check": "2s"}},
		{"lb1", func(_ *topology.Topology, n *topology.Node) {
			n.Files = map[string]string{haproxyFile: "defaults\n  timeout connect 9s\n  # inter 1s\n  server mx1 1.2.3.4:25 check inter 7s rise 3\n"}
		}, map[string]string{"inter": "7s", "rise": "3", "timeout connect": "9s"}},
		{"mx1", nil, map[string]string{}},
		{"mx1", setting("maximal_queue_lifetime", "20s"), map[string]string{"maximal_queue_lifetime": "20s"}},
		{"mx1", func(top *topology.Topology, n *topology.Node) {
			top.Clock, n.Settings = topology.Production, map[string]string{"smtp_connect_timeout": "5s"}
		}, map[string]string{"smtp_connect_timeout": "5s"}},
		{"monitor1", setting("scrape_interval", "5s"), map[string]string{"scrape_interval": "5s", "scrape_timeout": "2s", "evaluation_interval": "1s",
			"for": "4s", "group_wait": "1s", "group_interval": "2s"}},
		{"store1", nil, map[string]string{}},
	} {
		if got := mustRender(t, c.node, c.change).Timers; !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.node, got, c.want)
		}
	}
}

func TestTunedNamesNodesAndTTLs(t *testing.T) {
	record := func(name, kind string, ttl time.Duration) topology.Record {
		return topology.Record{Name: name, Type: kind, TTL: ttl}
	}
	top := topology.Topology{Clock: topology.Production, BounceDomain: "bounce.test", Zones: []topology.Zone{
		{Name: "drill.test", Records: []topology.Record{record("@", "MX", 5*time.Second), record("mx1", "A", 5*time.Second), record("imap", "A", time.Hour), record("@", "TXT", time.Minute)}},
		{Name: "bounce.test", Records: []topology.Record{record("@", "MX", time.Minute)}},
	}}
	got := Tuned(top, map[string]Container{"lb1": {Timers: map[string]string{"inter": "1s"}}})
	want := map[string]string{"lb1 inter": "1s", "DNS TTL": "5s", "DNS TTL A imap.drill.test": "1h0m0s"}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
