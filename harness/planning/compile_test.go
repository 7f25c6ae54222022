package planning_test

import (
	"fmt"
	"strings"
	"testing"

	"maildrill/harness/embedded"
	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// cut takes the power of a node: only store1 has a disk to lose it.
const cut = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: cut}
topology:
  nodes:
    mx1: {roles: [mx], mail: {domains: [drill.test], deliver_to: store1}, volumes: [{name: queue, path: /var/spool/postfix}]}
    store1: {roles: [store], volumes: [{name: mail, path: /srv/mail, size: 64MiB, options: noatime}]}
    dns1: {roles: [dns], volumes: [{name: zones, path: /zones, size: 64MiB, options: noatime}]}
  zones: {drill.test: [{type: MX, value: 10 mx1.drill.test.}]}
workload: {rate: 5/s, mailboxes: 2}
timeline:
  - {id: power, at: 0s, fault: storage.power-cut, on: store1, for: 5s}
objectives: {loss: {max: 0}}
`

// mistakes compiles a scenario and gives what is wrong with it, a line each.
func mistakes(t *testing.T, source string, can *planning.Capabilities) string {
	t.Helper()
	_, problems := compile(t, source, can)
	return problems.Error()
}

func compile(t *testing.T, source string, can *planning.Capabilities) (*planning.Plan, scenarios.Problems) {
	t.Helper()
	doc, problems := scenarios.Parse("cut.yaml", []byte(source))
	if doc == nil {
		t.Fatal(problems)
	}
	topo, more := doc.ResolveTopology()
	plan, last := planning.Compile(doc, topo, can)
	return plan, append(append(problems, more...), last...)
}

// described is the plan of a scenario in plain language.
func described(t *testing.T, source string) string {
	t.Helper()
	plan, problems := compile(t, source, nil)
	if plan == nil {
		t.Fatal(problems)
	}
	var text strings.Builder
	if err := planning.Describe(plan).Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestPowerIsCutOnlyWhereADiskCanLoseIt: every target without a disk is refused
// where it stands in the file, with those that have one.
func TestPowerIsCutOnlyWhereADiskCanLoseIt(t *testing.T) {
	diskless := func(column int, node string) string {
		return fmt.Sprintf("cut.yaml:12:%d: node %q has no disk of its own, which fault \"storage.power-cut\" acts on: give one of its volumes a `size`; valid: store1", column, node)
	}
	for _, c := range []struct{ on, want string }{
		{"store1", ""},
		{"mx1", diskless(55, "mx1")},
		{"[store1, mx1]", diskless(64, "mx1")},
		{"dns1", diskless(55, "dns1")},
		{"outside", `cut.yaml:12:55: node "outside" is the vantage of the drill; a fault on it would blind the instrument`},
		{"store2", `cut.yaml:12:55: unknown node "store2"; did you mean "store1"?; valid: mx1, store1, dns1, outside`},
	} {
		got := mistakes(t, strings.Replace(cut, "on: store1", "on: "+c.on, 1), nil)
		if got != c.want {
			t.Errorf("on: %s:\n got %s\nwant %s", c.on, got, c.want)
		}
	}
}

// TestPowerNeedsARealDisk: no volume has a size, or the runtime has no disks.
func TestPowerNeedsARealDisk(t *testing.T) {
	sizeless := strings.ReplaceAll(cut, ", size: 64MiB, options: noatime", "")
	want := "cut.yaml:12:55: node \"store1\" has no disk of its own, which fault \"storage.power-cut\" acts on: give one of its volumes a `size`"
	if got := mistakes(t, sizeless, nil); got != want {
		t.Errorf("no volume with a size:\n got %s\nwant %s", got, want)
	}
	small := strings.Replace(cut, "/srv/mail, size: 64MiB", "/srv/mail, size: 15MiB", 1)
	want = "cut.yaml:7:76: 15MiB is too small for a file system with a journal; at least 16MiB are needed"
	if got := mistakes(t, small, nil); got != want {
		t.Errorf("too small a volume:\n got %s\nwant %s", got, want)
	}
	simulated := inProcess(t)
	want = `cut.yaml:12:32: fault "storage.power-cut" needs the ability "cut-power", which this runtime does not have`
	if got := mistakes(t, cut, simulated); got != want {
		t.Errorf("embedded:\n got %s\nwant %s", got, want)
	}
}

// inProcess is what the embedded runtime can do.
func inProcess(t *testing.T) *planning.Capabilities {
	t.Helper()
	r := embedded.New(embedded.Config{Dir: t.TempDir()})
	return &planning.Capabilities{Abilities: r.Abilities(), Servers: r.Servers()}
}

// TestServersThatTheRuntimeLacks: refused where the topology is named, or where
// the node stands.
func TestServersThatTheRuntimeLacks(t *testing.T) {
	const valid = "; valid: postfix, dovecot, postfix+dovecot, dns, outside"
	inline := strings.Replace(strings.Replace(cut, "storage.power-cut", "node.crash", 1), "roles: [store]", "roles: [store], server: haproxy", 1)
	named := "apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: balanced}\ntopology: two-mx-haproxy\nworkload: {rate: 5/s, mailboxes: 2}\ntimeline: [{id: crash, at: 0s, fault: node.crash, on: mx1, for: 5s}]\nobjectives: {loss: {max: 0}}\n"
	for source, want := range map[string]string{
		inline: `cut.yaml:7:13: node "store1" is a server of kind "haproxy", which this runtime cannot run` + valid,
		named:  `cut.yaml:4:11: node "lb1" is a server of kind "haproxy", which this runtime cannot run` + valid,
	} {
		if got := mistakes(t, source, inProcess(t)); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// TestThePlanNamesTheDisks: which volumes are file systems of their own, how
// large, and what that takes of the engine's host.
func TestThePlanNamesTheDisks(t *testing.T) {
	text := described(t, cut)
	for _, want := range []string{
		"the volume mail of store1 becomes an ext4 file system of 64MiB on a loop device of its own, which the engine mounts at /srv/mail with the options noatime",
		"loop devices and ext4 in the kernel of the engine's host, and 64MiB in a volume of the engine",
		"MKNOD", "device rules b 7:* and c 10:237",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
	sizeless := strings.Replace(strings.ReplaceAll(cut, ", size: 64MiB, options: noatime", ""), "storage.power-cut", "node.crash", 1)
	if text := described(t, sizeless); strings.Contains(text, "loop device") {
		t.Errorf("without disks:\n%s", text)
	}
}

// A runtime is told what the faults are made with.
func TestThePlanNamesWhatItsFaultsNeed(t *testing.T) {
	plan, problems := compile(t, cut, nil)
	if plan == nil {
		t.Fatal(problems)
	}
	if got := strings.Join(plan.Needs(), " "); !strings.Contains(got, "cut-power") || strings.Contains(got, "packets") {
		t.Errorf("needs = %s", got)
	}
}

// What a server keeps has its place; a volume of another name says where it goes.
func TestVolumesOfServersKnowTheirPlace(t *testing.T) {
	plan, problems := compile(t, strings.Replace(cut, "{name: queue, path: /var/spool/postfix}", "{name: queue}", 1), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if mx1, _ := plan.Topology.Node("mx1"); mx1.Volumes[0].Path != "/var/spool/postfix" {
		t.Errorf("the queue is at %q", mx1.Volumes[0].Path)
	}
	got := mistakes(t, strings.Replace(cut, "{name: queue, path: /var/spool/postfix}", "{name: logs}", 1), nil)
	if want := "volume \"logs\" has no `path`, and a server of kind \"postfix\" keeps nothing of that name"; !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestHostsAreInAZone(t *testing.T) {
	got := mistakes(t, strings.Replace(cut, "store1: {roles", "store1: {host: store.cloud.test, roles", 1), nil)
	if want := "nobody would find store.cloud.test: it is in no zone that has a record"; !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}
