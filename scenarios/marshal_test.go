package scenarios

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"testing"

	"gopkg.in/yaml.v3"
)

// replay fills, writes and reads back, and fails if anything changed.
func replay(t testing.TB, d *Document) {
	t.Helper()
	topo, problems := d.ResolveTopology()
	if len(problems) > 0 || topo == nil {
		t.Fatalf("ResolveTopology: %v", problems)
	}
	s := *d.Scenario
	s.Fill()
	topo.Parameters = nil // their values are in the topology
	s.Topology = TopologyRef{Name: topo.Metadata.Name, Inline: topo}
	out, err := Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	again, problems := Parse("scenario.yaml", out)
	if len(problems) > 0 {
		t.Fatalf("the replay file has problems:\n%v\n%s", problems, out)
	}
	if got := withoutNodes(*again.Scenario); !reflect.DeepEqual(got, withoutNodes(s)) {
		t.Errorf("the replay file reads back as\n%+v\nwant\n%+v\n%s", got, withoutNodes(s), out)
	}
	for i, step := range again.Scenario.Timeline {
		if !step.With.equal(s.Timeline[i].With) {
			t.Errorf("parameters of step %s changed: %s, want %s", step.ID, step.With.plain(), s.Timeline[i].With.plain())
		}
	}
	filled := *again.Scenario
	filled.Fill()
	twice, err := Marshal(&filled)
	if err != nil || !bytes.Equal(out, twice) {
		t.Errorf("written again (%v):\n%s\nwant\n%s", err, twice, out)
	}
}

// withoutNodes drops what is compared by itself.
func withoutNodes(s Scenario) Scenario {
	s.Timeline = append([]Step(nil), s.Timeline...)
	for i := range s.Timeline {
		s.Timeline[i].With = Params{}
	}
	return s
}

func TestLibraryReplays(t *testing.T) {
	for _, e := range Library() {
		if e.Kind != "Scenario" {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			d, problems, err := Find(e.Name)
			if err != nil || len(problems) > 0 {
				t.Fatalf("Find: %v %v", problems, err)
			}
			replay(t, d)
		})
	}
}

// readmeExample is the yaml block of the README.
func readmeExample(t testing.TB) []byte {
	t.Helper()
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(src, -1)
	if len(blocks) != 1 {
		t.Fatalf("%d yaml blocks in the README, want 1", len(blocks))
	}
	return blocks[0][1]
}

func TestReadmeExampleIsValid(t *testing.T) {
	d, problems := Parse("README.md", readmeExample(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	replay(t, d)
}

func TestOddValuesReplay(t *testing.T) {
	d, problems := Parse("odd.yaml", []byte(oddScenario))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := d.Scenario.Workload.Rate; got != 0 {
		t.Errorf("rate = %v, want 0/s", got)
	}
	replay(t, d)
}

// oddScenario holds values that a writer may get wrong.
const oddScenario = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: "0", title: "yes: # no", story: "two\n lines  \n"}
topology:
  ipv6: true
  nodes:
    z1:
      roles: [mx, store]
      image: "1.10"
      command: [sh, -c, "a\tb \u0001"]
      env: {EMPTY: "", NUMBER: 007, FLAG: true, NULL_TEXT: "null"}
      files: {/etc/postfix/main.cf: "a = b\n\tc\n", /x: " leading\nline\n\n"}
      services: {smtp: 25, "2525": 2525}
      volumes: [{name: q, path: /q, size: 17.5MiB}]
      health: {service: smtp, expect: "220 "}
    a1: {roles: [mx], server: postfix, queue: exec, queue_command: [q]}
  zones:
    drill.test: [{type: MX, value: 0 z1.drill.test.}, {name: x, type: A, node: a1, ttl: 90s}]
    2.0.192.in-addr.arpa: [{name: "1", type: PTR, value: z1.drill.test.}]
workload: {rate: 0/s}
timeline:
  - {id: a, at: 0s, fault: process.kill, on: z1, with: {name: "1", again: true, list: [a, "2"]}}
  - {id: b, at: 0s, fault: process.kill, on: [z1, a1], for: 1h1m1.5s, with: {name: x}}
objectives: {loss: {max: 0}, duplicates: {max: 0.25%}, rto: {}, rpo: {max: 0s}, loss_during: {max: 2}, capacity: {max: 20s},
  detect: {max: 15s, by: alert}, drain: {max: 10m, flush: true}, late: {max: 1%, after: 1m}}
users: 1200
alerts: {webhook: true, names: [Mail Down]}
cycles: {backup: {every: 5m, offset: 30s, from: clock}, sync: {every: 10s}}
`

func TestFillKeepsWhatIsWritten(t *testing.T) {
	s := Scenario{Clock: "production", Workload: Workload{Rate: 5, Entry: "relay"}, Probes: Probes{Interval: seconds(7)}}
	s.Fill()
	if s.Workload.Rate != 5 || s.Workload.Entry != "relay" || s.Workload.Mailboxes != 10 || s.Workload.TLS != "none" {
		t.Errorf("Fill: workload %+v", s.Workload)
	}
	if s.Probes.Stable != seconds(70) {
		t.Errorf("Fill: stable %s, want ten intervals", s.Probes.Stable)
	}
}

// equal compares parameters as they are written.
func (p Params) equal(q Params) bool { return bytes.Equal(p.plain(), q.plain()) }

func (p Params) plain() []byte {
	if p.IsZero() {
		return nil
	}
	out, err := yaml.Marshal(bare(p.node))
	if err != nil {
		return []byte(err.Error())
	}
	return out
}
