package docker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"maildrill/harness/docker"
	"maildrill/harness/topology"
)

// What one measurement sends: enough for seconds, from enough sessions to keep
// Postfix busy.
const (
	sentMessages = 1500
	sentSessions = 20
	sentSize     = 4096 // bytes
	pairs        = 7
)

// least is the share of its throughput that Postfix must keep with agents
// present: without a fault no proxy and no rule is in the path.
const least = 0.97

// BenchmarkThroughputWithAgents sends mail to the same Postfix container, once
// with its network namespace held by an agent and once with its own, in turns.
// The sender is Postfix's smtp-source in a container beside it, so nothing of
// maildrill is in the way.
//
// The pairs are compared by their median ratio: what disturbs the host
// meanwhile disturbs a few pairs, and mostly both of a pair.
func BenchmarkThroughputWithAgents(b *testing.B) {
	needEngine(b)
	held, own := sink(b, []string{"mx1"}), sink(b, []string{})
	held.send(b) // the first time fills caches, and is not counted
	own.send(b)
	for range b.N {
		var with, without, ratios, work []float64
		for i := range pairs {
			first, second := held, own
			if i%2 == 1 {
				first, second = own, held
			}
			x, y := first.send(b), second.send(b)
			if i%2 == 1 {
				x, y = y, x
			}
			with, without = append(with, x.rate), append(without, y.rate)
			ratios, work = append(ratios, x.rate/y.rate), append(work, y.cpu/x.cpu)
			b.Logf("pair %d: %.0f/s with an agent, %.0f/s without, ratio %.3f; CPU a message %.3f ms and %.3f ms", i+1, x.rate, y.rate, x.rate/y.rate,
				1000*x.cpu/sentMessages, 1000*y.cpu/sentMessages)
		}
		b.Logf("with an agent %s messages/s; without %s; ratio %s; by CPU time %s", spread(with), spread(without), spread(ratios), spread(work))
		b.ReportMetric(middle(with), "msg/s-with")
		b.ReportMetric(middle(without), "msg/s-without")
		b.ReportMetric(middle(ratios), "ratio")
		b.ReportMetric(middle(work), "cpu-ratio")
		if got := middle(ratios); got < least {
			b.Errorf("with agents present Postfix takes %.3f of the mail, at least %.2f is promised", got, least)
		}
	}
}

// measured is one measurement.
type measured struct {
	rate float64 // messages a second
	cpu  float64 // seconds of CPU that the server's container used
}

// receiver is a Postfix that takes mail and throws it away, and a sender.
type receiver struct {
	system *docker.System
	source topology.Execer
}

func sink(b *testing.B, held []string) *receiver {
	b.Helper()
	top := topology.Topology{
		Name: "throughput", Clock: topology.Drill, MailDomain: "drill.test", BounceDomain: "bounce.test",
		Accounts: []topology.Account{{Address: "u1@drill.test", User: "u1@drill.test", Password: "drill"}},
		Zones:    []topology.Zone{{Name: "drill.test"}, {Name: "bounce.test"}},
	}
	for _, name := range []string{"mx1", "source"} {
		top.Nodes = append(top.Nodes, topology.Node{
			Name: name, Host: name + ".drill.test", Roles: []topology.Role{topology.MX}, Server: "postfix", Queue: "postfix",
			Services: map[topology.Service]int{topology.SMTP: 25}, Health: topology.Health{Service: topology.SMTP, Expect: "220"},
			Mail:     topology.Mail{Domains: []string{"drill.test"}, DeliverTo: name},
			Settings: map[string]string{"virtual_transport": "discard:"},
		})
	}
	top.Nodes = append(top.Nodes,
		topology.Node{Name: "dns1", Host: "dns1.drill.test", Roles: []topology.Role{topology.DNS}, Server: "dns",
			Services: map[topology.Service]int{topology.Domain: 53}, Health: topology.Health{Service: topology.Domain}},
		topology.Node{Name: "outside", Host: "outside.drill.test", Roles: []topology.Role{topology.Outside}, Server: "outside"})
	for _, name := range []string{"mx1", "source", "dns1", "outside"} {
		top.Zones[0].Records = append(top.Zones[0].Records, topology.Record{Name: name, Type: "A", TTL: time.Minute, Node: name})
	}
	id := runID()
	s, err := runtime(b).Start(b.Context(), top, topology.Options{RunID: id, Faulted: held})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			b.Errorf("close: %v", err)
		}
	})
	source, _ := s.Instance("source")
	return &receiver{s.(*docker.System), source.(topology.Execer)}
}

// send measures one batch. It begins with an empty queue and ends when the last
// message was answered.
func (r *receiver) send(b *testing.B) measured {
	b.Helper()
	r.drain(b)
	before := r.used(b)
	began := time.Now()
	out, err := r.source.Exec(b.Context(), []string{"smtp-source", "-s", fmt.Sprint(sentSessions), "-m", fmt.Sprint(sentMessages),
		"-l", fmt.Sprint(sentSize), "-f", "a@bounce.test", "-t", "u1@drill.test", "-M", "source.drill.test", "mx1.drill.test:25"})
	lasted := time.Since(began).Seconds()
	if err != nil || out.Code != 0 {
		b.Fatalf("smtp-source: exit code %d, %v: %s%s", out.Code, err, out.Stdout, out.Stderr)
	}
	r.drain(b) // what is in the queue was not worked for yet
	return measured{rate: sentMessages / lasted, cpu: r.used(b) - before}
}

// drain waits until the queue of the receiver is empty.
func (r *receiver) drain(b *testing.B) {
	b.Helper()
	mx1, _ := r.system.Instance("mx1")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(2 * time.Minute)
	for {
		queued, err := mx1.(topology.Queuer).Queue(b.Context())
		if err == nil && len(queued) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			b.Fatalf("%d messages are still queued (%v)", len(queued), err)
		}
	}
}

// used is the CPU time of the receiver's container so far, in seconds.
func (r *receiver) used(b *testing.B) float64 {
	b.Helper()
	usage, err := r.system.Usage(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	mx1, up := usage["mx1"]
	if !up || mx1.Agent {
		b.Fatalf("no usage of mx1 in %+v", usage)
	}
	return mx1.CPU.Seconds()
}

func spread(x []float64) string {
	return fmt.Sprintf("%.3g / %.3g / %.3g (min, median, max)", slices.Min(x), middle(x), slices.Max(x))
}

// middle is the median of an odd number of values.
func middle(x []float64) float64 { return slices.Sorted(slices.Values(x))[len(x)/2] }

// BenchmarkUsage is what it costs to ask the keeper what every container uses.
func BenchmarkUsage(b *testing.B) {
	needEngine(b)
	r := sink(b, nil)
	usage, err := r.system.Usage(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"keeper", "mx1", "mx1.net", "source", "source.net", "dns1", "outside"} {
		u, up := usage[name]
		if !up || u.Memory == 0 || u.Agent != (name != "mx1" && name != "source") {
			b.Errorf("%s: %+v (%v)", name, u, up)
		}
	}
	keeper := usage["keeper"].CPU
	for b.Loop() {
		if _, err := r.system.Usage(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if usage, err = r.system.Usage(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((usage["keeper"].CPU-keeper).Nanoseconds())/float64(b.N), "keeper-ns/op")
}
