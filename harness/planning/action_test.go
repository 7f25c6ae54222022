package planning_test

import (
	"slices"
	"strings"
	"testing"

	"maildrill/harness/action"
	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// operated is a drill with one step; its place is line 12, column 5.
const operated = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: operated}
topology:
  nodes:
    mx1: {roles: [mx], mail: {domains: [drill.test], deliver_to: store1}, volumes: [{name: queue, path: /var/spool/postfix}]}
    mx2: {roles: [mx], standby: true, mail: {domains: [drill.test], deliver_to: store1}}
    store1: {roles: [store], volumes: [{name: mail, path: /srv/mail}]}
  zones: {drill.test: [{type: MX, value: 10 mx1.drill.test.}, {name: imap, type: A, node: store1}]}
workload: {rate: 5/s, mailboxes: 2}
timeline:
  - {id: do, at: 0s, STEP}
objectives: {loss: {max: 0}}
`

func withStep(step string) string { return strings.Replace(operated, "STEP", step, 1) }

// The table of kinds is the one of package scenarios, which must not import it.
func TestActionsAreThoseOfTheSchema(t *testing.T) {
	ids := action.IDs()
	want := slices.Clone(scenarios.Actions)
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("kinds %v, in the schema %v", ids, want)
	}
}

func TestActionsThatFit(t *testing.T) {
	for _, step := range []string{
		"action: flush, on: mx1",
		"action: stop, on: [mx1, store1], with: {grace: 3s}, timeout: 20s",
		"action: start, on: mx1", "action: restart, on: [store1, mx1]",
		"action: restart, on: dns1",
		"action: upgrade, on: mx1, with: {image: 'postfix:trixie', settings: {a: 1}, files: {/etc/x: y}}",
		"action: exec, on: mx1, with: {script: 'true', expect: 3}",
		"action: backup, on: store1, with: {script: tar}", "action: restore, on: store1, with: {script: tar}",
		"action: promote, on: mx1, with: {from: store1, script: doveadm}",
		"action: scale-out, on: mx2",
		"action: wait, with: {until: queue == 0}", "action: wait, on: [mx1], with: {ready: true}",
		"action: announce, with: {text: we are down}", "action: manual, with: {text: call}, timeout: 5m",
	} {
		plan, problems := compile(t, withStep(step), nil)
		if plan == nil {
			t.Errorf("%s: %v", step, problems)
			continue
		}
		if said := planning.Describe(plan).Timeline[0]; !strings.Contains(said, "at most ") {
			t.Errorf("%s: %s", step, said)
		}
	}
}

func TestActionsThatDoNotFit(t *testing.T) {
	const names = "; valid: mx1, mx2, store1, dns1, outside"
	for step, want := range map[string]string{
		"action: resart, on: mx1":                                                                   `12:30: unknown value "resart" for ` + "`action`" + `; did you mean "restart"?`,
		"action: flush, on: store1":                                                                 `12:41: action "flush": node "store1" has no queue to flush`,
		"action: flush, on: mx1, with: {now: true}":                                                 `12:53: unknown parameter "now": there are none`,
		"action: flush, on: mx9":                                                                    `12:41: unknown node "mx9"; did you mean "mx1"?` + names,
		"action: stop, on: mx1, with: {grase: 3s}":                                                  "12:52: unknown key \"grase\" in `with`; did you mean \"grace\"?",
		"action: stop, on: mx1, with: {grace: 3}":                                                   "`grace`: \"3\" has no unit",
		"action: stop, on: outside":                                                                 `node "outside" is the vantage of the drill`,
		"action: restart, on: mx2":                                                                  `node "mx2" stands by: action scale-out starts it`,
		"action: stop, on: mx1, for: 3s":                                                            "`for` belongs to faults; an action is over when it is done",
		"action: stop":                                                                              "12:5: key `on` is missing in the step",
		"action: renew-certificate, on: mx1":                                                        `action "renew-certificate": node "mx1" has no certificate of the drill's own`,
		"action: renew-certificate, on: store1, with: {valid: 90}":                                  "`valid`: \"90\" has no unit",
		"action: renew-certificate, on: store1, with: {valid: 10ms}":                                "valid is 10ms; valid: one second or more",
		"action: exec, on: mx1":                                                                     "12:5: `script` is missing",
		"action: exec, on: mx1, with: {script: 'true', expect: 256}":                                "12:51: expect is 256; valid: an exit code",
		"action: exec, on: dns1, with: {script: 'true'}":                                            `node "dns1" is the drill's own name server, which has no shell`,
		"action: backup, on: store1, with: {scrip: tar}":                                            `did you mean "script"?`,
		"action: upgrade, on: mx1":                                                                  "nothing is changed: say `image`, `settings` or `files`",
		"action: upgrade, on: mx1, with: {files: {etc: x}}":                                         `"etc" is no absolute path`,
		"action: upgrade, on: dns1, with: {image: x}":                                               "the drill's own name server",
		"action: promote, on: mx1":                                                                  "12:5: `from` is missing",
		"action: promote, on: mx1, with: {from: store9}":                                            `12:61: action "promote": unknown node "store9"; did you mean "store1"?` + names,
		"action: promote, on: [mx1, store1], with: {from: store1}":                                  `action "promote" is aimed at one node`,
		"action: promote, on: store1, with: {from: store1}":                                         "cannot be promoted from itself",
		"action: scale-out, on: mx1":                                                                "12:45: action \"scale-out\": node \"mx1\" runs from the start: give it `standby: true` in the topology",
		"action: wait":                                                                              "12:5: say what to wait for",
		"action: wait, with: {until: queue == 0, ready: true}":                                      "say what to wait for",
		"action: wait, with: {until: queu == 0}":                                                    `12:50: unknown metric "queu"; did you mean "queue"?`,
		"action: wait, with: {until: queue = 0}":                                                    `12:50: condition "queue = 0"`,
		"action: wait, with: {ready: true}":                                                         "name them in `on`",
		"action: wait, on: mx1, with: {until: queue == 0}":                                          "it has no `on`",
		"action: announce":                                                                          "12:5: `text` is missing",
		"action: announce, on: mx1, with: {text: x}":                                                `12:44: action "announce" is aimed at nothing`,
		"action: manual, with: {text: ' '}":                                                         "`text` is missing",
		"action: manual, with: {text: x}, timeout: 5":                                               "`timeout`: \"5\" has no unit",
		"fault: node.crash, on: mx1, for: 3s, timeout: 5s":                                          "`timeout` belongs to actions",
		"fault: node.crash, on: mx2, for: 3s":                                                       `node "mx2" stands by: only a step ` + "`after`" + ` one with action scale-out can act on it`,
		"fault: node.crash, on: mx1, for: 3s}\n  - {id: x, at: 1s, action: restart, on: mx1":        `restart on mx1 (step "x") overlaps node.crash on mx1 of step "do", 0s to 3s: both change mx1 as a whole`,
		"fault: node.crash, on: mx1, for: 3s}\n  - {id: x, at: 1s, action: exec, on: mx1, with: {}": "`script` is missing",
	} {
		if got := mistakes(t, withStep(step), nil); !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", step, got, want)
		}
	}
}

// An operator may act on a node that a fault is on, unless both change whether it
// runs; what comes later waits.
func TestActionsDuringFaults(t *testing.T) {
	for _, steps := range []string{
		"fault: net.isolate, on: mx1, for: 9s}\n  - {id: x, at: 1s, action: exec, on: mx1, with: {script: sha256sum}",
		"fault: net.isolate, on: mx1, for: 9s}\n  - {id: x, at: 1s, action: restart, on: store1",
		"fault: node.crash, on: mx1, for: 3s}\n  - {id: x, at: 3s, action: restart, on: mx1",
		"action: stop, on: mx1}\n  - {id: x, at: 0s, action: start, on: mx1",
		"action: scale-out, on: mx2}\n  - {id: x, after: do, fault: node.crash, on: mx2, for: 3s",
	} {
		if got := mistakes(t, withStep(steps), nil); got != "" {
			t.Errorf("%s: %s", steps, got)
		}
	}
}

// The embedded runtime has no shell and no images.
func TestActionsThatTheRuntimeLacks(t *testing.T) {
	for step, want := range map[string]string{
		"action: exec, on: mx1, with: {script: x}":                  `action "exec" needs the ability "script", which this runtime does not have`,
		"action: backup, on: mx1, with: {script: x}":                `the ability "script"`,
		"action: restore, on: mx1, with: {script: x}":               `the ability "script"`,
		"action: upgrade, on: mx1, with: {image: x}":                `the ability "upgrade"`,
		"action: promote, on: mx1, with: {from: store1}":            "",
		"action: restart, on: mx1":                                  "",
		"action: scale-out, on: mx2":                                "",
		"action: promote, on: mx1, with: {from: store1, script: x}": `the ability "script"`,
	} {
		if got := mistakes(t, withStep(step), inProcess(t)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", step, got, want)
		}
	}
}

// A node that stands by is probed by nobody; if nobody ever starts it, it is not
// read at the end either.
func TestWhoStandsByIsNoOutage(t *testing.T) {
	idle, _ := compile(t, withStep("action: flush, on: mx1"), nil)
	grown, _ := compile(t, withStep("action: scale-out, on: mx2"), nil)
	if idle == nil || grown == nil {
		t.Fatal("no plan")
	}
	for _, s := range slices.Concat(idle.Services, grown.Services) {
		if s.Node == "mx2" {
			t.Errorf("mx2 is probed as %s", s.Key())
		}
	}
	if queues, _ := idle.Queues(); slices.Contains(queues, "mx2") {
		t.Errorf("queues %v", queues)
	}
	if queues, _ := grown.Queues(); !slices.Contains(queues, "mx2") {
		t.Errorf("queues %v", queues)
	}
}
