package docker_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestABalancerTellsOfTheNodesBehindIt: HAProxy calls a dead MX dead and a fresh
// one alive, and hands connections on with the client's address.
func TestABalancerTellsOfTheNodesBehindIt(t *testing.T) {
	top := runtimetest.Topology()
	top.Nodes = append(top.Nodes, topology.Node{Name: "lb1", Host: "lb1.drill.test", Server: "haproxy",
		Roles: []topology.Role{topology.Balancer}, Services: map[topology.Service]int{topology.SMTP: 25}})
	top.Links = append(top.Links, topology.Link{Name: "lb1-mx1", From: "lb1", To: "mx1", Service: topology.SMTP})
	s := up(t, needEngine(t), top, topology.Options{})
	lb1, mx1 := instance(t, s, "lb1").(topology.HealthTeller), instance(t, s, "mx1")

	says(t, lb1, true, "UP")
	client := s.Environment()["address.outside"]
	before := connections(t, mx1, client)
	if got, err := greeting(t, s, "lb1"); err != nil || !strings.HasPrefix(got, "220 mx1.") {
		t.Errorf("through the balancer: %q, %v", got, err)
	}
	eventuallyTrue(t, "mx1 is told of the client "+client, func() bool { return connections(t, mx1, client) > before })
	must(t, mx1.Kill(t.Context(), false))
	says(t, lb1, false, "DOWN")
	must(t, mx1.Start(t.Context()))
	says(t, lb1, true, "UP")
	if said, err := mx1.(topology.HealthTeller).Health(t.Context()); err != nil || len(said) > 0 {
		t.Errorf("mx1, which has no check of its own, says %+v, %v", said, err)
	}
}

// says waits until the balancer says that of mx1.
func says(t *testing.T, lb topology.HealthTeller, healthy bool, word string) {
	t.Helper()
	eventuallyTrue(t, "the balancer calls mx1 "+word, func() bool {
		said, err := lb.Health(t.Context())
		return err == nil && len(said) == 1 && said[0].Healthy == healthy && said[0].Node == "mx1" &&
			said[0].By == "lb1/smtp" && strings.HasPrefix(said[0].Detail, word+" ")
	})
}

// connections counts those that a server has logged as the client's.
func connections(t *testing.T, server topology.Logger, client string) int {
	t.Helper()
	stream, err := server.Logs(t.Context())
	must(t, err)
	defer stream.Close()
	log, err := io.ReadAll(stream)
	must(t, err)
	return strings.Count(string(log), ": connect from unknown["+client+"]")
}

func eventuallyTrue(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !is(); <-time.After(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("not within 20 s: " + what)
		}
	}
}
