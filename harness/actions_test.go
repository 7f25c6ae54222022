package harness_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"maildrill/harness"
	"maildrill/harness/action"
	"maildrill/harness/record"
)

// operated is a drill without faults; its steps are what a test plays.
const operated = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: operated}
topology:
  nodes:
    mx1: {roles: [mx], server: postfix, mail: {domains: [drill.test], deliver_to: store1}}
    mx2: {roles: [mx], server: postfix, mail: {domains: [drill.test], deliver_to: store1}}
    mx3: {roles: [mx], server: postfix, standby: true, mail: {domains: [drill.test], deliver_to: store1}}
    store1: {roles: [store], server: dovecot}
    store2: {roles: [store], server: dovecot, standby: true}
  access: {imap: imap.drill.test}
  zones:
    drill.test:
      - {type: MX, value: 10 mx1.drill.test.}
      - {type: MX, value: 20 mx2.drill.test.}
      - {name: imap, type: A, node: store1}
workload: {rate: 10/s, arrivals: even, mailboxes: 2, sizes: [1KiB]}
phases: {baseline: 1s, observe: 60s, drain: 60s}
probes: {interval: 100ms, timeout: 1s}
timeline: [STEPS]
objectives: {loss: {max: 0}, rto: {mx: 30s}}
`

// playSteps plays steps in the embedded runtime.
func playSteps(t *testing.T, steps string, change func(*harness.Config, context.CancelCauseFunc)) *record.Record {
	t.Helper()
	plan := compile(t, strings.Replace(operated, "STEPS", steps, 1))
	rec, _ := play(t, plan, nil, change)
	return rec
}

// ended finds an action of the record, and demands how it ended.
func ended(t *testing.T, rec *record.Record, step string, want record.Result) record.Action {
	t.Helper()
	for _, a := range rec.Actions {
		if a.Step == step {
			if a.Result != want {
				t.Errorf("%s: %s (%s), want %s", step, a.Result, a.Error, want)
			}
			return a
		}
	}
	t.Errorf("no action %s in the record", step)
	return record.Action{}
}

// A server that operators take down is an outage, from their order; each kind that
// the runtime has is played.
func TestOperatorsAtWork(t *testing.T) {
	t.Parallel()
	rec := playSteps(t, `
  {id: tell, at: 0s, action: announce, with: {text: "we begin\e[31m"}},
  {id: down, after: tell, action: stop, on: mx1},
  {id: up, after: down, when: down >= 1, action: start, on: mx1},
  {id: roll, after: up, action: restart, on: [mx1, mx2]},
  {id: hurry, after: roll, action: flush, on: [mx1, mx2]},
  {id: grow, after: hurry, action: scale-out, on: mx3},
  {id: quiet, after: grow, action: wait, with: {until: down == 0}},
  {id: seen, after: quiet, action: wait, on: [mx1, mx3], with: {ready: true}}`, nil)
	for _, step := range []string{"tell", "down", "up", "roll", "hurry", "grow", "quiet", "seen"} {
		ended(t, rec, step, record.Done)
	}
	if rec.Verdict == record.Failed || rec.Objectives[1].Measured == nil {
		t.Errorf("verdict %s (%s), %+v", rec.Verdict, rec.Reason, rec.Objectives)
	}
	if text := ended(t, rec, "tell", record.Done).Text; strings.Contains(text, "\x1b") || !strings.HasPrefix(text, "we begin") {
		t.Errorf("announced %q", text)
	}
	roll := ended(t, rec, "roll", record.Done)
	if len(roll.Nodes) != 2 || *roll.Nodes[1].Began < *roll.Nodes[0].Ended {
		t.Errorf("not one after the other: %+v", roll.Nodes)
	}
	out := rec.Services["mx@mx1"].Outages
	if len(out) == 0 || out[0].Step != "down" || out[0].Manual != nil {
		t.Errorf("outages of mx@mx1: %+v", out)
	}
}

// The names of a store lead to another, whose mailboxes are the ones that count
// from then on: here those of the first are lost, which the drill must tell.
func TestAPromotedStoreIsTheOneThatIsRead(t *testing.T) {
	t.Parallel()
	rec := playSteps(t, `
  {id: grow, at: 0s, action: scale-out, on: store2},
  {id: move, after: grow, action: promote, on: store2, with: {from: store1}}`, nil)
	move := ended(t, rec, "move", record.Done)
	if !strings.Contains(move.Output, "imap.drill.test") || !strings.Contains(move.Output, "store1.drill.test") {
		t.Errorf("moved: %q", move.Output)
	}
	if a := rec.Accounting; a.Lost == 0 || a.Delivered == 0 {
		t.Errorf("%d lost and %d delivered: want those before the promotion lost, the others delivered (%s)", a.Lost, a.Delivered, rec.Reason)
	}
}

// What fails is told, what comes after it is played all the same, and the drill
// cannot pass.
func TestAnActionThatFails(t *testing.T) {
	t.Parallel()
	rec := playSteps(t, `
  {id: never, at: 0s, action: wait, with: {until: accepted >= 1000000}, timeout: 300ms},
  {id: nobody, after: never, action: manual, with: {text: call}, timeout: 300ms},
  {id: next, after: nobody, action: flush, on: mx1}`, nil)
	if a := ended(t, rec, "never", record.TimedOut); !strings.Contains(a.Error, "never held: accepted is ") {
		t.Errorf("why: %q", a.Error)
	}
	ended(t, rec, "nobody", record.NotAcknowledged)
	ended(t, rec, "next", record.Done)
	if rec.Verdict != record.Inconclusive || !strings.Contains(rec.Reason, "actions-done") {
		t.Errorf("verdict %s (%s), want inconclusive for the actions", rec.Verdict, rec.Reason)
	}
}

// A manual step is over with the first word, from another process or from the
// terminal; how long an outage waited for it is told apart.
func TestAPersonAcknowledges(t *testing.T) {
	t.Parallel()
	const steps = `
  {id: down, at: 0s, action: stop, on: [mx1, mx2]},
  {id: call, after: down, action: manual, with: {text: call the owner}, timeout: 20s},
  {id: up, after: call, action: start, on: [mx1, mx2]}`
	ann := action.Acknowledgement{By: "Ann\x1b[2J", Via: "ack", Note: "she agrees"}
	t.Run("from another process", func(t *testing.T) {
		t.Parallel()
		rec := playSteps(t, steps, func(c *harness.Config, _ context.CancelCauseFunc) {
			folder := c.Folder
			go func() {
				for len(folder.Waiting()) == 0 {
					time.Sleep(20 * time.Millisecond)
				}
				if err := folder.Acknowledge("cal", ann); err == nil || !strings.Contains(err.Error(), "it waits for: call") {
					t.Errorf("a step that is not waited for: %v", err)
				}
				time.Sleep(2 * time.Second) // what the outage waits for
				if err := folder.Acknowledge("call", ann); err != nil {
					t.Error(err)
				}
			}()
		})
		call := ended(t, rec, "call", record.Done)
		if call.AcknowledgedBy != "Ann\uFFFD[2J" || call.Via != "ack" || call.Note != "she agrees" {
			t.Errorf("acknowledged by %q (%s): %q", call.AcknowledgedBy, call.Via, call.Note)
		}
		out := rec.Services["mx"].Outages
		if len(out) != 1 || out[0].Manual == nil || *out[0].Manual < 1.9 || *out[0].Manual > *call.Ended-*call.Began+0.01 {
			t.Errorf("outages of mx: %+v, the step took %v to %v", out, *call.Began, *call.Ended)
		}
	})
	t.Run("at the terminal", func(t *testing.T) {
		t.Parallel()
		rec := playSteps(t, steps, func(c *harness.Config, _ context.CancelCauseFunc) {
			c.Ask = func(_ context.Context, step, text string) (action.Acknowledgement, bool) {
				return action.Acknowledgement{By: step, Via: "terminal", Note: text}, true
			}
		})
		if a := ended(t, rec, "call", record.Done); a.AcknowledgedBy != "call" || a.Note != "call the owner" {
			t.Errorf("%+v", a)
		}
	})
}

// A stop ends what goes on, and nothing is left in the run folder.
func TestAStopDuringAnAction(t *testing.T) {
	t.Parallel()
	var folder harness.Folder
	rec := playSteps(t, `{id: call, at: 0s, action: manual, with: {text: call}, timeout: 1m}, {id: next, after: call, action: flush, on: mx1}`,
		func(c *harness.Config, stop context.CancelCauseFunc) {
			folder = c.Folder
			c.Status = func(s harness.Status) {
				if len(s.Actions) > 0 {
					stop(errors.New("a person asked"))
				}
			}
		})
	ended(t, rec, "call", record.Cancelled)
	ended(t, rec, "next", record.NotReached)
	if rec.Verdict != record.Aborted || rec.Dirty {
		t.Errorf("verdict %s (%s), dirty %v", rec.Verdict, rec.Reason, rec.Dirty)
	}
	if _, err := os.Stat(string(folder) + "/manual"); err == nil {
		t.Error("the run folder still says that it waits")
	}
}

// What operators have stopped stays down when a fault ends that would start it,
// and a fault is not met by an action that does the same.
func TestAFaultLeavesWhatOperatorsDid(t *testing.T) {
	t.Parallel()
	rec := playSteps(t, `
  {id: crash, at: 0s, fault: node.crash, on: mx2, for: 2s},
  {id: clash, when: down >= 1, action: restart, on: mx2},
  {id: down, after: clash, action: stop, on: mx1},
  {id: after, after: [crash, down], action: restart, on: mx2}`, nil)
	if a := ended(t, rec, "clash", record.ActionFailed); !strings.Contains(a.Error, `not done, because node.crash of step "crash" was still on mx2`) {
		t.Errorf("why: %q", a.Error)
	}
	ended(t, rec, "down", record.Done)
	ended(t, rec, "after", record.Done)
	if out := rec.Services["mx@mx1"].Outages; len(out) != 1 || out[0].RTA.High != nil {
		t.Errorf("outages of mx1, which was stopped for good: %+v", out)
	}
}
