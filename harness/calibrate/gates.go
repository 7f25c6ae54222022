package calibrate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

type spec = measure.Spec

// inconclusive asks for that verdict, for the gate that has to say why, and
// that nothing was called lost.
func inconclusive(gate string) func(record.Record) error {
	return func(r record.Record) error {
		switch g, err := gateOf(r, gate); {
		case r.Verdict != record.Inconclusive:
			return fmt.Errorf("verdict %s (%.200s), want inconclusive", r.Verdict, r.Reason)
		case err != nil:
			return err
		case g.Passed:
			return fmt.Errorf("gate %s passed; reason %.200s", gate, r.Reason)
		case r.Accounting.Lost > 0:
			return fmt.Errorf("%d copies called lost", r.Accounting.Lost)
		}
		return nil
	}
}

func gateOf(r record.Record, name string) (record.Gate, error) {
	i := slices.IndexFunc(r.Gates, func(g record.Gate) bool { return g.Name == name })
	if i < 0 {
		return record.Gate{}, fmt.Errorf("the record has no gate %s", name)
	}
	return r.Gates[i], nil
}

// drilled is a tape with a fault and two services, one of which suffers.
func drilled() *tape {
	const on, off = 12 * time.Second, 18 * time.Second
	t := newTape(600)
	t.baseline, t.observe = on-300*time.Millisecond, 35*time.Second
	t.faults = []fault{crash(on, off)}
	mx := service{windows: []window{{kind: refused, from: on, to: off}}, latency: latency, interval: interval, timeout: timeout}
	imap := service{latency: latency, interval: interval, timeout: timeout}
	t.services = map[string][]ledger.ProbeResult{"mx": mx.probes(0, t.observe), "imap": imap.probes(0, t.observe)}
	t.goals = slices.Concat(noLoss, []measure.Objective{{Name: "rto.mx", Max: 8, Unit: "s"}, {Name: "rto.imap", Max: 5, Unit: "s"}, {Name: "rpo", Max: 2, Unit: "s"}})
	return t
}

// proofs edits every look at a fault.
func proofs(change func(kind string, p *ledger.Proof)) func(*tape) {
	return func(t *tape) { t.faults[0].edit = change }
}

// nothingShown plants the ways in which a drill shows nothing.
func nothingShown(b *Bench) {
	b.about("a sound drill", drilled(), passed)
	for _, c := range []struct {
		gate, name string
		plant      func(*tape)
	}{
		{"load-offered", "no load", func(t *tape) { t.copies = 0 }},
		{"load-offered", "a tenth of the load", func(t *tape) { t.change = func(s *spec) { s.Rate = 200 } }},
		{"load-offered", "no load during the fault", func(t *tape) { t.copies = 220 }},
		{"fault-effective", "an injection that does nothing", proofs(func(_ string, p *ledger.Proof) { p.Installed, p.Effective = false, false })},
		{"fault-effective", "a fault that heals itself in 50 ms", proofs(func(_ string, p *ledger.Proof) { p.Effective = false })},
		{"fault-installed", "a fault that the control plane does not have", proofs(func(_ string, p *ledger.Proof) { p.Installed = false })},
		{"fault-installed", "a step that was not reached", func(t *tape) {
			t.event = func(e *ledger.Event) bool { return !strings.HasPrefix(e.Kind, "fault.") }
		}},
		{"negative-control", "a fault that was there before", proofs(func(k string, p *ledger.Proof) { p.Effective = p.Effective || k == ledger.FaultControl })},
		{"negative-control", "no look before", func(t *tape) {
			t.event = func(e *ledger.Event) bool { return e.Kind != ledger.FaultControl }
		}},
		{"bystander", "a fault on the wrong node too", proofs(func(k string, p *ledger.Proof) { p.BystanderHurt = k == ledger.FaultProof })},
		{"fault-exercised", "a rule that no mail met", unmet},
		{"residue-clean", "a fault that stays", proofs(func(k string, p *ledger.Proof) { p.Installed = p.Installed || k == ledger.FaultClean })},
		{"residue-clean", "no look afterwards", func(t *tape) {
			t.event = func(e *ledger.Event) bool { return e.Kind != ledger.FaultClean }
		}},
		{"probes-alive", "a service that was never probed", func(t *tape) { t.services["imap"] = nil }},
		{"probes-alive", "probes that pause for three seconds", func(t *tape) {
			t.services["imap"] = slices.DeleteFunc(t.services["imap"], func(p ledger.ProbeResult) bool {
				return p.Scheduled > seconds(20*time.Second) && p.Scheduled < seconds(23*time.Second)
			})
		}},
		{"baseline-healthy", "a service that was down before", func(t *tape) {
			imap := service{windows: []window{{kind: refused, from: 11 * time.Second, to: 11500 * time.Millisecond}}, latency: latency, interval: interval, timeout: timeout}
			t.services["imap"] = imap.probes(0, t.observe)
		}},
		{"evidence-complete", "an audit run of which nobody says anything", func(t *tape) { t.change = func(s *spec) { s.Audit = true } }},
	} {
		t := drilled()
		c.plant(t)
		b.about(c.name, t, inconclusive(c.gate))
	}
	decisions(b)
	aborted := drilled()
	aborted.event = func(e *ledger.Event) bool { return e.Kind != ledger.RunEnded }
	b.about("a history that stops", aborted, func(r record.Record) error {
		if r.Verdict != record.Aborted || !r.Dirty {
			return fmt.Errorf("verdict %s, dirty %v", r.Verdict, r.Dirty)
		}
		return nil
	})
}

// decisions: a target is met by the upper end of what was measured, missed by
// the lower end, and open in between; what was not measured decides nothing.
func decisions(b *Bench) {
	for _, c := range []struct {
		name, objective string
		most            float64
		want            record.Verdict
	}{
		{"a target above the bracket", "rto.mx", 7, record.Passed},
		{"a target inside of the bracket", "rto.mx", 6, record.Inconclusive},
		{"a target below the bracket", "rto.mx", 4, record.Failed},
		{"a service that nobody probed", "rto.submission", 60, record.Inconclusive},
		{"an objective that nobody knows", "elegance", 60, record.Inconclusive},
	} {
		t := drilled()
		t.goals = []measure.Objective{{Name: c.objective, Max: c.most, Unit: "s"}}
		b.about(c.name, t, func(r record.Record) error {
			if r.Verdict != c.want || len(r.Objectives) != 1 || r.Objectives[0].Verdict != c.want {
				return fmt.Errorf("verdict %s (%.200s), want %s", r.Verdict, r.Reason, c.want)
			}
			return nil
		})
	}
}

// unmet: the fault is on, and the mail goes elsewhere.
func unmet(t *tape) {
	t.faults[0].met = 0
	t.entry = func(e *ledger.Entry) bool {
		if e.Kind == ledger.Outcome && e.Start > t.faults[0].on-5*time.Second {
			e.Node = "mx2"
		}
		return true
	}
}

func passed(r record.Record) error {
	if r.Verdict != record.Passed {
		return fmt.Errorf("verdict %s: %.300s", r.Verdict, r.Reason)
	}
	return nil
}

// blindness takes the reader's sight in many ways. Copies are missing in each:
// they are unknown, and no verdict but inconclusive is possible.
func blindness(b *Bench) {
	for _, c := range []struct {
		gate, name string
		event      func(*ledger.Event) bool
		torn       string
	}{
		{gate: "mailboxes-read", name: "a mailbox that cannot be read", event: scans(func(s *ledger.ScanResult) { s.Unread = []string{"u3@drill.test: no"} })},
		{gate: "mailboxes-read", name: "fewer mailboxes than accounts", event: scans(func(s *ledger.ScanResult) { s.Mailboxes-- })},
		{gate: "mailboxes-read", name: "only the first of two scans unread", event: scans(func(s *ledger.ScanResult) {
			if s.Scan == 1 {
				s.Unread = []string{"u1@drill.test: cut off"}
			}
		})},
		{gate: "scans-agree", name: "scans that differ", event: scans(func(s *ledger.ScanResult) { s.Digest += fmt.Sprint(s.Scan) })},
		{gate: "scans-agree", name: "one scan only", event: func(e *ledger.Event) bool {
			drop := false
			if e.Kind == ledger.Scanned {
				edit(e, func(s *ledger.ScanResult) { drop = s.Scan == 2 })
			}
			return !drop
		}},
		{gate: "sentinel", name: "no sentinel", event: func(e *ledger.Event) bool { return e.Kind != ledger.SentinelSeen }},
		{gate: "sentinel", name: "a sentinel that did not arrive", event: sentinels(func(s *ledger.Sentinel) { s.Arrived = 0 })},
		{gate: "sentinel", name: "a sentinel that was refused", event: sentinels(func(s *ledger.Sentinel) { s.Arrived, s.Error = 0, "451" })},
		{gate: "ledger-whole", name: "a torn ledger", torn: "000001.seg is broken from byte 77"},
	} {
		t := newTape(sample)
		t.lies, t.event, t.torn = every(some, topology.Lie{Drop: true}), c.event, c.torn
		b.about(c.name, t, inconclusive(c.gate))
		t = newTape(sample)
		t.event, t.torn = c.event, c.torn
		b.about(c.name+", nothing missing", t, inconclusive(c.gate))
		t = newTape(sample)
		t.lies, t.event, t.torn = every(some, topology.Lie{Twice: "forked"}), c.event, c.torn
		b.about(c.name+", what was found was found", t, func(r record.Record) error {
			if r.Accounting.Duplicates != len(some) || r.Verdict != record.Failed {
				return fmt.Errorf("%d duplicates, verdict %s", r.Accounting.Duplicates, r.Verdict)
			}
			return nil
		})
	}
	replicas(b)
	salted(b)
}

// replicas: two stores hold the same mail, but one of them lacks some.
func replicas(b *Bench) {
	t := newTape(sample)
	t.stores = []string{"store1", "store2"}
	t.plan = map[string]any{"stores": t.stores}
	t.entry = func(e *ledger.Entry) bool {
		return e.Kind != ledger.Seen || e.Node != "store2" || !slices.Contains(some, e.Copy.Seq)
	}
	b.about("a replica that lacks some", t, func(r record.Record) error {
		switch {
		case r.Accounting.Lost > 0:
			return errors.New("called lost, though one replica has it")
		case r.Verdict == record.Passed:
			return errors.New("passed, though two replicas show different mail")
		}
		return nil
	})
	gone := newTape(sample)
	gone.stores, gone.lies = []string{"store1", "store2"}, every(some, topology.Lie{Drop: true})
	b.check("gone from both replicas", gone, truthOf(sample, gone.lies, false))
	only := newTape(sample)
	only.stores = []string{"store1", "store2"}
	only.entry = func(e *ledger.Entry) bool {
		return e.Kind != ledger.Seen || (e.Node == "store2") == (e.Copy.Seq%2 == 0)
	}
	b.about("half of the mail at each of two stores", only, func(r record.Record) error {
		if r.Accounting.Lost+r.Accounting.Duplicates > 0 {
			return fmt.Errorf("%d lost, %d duplicates", r.Accounting.Lost, r.Accounting.Duplicates)
		}
		return nil
	})
}

func scans(change func(*ledger.ScanResult)) func(*ledger.Event) bool {
	return func(e *ledger.Event) bool {
		if e.Kind == ledger.Scanned {
			edit(e, change)
		}
		return true
	}
}

func sentinels(change func(*ledger.Sentinel)) func(*ledger.Event) bool {
	return func(e *ledger.Event) bool {
		if e.Kind == ledger.SentinelSeen {
			edit(e, change)
		}
		return true
	}
}
