package measure

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// each gate has a planted defect that turns it, and the verdict, from green.
func TestEveryGateGoesRed(t *testing.T) {
	proofs := func(change func(*ledger.Event, *ledger.Proof)) func(*drill) {
		return func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				switch e.Kind {
				case ledger.FaultControl, ledger.FaultProof, ledger.FaultClean:
					edit(t, e, func(p *ledger.Proof) { change(e, p) })
				}
				return true
			}
		}
	}
	scans := func(change func(*ledger.ScanResult)) func(*drill) {
		return func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.Scanned {
					edit(t, e, change)
				}
				return true
			}
		}
	}
	queues := func(change func(*ledger.QueueReading)) func(*drill) {
		return func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.QueueRead {
					edit(t, e, change)
				}
				return true
			}
		}
	}
	without := func(kind string) func(*drill) {
		return func(d *drill) { d.event = func(e *ledger.Event) bool { return e.Kind != kind } }
	}
	probes := func(keep func(ledger.ProbeResult) bool) func(*drill) {
		return func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				ok := true
				if e.Kind == ledger.Probed {
					edit(t, e, func(p *ledger.ProbeResult) { ok = keep(*p) })
				}
				return ok
			}
		}
	}
	for _, c := range []struct {
		gate, name string
		plant      func(*drill)
		want       record.Verdict
		detail     string
	}{
		{"conservation", "outcome of an unplanned copy", func(d *drill) {
			d.extra = []ledger.Entry{{Kind: ledger.Outcome, Copy: ledger.Copy{Seq: 9000}, Verdict: ledger.Accepted}}
		}, record.Error, "9000/0, which was never planned"},
		{"conservation", "second outcome", func(d *drill) {
			d.extra = []ledger.Entry{{Kind: ledger.Outcome, Copy: ledger.Copy{Seq: 5}, Verdict: ledger.RejectedTemporary}}
		}, record.Error, "second outcome"},
		{"conservation", "planned twice", func(d *drill) {
			d.extra = []ledger.Entry{{Kind: ledger.Intent, Copy: ledger.Copy{Seq: 5}}}
		}, record.Error, "planned twice"},
		{"conservation", "absurd number", func(d *drill) {
			for n := range uint32(100) {
				d.extra = append(d.extra, ledger.Entry{Kind: ledger.Intent, Copy: ledger.Copy{Seq: 4e9 + n<<20}})
			}
		}, record.Error, "sequence number 40"},
		{"conservation", "unknown verdict", func(d *drill) {
			d.entry = func(e *ledger.Entry) bool {
				if e.Kind == ledger.Outcome && e.Copy.Seq == 3 {
					e.Verdict = 9
				}
				return true
			}
		}, record.Error, "unknown verdict 9"},
		{"conservation", "unsent yet attempted", func(d *drill) {
			d.extra = []ledger.Entry{{Kind: ledger.Unsent, Copy: ledger.Copy{Seq: 5}}}
		}, record.Error, "unsent and was attempted"},
		{"conservation", "a sighting that the ledger lost", scans(func(s *ledger.ScanResult) { s.Messages++ }), record.Error, "messages of scan"},
		{"conservation", "phantom", func(d *drill) {
			d.extra = []ledger.Entry{{Kind: ledger.Seen, Copy: ledger.Copy{Seq: 801}, Scan: 2, Mailbox: "u1@drill.test/INBOX", Integrity: ledger.Intact}}
		}, record.Error, "never sent (801)"},
		{"ledger-whole", "torn tail", func(d *drill) { d.torn = "segment 0 ends in a torn block" }, record.Inconclusive, "torn block"},
		{"ledger-whole", "sightings behind the tear", func(d *drill) {
			d.torn = "segment 0 ends in a torn block"
			scans(func(s *ledger.ScanResult) { s.Messages += 100 })(d)
		}, record.Inconclusive, "torn block"},
		{"conservation", "more sightings than the scan found, in spite of a tear", func(d *drill) {
			d.torn = "segment 0 ends in a torn block"
			scans(func(s *ledger.ScanResult) { s.Messages-- })(d)
		}, record.Error, "messages of scan"},
		{"baseline-healthy", "a service failing before", func(d *drill) { d.down["imap"] = [][2]float64{{14.5, 14.8}} }, record.Inconclusive, "imap"},
		{"baseline-healthy", "a service never probed before", probes(func(p ledger.ProbeResult) bool {
			return p.Service != "imap" || p.Scheduled > seconds(14.7)
		}), record.Inconclusive, "imap"},
		{"baseline-healthy", "the gate of the run", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.FaultHeld {
					e.Kind, e.Data = ledger.GuardTripped, []byte(`{"how":"gate","why":"imap is not well"}`)
				}
				return true
			}
		}, record.Inconclusive, "imap is not well"},
		{"load-offered", "too little in the baseline", func(d *drill) { d.spec = func(s *Spec) { s.Rate = 80 } }, record.Inconclusive, "baseline"},
		{"load-offered", "nothing at all", func(d *drill) { d.copies = 0 }, record.Inconclusive, "0 copies accepted"},
		{"load-offered", "nothing during the fault", func(d *drill) {
			d.entry = func(e *ledger.Entry) bool { return e.Start < time.Duration(seconds(14.9)) || e.Kind == ledger.Seen }
			d.copies = 310
			d.found = func(_ int, seq uint32) int { return int(min(1, 297/seq)) }
		}, record.Inconclusive, "no mail was offered during crash"},
		{"load-offered", "unsent", func(d *drill) {
			unsent := among(600, 601, 602, 603, 604, 605, 606, 607, 608)
			d.found = func(_ int, seq uint32) int {
				if unsent(seq) {
					return 0
				}
				return 1
			}
			d.entry = func(e *ledger.Entry) bool {
				if unsent(e.Copy.Seq) && e.Kind == ledger.Outcome {
					e.Kind = ledger.Unsent
				}
				return true
			}
		}, record.Inconclusive, "1.1 % of the planned copies were not sent"},
		{"negative-control", "on before injecting", proofs(func(e *ledger.Event, p *ledger.Proof) {
			p.Effective = p.Effective || e.Kind == ledger.FaultControl
		}), record.Inconclusive, "crash"},
		{"negative-control", "control failed", proofs(func(e *ledger.Event, p *ledger.Proof) {
			if e.Kind == ledger.FaultControl {
				p.Error = "cannot look"
			}
		}), record.Inconclusive, "crash"},
		{"fault-installed", "not installed", proofs(func(_ *ledger.Event, p *ledger.Proof) { p.Installed = false }), record.Inconclusive, "crash"},
		{"fault-effective", "inject that does nothing", proofs(func(_ *ledger.Event, p *ledger.Proof) { p.Effective, p.Installed = false, false }), record.Inconclusive, "no effect"},
		{"fault-effective", "looks that fail prove nothing", proofs(func(e *ledger.Event, p *ledger.Proof) {
			if e.Kind == ledger.FaultProof {
				p.Error = "timed out"
			}
		}), record.Inconclusive, "no effect"},
		{"fault-installed", "step not reached", func(d *drill) {
			d.event = func(e *ledger.Event) bool { return !strings.HasPrefix(e.Kind, "fault.") }
		}, record.Inconclusive, "not reached"},
		{"fault-exercised", "no mail met it", func(d *drill) {
			proofs(func(_ *ledger.Event, p *ledger.Proof) { p.Counters, p.Counts = nil, false })(d)
			d.entry = func(e *ledger.Entry) bool {
				if e.Start > time.Duration(seconds(14.8)) && e.Node != "" {
					e.Node = "mx2.drill.test"
				}
				return true
			}
		}, record.Inconclusive, "no mail met it"},
		{"actions-done", "an operator who could not", func(d *drill) { flush(d, "connection refused") }, record.Inconclusive, "flush on mx2: connection refused"},
		{"actions-done", "an operator who never came", func(d *drill) {
			flush(d, "")
			without(ledger.ActionDone)(d)
		}, record.Inconclusive, "flush on mx2: not reached"},
		{"bystander", "overreach", proofs(func(e *ledger.Event, p *ledger.Proof) { p.BystanderHurt = e.Kind == ledger.FaultProof }), record.Inconclusive, "crash"},
		{"no-stall-at-edges", "slept through the injection", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.FaultHeld {
					e.Kind, e.Data = ledger.Gap, nil
					*e = gap(t, *e, 13.9, 15.02)
				}
				return true
			}
		}, record.Inconclusive, "injection of crash"},
		{"probes-alive", "blind in the middle", probes(func(p ledger.ProbeResult) bool {
			return p.Service != "imap" || p.Scheduled < seconds(30) || p.Scheduled > seconds(33)
		}), record.Inconclusive, "imap: no probe from 29.750 s"},
		{"probes-alive", "stopped early", probes(func(p ledger.ProbeResult) bool { return p.Scheduled < seconds(50) }), record.Inconclusive, "no probe after 49.750 s"},
		{"probes-alive", "never started", func(d *drill) {
			probes(func(p ledger.ProbeResult) bool { return p.Service != "imap" })(d)
		}, record.Inconclusive, "imap: never probed"},
		{"residue-clean", "not proven gone", without(ledger.FaultClean), record.Inconclusive, "crash: not proven gone"},
		{"residue-clean", "still on", proofs(func(e *ledger.Event, p *ledger.Proof) { p.Installed = e.Kind != ledger.FaultControl }), record.Inconclusive, "not proven gone"},
		{"residue-clean", "something left", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.FaultHeld {
					e.Kind, e.Step, e.Data = ledger.Residue, "", []byte(`{"items":["network x"]}`)
				}
				return true
			}
		}, record.Inconclusive, "network x"},
		{"quiescence", "never read", without(ledger.QueueRead), record.Inconclusive, "mx1: queue never read"},
		{"quiescence", "unreadable", queues(func(q *ledger.QueueReading) { q.Error = "exec failed" }), record.Inconclusive, "exec failed"},
		{"quiescence", "not empty", queues(func(q *ledger.QueueReading) { q.Ours = 2 }), record.Inconclusive, "2 copies still queued"},
		{"quiescence", "read empty only after the scans", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.QueueRead {
					e.At += seconds(3)
				}
				return true
			}
		}, record.Inconclusive, "before the final scans"},
		{"mailboxes-read", "a reader that cannot log in", scans(func(s *ledger.ScanResult) { s.Unread = []string{"u3: no"} }), record.Inconclusive, "u3: no"},
		{"mailboxes-read", "fewer mailboxes than accounts", scans(func(s *ledger.ScanResult) { s.Mailboxes = 3 }), record.Inconclusive, "3 of 4"},
		{"scans-agree", "two different scans", scans(func(s *ledger.ScanResult) { s.Digest += string(rune('0' + s.Scan)) }), record.Inconclusive, "different mail"},
		{"scans-agree", "no scan", func(d *drill) { without(ledger.Scanned)(d) }, record.Inconclusive, "0 of 2"},
		{"scans-agree", "digests missing", scans(func(s *ledger.ScanResult) { s.Digest = "" }), record.Inconclusive, "different mail"},
		{"sentinel", "none sent", without(ledger.SentinelSeen), record.Inconclusive, "no sentinel"},
		{"sentinel", "did not arrive", func(d *drill) {
			d.event = func(e *ledger.Event) bool {
				if e.Kind == ledger.SentinelSeen {
					edit(t, e, func(s *ledger.Sentinel) { s.Arrived = 0 })
				}
				return true
			}
		}, record.Inconclusive, "mx: did not arrive"},
		{"indeterminate-share", "too many", func(d *drill) {
			d.entry = func(e *ledger.Entry) bool {
				if e.Kind == ledger.Outcome && e.Copy.Seq%10 == 0 {
					e.Verdict = ledger.Indeterminate
				}
				return true
			}
		}, record.Inconclusive, "80 of 800"},
		{"evidence-complete", "an audit without a word of people", audited(func(s *Spec) { s.Evidence = nil }), record.Inconclusive, "E02 (evidence.exercise)"},
		{"evidence-complete", "an owner that is missing", audited(func(s *Spec) { s.Evidence.Objectives.Owner = " " }), record.Inconclusive, "E08 (evidence.objectives.owner)"},
		{"evidence-complete", "approved by the operator", audited(func(s *Spec) { s.Evidence.Authorisation.Approver = "ANN" }), record.Inconclusive, "E10"},
		{"evidence-complete", "an audit on simulated servers", audited(func(s *Spec) { s.Simulated = true }), record.Inconclusive, "evidence of nothing"},
	} {
		t.Run(c.gate+"/"+c.name, func(t *testing.T) {
			d := sound()
			c.plant(d)
			r := d.verdict(t)
			if g := gateOf(t, r, c.gate); g.Passed || !strings.Contains(g.Detail, c.detail) {
				t.Errorf("gate passed %v: %q, want red with %q", g.Passed, g.Detail, c.detail)
			}
			if r.Verdict != c.want {
				t.Errorf("verdict %s (%s), want %s", r.Verdict, r.Reason, c.want)
			}
			if r.Accounting.Lost > 0 {
				t.Errorf("%d copies called lost without proof", r.Accounting.Lost)
			}
		})
	}
}

// audited makes an audit run with all that it needs, but for one change.
func audited(change func(*Spec)) func(*drill) {
	return func(d *drill) {
		d.spec = func(s *Spec) {
			there := true
			s.Audit, s.Evidence = true, &record.Evidence{
				Exercise: "functional", Environment: "replica", Differences: []string{"one host"},
				Basis: record.Basis{BIA: "BIA-1"}, Objectives: record.Mandate{Owner: "Head of Sales"},
				Participants:  []record.Participant{{Role: "operator", Name: "Ann", Attended: &there}},
				Authorisation: record.Authorisation{Approver: "Bob"},
			}
			change(s)
		}
	}
}

// An audit run with all that it needs passes, and its record has it.
func TestAnAuditRunCanPass(t *testing.T) {
	d := sound()
	audited(func(*Spec) {})(d)
	r := d.verdict(t)
	if r.Verdict != record.Passed || !r.Audit || r.Evidence == nil || r.Evidence.Objectives.Owner != "Head of Sales" {
		t.Errorf("verdict %s (%s), audit %v, evidence %+v", r.Verdict, r.Reason, r.Audit, r.Evidence)
	}
}

// What was missed stays missed, whatever people forgot to write.
func TestEmptyEvidenceHidesNoFailure(t *testing.T) {
	d := sound()
	audited(func(s *Spec) { s.Evidence = nil })(d)
	d.down["mx"] = [][2]float64{{15.1, 40}}
	if r := d.verdict(t); r.Verdict != record.Failed {
		t.Errorf("verdict %s (%s), want failed", r.Verdict, r.Reason)
	}
}

// flush plans and plays an action, at the time at which the fault is held.
func flush(d *drill, failure string) {
	d.spec = func(s *Spec) { s.Actions = []PlannedAction{{Step: "flush", Kind: "flush", Targets: []string{"mx2"}}} }
	d.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultHeld {
			e.Kind, e.Step, e.Node = ledger.ActionDone, "flush", "mx2"
			e.Data, _ = json.Marshal(ledger.Call{Kind: "flush", Began: e.At, Ended: e.At, Error: failure})
		}
		return true
	}
}

func TestAnActionIsInTheRecord(t *testing.T) {
	d := sound()
	flush(d, "")
	r := d.verdict(t)
	if len(r.Actions) != 1 || !r.Actions[0].Done() || r.Actions[0].Kind != "flush" || r.Actions[0].Targets[0] != "mx2" {
		t.Errorf("actions %+v", r.Actions)
	}
	if r.Verdict != record.Passed {
		t.Errorf("verdict %s (%s)", r.Verdict, r.Reason)
	}
}

func gap(t *testing.T, e ledger.Event, from, to float64) ledger.Event {
	t.Helper()
	e.Data = []byte("{}")
	edit(t, &e, func(s *ledger.Stall) { s.From, s.To = seconds(from), seconds(to) })
	return e
}

// What was found, was found: a blind instrument does not take it away. What
// was not found proves nothing then.
func TestGatesErasesAbsenceOnly(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int {
		switch {
		case seq <= 20:
			return 2
		case seq <= 40:
			return 0
		}
		return 1
	}
	d.event = func(e *ledger.Event) bool { return e.Kind != ledger.SentinelSeen }
	r := d.verdict(t)
	if o := goal(t, r, "duplicates"); o.Verdict != record.Failed {
		t.Errorf("duplicates: %s (%s), want failed", o.Verdict, o.Reason)
	}
	if o := goal(t, r, "loss"); o.Verdict != record.Inconclusive || o.Measured.Low != 0 || *o.Measured.High != 20 {
		t.Errorf("loss: %s %+v, want inconclusive in [0, 20]", o.Verdict, o.Measured)
	}
	if r.Verdict != record.Failed || !strings.Contains(r.Reason, "duplicates") {
		t.Errorf("verdict %s: %s", r.Verdict, r.Reason)
	}
}

// An outage that the fault did not cause says nothing about recovery.
func TestUnprovenFaultErasesRecovery(t *testing.T) {
	d := sound()
	d.down["mx"] = [][2]float64{{15.1, 40}}
	if o := goal(t, d.verdict(t), "rto.mx"); o.Verdict != record.Failed {
		t.Errorf("proven: %s (%s)", o.Verdict, o.Reason)
	}
	d.event = func(e *ledger.Event) bool { return e.Kind != ledger.FaultControl }
	if o := goal(t, d.verdict(t), "rto.mx"); o.Verdict != record.Inconclusive || !strings.Contains(o.Reason, "negative-control") {
		t.Errorf("without a control: %s (%s)", o.Verdict, o.Reason)
	}
}

func TestBlindQueue(t *testing.T) {
	d := sound()
	d.spec = func(s *Spec) { s.QueueNodes, s.BlindQueues = []string{"mx1"}, []string{"mx2"} }
	if r := d.verdict(t); r.Verdict != record.Passed {
		t.Errorf("nothing missing: %s (%s)", r.Verdict, r.Reason)
	}
	d.found = func(_ int, seq uint32) int { return int(min(1, seq%400)) }
	r := d.verdict(t)
	if r.Verdict != record.Inconclusive || r.Accounting.Lost != 0 || r.Accounting.Unknown != 2 {
		t.Errorf("two missing: %s, %d lost, %d unknown", r.Verdict, r.Accounting.Lost, r.Accounting.Unknown)
	}
}
