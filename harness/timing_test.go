package harness_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
	"maildrill/harness/ledger"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// caught is a runtime that shows the system that it starts.
type caught struct {
	topology.Runtime
	system chan topology.System
	ill    *atomic.Bool
}

func (c caught) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	s, err := c.Runtime.Start(ctx, t, o)
	if err == nil {
		c.system <- s
		s = sick{s, c.ill}
	}
	return s, err
}

// post is what a monitoring system of the user's does: a web hook.
func post(ctx context.Context, s topology.System, status string) error {
	conn, err := s.Dial(ctx, "outside", topology.HTTP)
	if err != nil {
		return err
	}
	defer conn.Close()
	body := fmt.Sprintf(`{"version":"4","status":%q,"alerts":[{"status":%q,"labels":{"alertname":"MailDown"}}]}`, status, status)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://outside.drill.test/", strings.NewReader(body))
	if err != nil {
		return err
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}

const watched = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: watched}
topology: primary-backup-mx
workload: {rate: 10/s, arrivals: even, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 4s, observe: 60s, drain: 60s}
probes: {interval: 250ms, timeout: 2s}
alerts: {webhook: true, names: [MailDown]}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 8s}
objectives:
  loss: {max: 0}
  detect: {max: 5s, by: alert}
`

// sick is a system whose store has a health check, which fails once it is told to.
type sick struct {
	topology.System
	ill *atomic.Bool
}

type checked struct {
	topology.Instance
	ill *atomic.Bool
}

func (c checked) Health(context.Context) ([]topology.Checked, error) {
	return []topology.Checked{{Node: "store1", By: "store1", Healthy: !c.ill.Load()}}, nil
}

func (s sick) Instance(name string) (topology.Instance, bool) {
	i, ok := s.System.Instance(name)
	if name == "store1" {
		return checked{i, s.ill}, ok
	}
	return i, ok
}

// An alert that somebody's monitoring posts is how the fault was detected; mail
// moved, and the system's own health check noticed, too.
func TestDetectionByAlert(t *testing.T) {
	t.Parallel()
	began, over, started := make(chan struct{}, 1), make(chan struct{}, 1), make(chan topology.System, 1)
	var ill atomic.Bool
	go func() {
		s := <-started
		for _, step := range []struct {
			signal chan struct{}
			status string
		}{{began, "firing"}, {over, "resolved"}} {
			<-step.signal
			if err := post(t.Context(), s, step.status); err != nil {
				t.Error("post an alert:", err)
			}
		}
	}()
	plan := compile(t, watched)
	plan.Scenario.Phases.Observe = scenarios.Duration(6 * time.Second)
	rec, _ := play(t, plan, func(r topology.Runtime) topology.Runtime { return caught{r, started, &ill} },
		func(c *harness.Config, _ context.CancelCauseFunc) {
			c.Observe = func(e ledger.Event) {
				switch e.Kind {
				case ledger.FaultInjected:
					ill.Store(true)
					began <- struct{}{}
				case ledger.FaultReverted:
					over <- struct{}{}
				}
			}
		})
	d := rec.Faults[0].Detection
	if d == nil || d.Alert == nil || d.Resolved == nil || d.Failover == nil || d.Health == nil {
		t.Fatalf("detection %+v", d)
	}
	for _, c := range []struct{ got, want string }{
		{d.Alert.What, "alert MailDown"}, {d.Failover.What, "mail accepted at mx2"}, {d.Health.What, "health check of store1"},
	} {
		if c.got != c.want {
			t.Errorf("noticed by %q, want %q", c.got, c.want)
		}
	}
	o := rec.Objectives[slices.IndexFunc(rec.Objectives, func(o record.Objective) bool { return o.Name == "detect" })]
	if o.Verdict != record.Passed {
		t.Errorf("%s (%s): %s", o.Verdict, o.Reason, rec.Reason)
	}
}

const timed = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: timed}
topology: primary-backup-mx
workload: {rate: 30/s, arrivals: even, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 9s, observe: 60s, drain: 60s}
probes: {interval: 250ms, timeout: 2s}
users: 1200
cycles: {backup: {every: 5s}}
timeline:
  - {id: crash, when: cycle(backup) >= 0.5, fault: node.crash, on: mx1, for: 2s}
objectives:
  capacity: {max: 40s}
  drain: {max: 40s}
  late: {max: 100%, after: 20s}
`

// tardy is a fault whose calls return long after they have had their effect.
type tardy struct{ faults.Fault }

const tardiness = 2 * time.Second

func (f tardy) Inject(ctx context.Context, t faults.Target) error {
	err := f.Fault.Inject(ctx, t)
	<-time.After(tardiness)
	return err
}

func (f tardy) Revert(ctx context.Context, t faults.Target) error {
	err := f.Fault.Revert(ctx, t)
	<-time.After(tardiness)
	return err
}

// Capacity, backlog, late mail, impact and the phase of a cycle are measured in a
// drill as it is played.
func TestTimesOfADrill(t *testing.T) {
	t.Parallel()
	plan := compile(t, timed)
	plan.Scenario.Phases.Observe = scenarios.Duration(8 * time.Second)
	fresh := plan.Steps[0].Make
	plan.Steps[0].Make = func() (faults.Fault, error) { f, err := fresh(); return tardy{f}, err }
	rec, folder := play(t, plan, nil, nil)
	// A machine that is busy with other drills may leave an end open.
	if rec.Verdict != record.Passed && rec.Verdict != record.Inconclusive {
		t.Errorf("%s: %s", rec.Verdict, rec.Reason)
	}
	for _, o := range rec.Objectives {
		if o.Measured == nil {
			t.Errorf("%s: no data (%s)", o.Name, o.Reason)
		}
	}
	f, times := rec.Faults[0], rec.Times
	if f.Clock == nil {
		t.Fatalf("no fault clock: %s", rec.Reason)
	}
	if c := f.Clock; c == nil || c.Planned == nil || c.Phases["backup"] < 0.5 || c.Phases["backup"] > 0.75 ||
		c.Installed == nil || c.Cleared == nil || c.ResidueChecked == nil || *c.EffectiveWidth <= 0 {
		t.Errorf("fault clock %+v", f.Clock)
	}
	// The edges are bracketed by looks, not by calls.
	if e, h := f.Clock.EffectiveWidth, f.Clock.HealedWidth; e == nil || h == nil || *e >= tardiness.Seconds() || *h >= tardiness.Seconds() {
		t.Errorf("brackets of %v and %v s", e, h)
	}
	if f.Injected.Low < *f.Clock.Planned || f.Injected.Low > *f.Clock.Planned+2 {
		t.Errorf("planned at %v, injected at %v", *f.Clock.Planned, f.Injected.Low)
	}
	if b := times.Backlog; b == nil || b.Base == 0 || b.Peak < 1 || b.Flushed {
		t.Errorf("backlog %+v (%v)", b, times.Notes)
	}
	if l := times.Late; l == nil || l.Delivered != rec.Accounting.Delivered {
		t.Errorf("late %+v, %d delivered", l, rec.Accounting.Delivered)
	}
	if len(times.Latency) != 3 || times.Latency[0].P99 == nil {
		t.Errorf("latency %+v", times.Latency)
	}
	if i := times.Impact; len(i) != 3 || i[0].Users != 1200 {
		t.Errorf("impact %+v", i)
	}
	sized(t, folder)
}

// sized: the history tells the size of each message, from which bytes lost are
// counted.
func sized(t *testing.T, folder harness.Folder) {
	t.Helper()
	r, err := ledger.Open(folder.Ledger())
	if err != nil {
		t.Fatal(err)
	}
	sizes := 0
	err = r.Each(func(e ledger.Entry) error {
		if e.Size == 1024 {
			sizes++
		}
		return nil
	})
	if err != nil || sizes == 0 {
		t.Errorf("%d sizes, %v", sizes, err)
	}
}

// A relay with its own queue stands outside of the fault; both views are taken
// at the same time.
const viewed = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: viewed}
topology:
  metadata: {name: relayed}
  nodes:
    mx1: {roles: [mx], mail: {domains: [drill.test], deliver_to: mail1}}
    mail1: {roles: [store]}
    relay1: {roles: [relay], mail: {relay_anything: true}}
  zones:
    drill.test: [{type: MX, value: 10 mx1.drill.test.}]
workload: {rate: 20/s, arrivals: even, mailboxes: 4, sizes: [1KiB], views: [direct, via_relay]}
phases: {baseline: 4s, observe: 60s, drain: 60s}
probes: {interval: 250ms, timeout: 2s}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 6s}
objectives:
  loss: {max: 0}
`

func TestViewsOfADrill(t *testing.T) {
	t.Parallel()
	plan := compile(t, viewed)
	rec, _ := play(t, plan, nil, nil)
	if len(rec.Times.Views) != 2 {
		t.Fatalf("%s (%s), views %+v", rec.Verdict, rec.Reason, rec.Times.Views)
	}
	direct, relayed := rec.Times.Views[0], rec.Times.Views[1]
	if direct.Name != "direct" || direct.NotAttempted+direct.Rejected+direct.Indeterminate == 0 {
		t.Errorf("the direct sender did not meet the fault: %+v", direct)
	}
	if relayed.Name != "via_relay" || relayed.Accepted == 0 || relayed.NotAttempted+relayed.Rejected+relayed.Indeterminate != 0 {
		t.Errorf("the relay's sender met the fault: %+v", relayed)
	}
}

// The description says in words what is received, counted and asked for.
func TestDescriptionOfTimes(t *testing.T) {
	plan := compile(t, timed+"  loss_during: {max: 0}\nalerts: {webhook: true, names: [MailDown]}\n")
	if least := 5*time.Second + 2*time.Second; plan.Worst() < least+time.Duration(plan.Scenario.Phases.Baseline+plan.Scenario.Phases.Observe) {
		t.Errorf("worst case %v leaves out the wait for the cycle", plan.Worst())
	}
	b, err := json.Marshal(planning.Describe(plan))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"http://outside.drill.test/", "MailDown", "1200 users", "cycle(backup) goes from 0 to 1 every 5s",
		"until the load is carried", "without a flush", "more than 20s after they were due", "while a fault is in effect", "when cycle(backup) \\u003e= 0.5"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%q is not said in\n%s", want, b)
		}
	}
}

// Conditions on cycles that are not there, or can never hold, are refused.
func TestConditionsOnCycles(t *testing.T) {
	for when, want := range map[string]string{
		"cycle(backups) >= 0.5": "unknown metric", "cycle(backup) >= 1.5": "goes from 0 up to 1", "in_flight > 3": "", "in_reply_gap >= 1": "",
	} {
		doc, problems := scenarios.Parse("t.yaml", []byte(strings.Replace(timed, "cycle(backup) >= 0.5", when, 1)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		topo, _ := doc.ResolveTopology()
		_, problems = planning.Compile(doc, topo, nil)
		if got := fmt.Sprint(problems); want == "" && len(problems) > 0 || !strings.Contains(got, want) {
			t.Errorf("%s: %s", when, got)
		}
	}
}
