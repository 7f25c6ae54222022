package calibrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// saturated: a host that leaves the instrument no CPU while the system recovers
// makes every time inconclusive, whatever it would be, and nothing else.
func saturated(b *Bench) {
	goal := func(name string, most float64) []measure.Objective {
		return []measure.Objective{{Name: name, Max: most, Unit: "s"}}
	}
	drop, double := every(some, topology.Lie{Drop: true}), every(some, topology.Lie{Twice: "forked"})
	for _, c := range []struct {
		name       string
		goals      []measure.Objective
		lies       map[uint32]topology.Lie
		idle, want record.Verdict // on an idle host, and on a saturated one
	}{
		{"nothing lost", noLoss, nil, record.Passed, record.Passed},
		{"copies lost", noLoss, drop, record.Failed, record.Failed},
		{"copies doubled", noLoss, double, record.Failed, record.Failed},
		{"a recovery in time", goal("rto.mx", 8), nil, record.Passed, record.Inconclusive},
		{"a recovery too late", goal("rto.mx", 4), nil, record.Failed, record.Inconclusive},
		{"a service that was never gone", goal("rto.imap", 5), nil, record.Passed, record.Inconclusive},
		{"detection", goal("detect", 5), nil, record.Passed, record.Inconclusive},
		{"nothing lost from before", goal("rpo", 2), nil, record.Passed, record.Inconclusive},
		{"a loss from long before", goal("rpo", 2), drop, record.Failed, record.Inconclusive},
		{"nothing lost, and a recovery in time", slices.Concat(noLoss, goal("rto.mx", 8)), nil, record.Passed, record.Inconclusive},
		{"copies lost, and a recovery in time", slices.Concat(noLoss, goal("rto.mx", 8)), drop, record.Failed, record.Failed},
	} {
		for _, host := range []struct {
			name string
			busy bool
			want record.Verdict
		}{{"an idle host", false, c.idle}, {"a saturated host", true, c.want}} {
			t := drilled()
			t.goals, t.lies = c.goals, c.lies
			t.change = func(s *spec) { s.Timing.DetectBy = "probe" }
			t.load(host.busy)
			b.about(host.name+", "+c.name, t, func(r record.Record) error {
				return errors.Join(loaded(r, host.busy, host.want), count(r, "lost", lostOf(c.lies)))
			})
		}
	}
}

func lostOf(lies map[uint32]topology.Lie) (n int) {
	for _, l := range lies {
		if l.Drop {
			n++
		}
	}
	return n
}

// loaded compares the verdict and the gate, which tells the load in any case.
func loaded(r record.Record, busy bool, want record.Verdict) error {
	switch g, err := gateOf(r, "host-not-saturated"); {
	case err != nil:
		return err
	case g.Passed == busy:
		return fmt.Errorf("gate %s passed %v: %.200s", g.Name, g.Passed, g.Detail)
	case r.Verdict != want:
		return fmt.Errorf("verdict %s (%.200s), want %s", r.Verdict, r.Reason, want)
	}
	return nil
}

// load writes what the samples of the host show throughout the observation. On a
// busy one a probe of imap, due while mx is down, begins later than it may take,
// though not so late that the probes would have ceased.
func (t *tape) load(busy bool) {
	idle := 0.8
	if busy {
		idle = 0.01
		t.services["imap"] = heldUp(t.services["imap"], 14100*time.Millisecond, 15500*time.Millisecond)
	}
	const every = 2 * time.Second
	for at := time.Duration(0); at < t.observe; at += every {
		data, err := json.Marshal(ledger.Load{From: seconds(at), To: seconds(at + every), CPUs: 2, Idle: idle, Busy: 1 - idle})
		if err != nil {
			panic(err) // plain numbers
		}
		t.more = append(t.more, ledger.Event{Kind: ledger.LoadSampled, Data: data})
	}
}

// heldUp lets the first probe due in a stretch begin at its end; the others of
// it are not made.
func heldUp(probes []ledger.ProbeResult, from, to time.Duration) []ledger.ProbeResult {
	inside := func(p ledger.ProbeResult) bool { return p.Scheduled >= seconds(from) && p.Scheduled < seconds(to) }
	first := slices.IndexFunc(probes, inside)
	held := probes[first]
	held.Start, held.End = seconds(to), seconds(to)+held.End-held.Start
	kept := slices.DeleteFunc(slices.Clone(probes), inside)
	return slices.Insert(kept, first, held)
}
