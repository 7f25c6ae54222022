package calibrate

import (
	"errors"
	"maps"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// held waits in a queue: for a moment, or past the end of the run.
func held() []lieCase {
	mixed := every(some[3:], topology.Lie{Drop: true})
	maps.Copy(mixed, every(some[:3], topology.Lie{Hold: forever}))
	return []lieCase{
		{"held for a second, then delivered", every(some, topology.Lie{Hold: time.Second})},
		{"held past the end", every(some, topology.Lie{Hold: forever})},
		{"some held past the end, others dropped", mixed},
		{"bounced and still queued", every(some[:1], topology.Lie{Hold: forever, Report: "delayed"})},
	}
}

func deferral(b *Bench) {
	lies(held)(b)
	for _, c := range []struct {
		name  string
		event func(*ledger.Event) bool
	}{
		{"queues never read", func(e *ledger.Event) bool { return e.Kind != ledger.QueueRead }},
		{"a queue that cannot be read", queues(func(q *ledger.QueueReading) { q.Error = "exec failed" })},
		{"a queue that is not empty", queues(func(q *ledger.QueueReading) { q.Ours, q.Count = 2, 2 })},
		{"queues read empty only after the scans", func(e *ledger.Event) bool {
			if e.Kind == ledger.QueueRead {
				e.At += seconds(time.Minute)
			}
			return true
		}},
	} {
		t := newTape(sample)
		t.lies, t.event = every(some, topology.Lie{Drop: true}), c.event
		b.check(c.name+", copies missing", t, truthOf(sample, t.lies, true))
		t = newTape(sample)
		t.event = c.event
		b.about(c.name, t, inconclusive("quiescence"))
	}
	blind := newTape(sample)
	blind.lies = every(some, topology.Lie{Drop: true})
	blind.change = func(s *spec) { s.BlindQueues = []string{"mx3"} }
	b.check("a queue that nobody can read, copies missing", blind, truthOf(sample, blind.lies, true))
	released(b)
}

// released is mail that turns up after it was called lost: a third scan, made
// later, finds it.
func released(b *Bench) {
	for _, c := range []struct {
		name        string
		scans, from int // the copy is found from this scan on
		late        int
	}{
		{"found by the third scan, after two had missed it", 3, 3, 1},
		{"found by the last two scans, after two had missed it", 4, 3, 1},
		{"found by the last two scans, after one had missed it", 3, 2, 0},
	} {
		t := newTape(sample)
		t.scans, t.lies = c.scans, every(some[1:], topology.Lie{Drop: true})
		t.entry = func(e *ledger.Entry) bool {
			return e.Kind != ledger.Seen || e.Copy.Seq != some[0] || int(e.Scan) >= c.from
		}
		b.about(c.name, t, func(r record.Record) error { return reopened(r, c.late) })
	}
}

// reopened: a copy that comes after it was called lost leaves no other loss
// proven, since those may come too.
func reopened(r record.Record, late int) error {
	if late == 0 {
		return errors.Join(count(r, "late", 0), count(r, "lost", len(some)-1))
	}
	return errors.Join(inconclusive("scans-agree")(r), count(r, "late", late), count(r, "unknown", len(some)-1))
}

// queues edits every queue reading.
func queues(change func(*ledger.QueueReading)) func(*ledger.Event) bool {
	return func(e *ledger.Event) bool {
		if e.Kind == ledger.QueueRead {
			edit(e, change)
		}
		return true
	}
}
