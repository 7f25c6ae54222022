package docker_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestAMonitorTellsOfADeadMX: the programs take what is rendered for them, the
// exporter beside Postfix counts its queue, and an alert comes and is taken back.
func TestAMonitorTellsOfADeadMX(t *testing.T) {
	top := runtimetest.Topology()
	top.Nodes = append(top.Nodes, topology.Node{Name: "monitor1", Host: "monitor1.drill.test", Server: "monitor",
		Services: map[topology.Service]int{topology.Prometheus: 9090}, Health: topology.Health{Service: topology.Prometheus}})
	for _, s := range []topology.Service{topology.SMTP, topology.PostfixMetrics, topology.NodeMetrics} {
		top.Links = append(top.Links, topology.Link{Name: "monitor1-" + string(s), From: "monitor1", To: "mx1", Service: s})
	}
	s := up(t, needEngine(t), top, topology.Options{})
	monitor, mx1 := instance(t, s, "monitor1").(topology.Execer), instance(t, s, "mx1")
	for _, check := range [][]string{{"promtool", "check", "config", "/etc/prometheus/prometheus.yml"}, {"amtool", "check-config", "/etc/prometheus/alertmanager.yml"}} {
		if out, err := monitor.Exec(t.Context(), check); err != nil || out.Code != 0 {
			t.Errorf("%v: %v\n%s%s", check, err, out.Stdout, out.Stderr)
		}
	}
	eventuallyTrue(t, "the exporter counts the queue", func() bool {
		out, err := monitor.Exec(t.Context(), []string{"promtool", "query", "instant", "http://127.0.0.1:9090", `postfix_up{node="mx1"} == 1 and on(node) up{exporter="node"} == 1`})
		return err == nil && strings.Contains(string(out.Stdout), "postfix_up")
	})
	posted := received(t, s)
	must(t, mx1.Kill(t.Context(), false))
	eventuallyTrue(t, "an alert fires", func() bool { return posted(`"status":"firing"`, "MailDown") })
	must(t, mx1.Start(t.Context()))
	eventuallyTrue(t, "it is taken back", func() bool { return posted(`"status":"resolved"`, "MailDown") })
}

// received tells whether a text with all words was posted to the outside node.
func received(t *testing.T, s topology.System) func(words ...string) bool {
	t.Helper()
	listener, err := s.Listen(t.Context(), topology.HTTP)
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	var bodies []string
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			bodies = append(bodies, string(body))
		}))
	}()
	return func(words ...string) bool {
		mu.Lock()
		defer mu.Unlock()
		for _, b := range bodies {
			all := true
			for _, w := range words {
				all = all && strings.Contains(b, w)
			}
			if all {
				return true
			}
		}
		return false
	}
}
