package calibrate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/harness/ledger"
)

// How a service fails.
const (
	refused    = "refused"     // at once
	blackHoled = "black-holed" // packets are dropped: SYN and its repetition
	stalled    = "stalled"     // connected, and nothing is said
	busy       = "421"         // the greeting says: not now
)

// window is a stretch in which a service does not work.
type window struct {
	kind     string
	from, to time.Duration
	met      bool // it made a probe fail
}

// service is a modelled service; its failures are the truth.
type service struct {
	windows  []window
	latency  time.Duration // of a probe that meets no failure
	interval time.Duration
	timeout  time.Duration
	drift    func() time.Duration // how late a probe starts; nil: not at all
	patient  bool                 // what was dropped arrives when the way is free
}

func (s service) down(at time.Duration) *window {
	for i, w := range s.windows {
		if at >= w.from && at < w.to {
			return &s.windows[i]
		}
	}
	return nil
}

// resend is the first repetition of a SYN (RFC 6298, section 2.1).
const resend = time.Second

// probe is one attempt, as probe.Schedule reports it.
func (s service) probe(scheduled time.Duration) ledger.ProbeResult {
	start := scheduled
	if s.drift != nil {
		start += s.drift()
	}
	p := ledger.ProbeResult{Service: "mx", Scheduled: seconds(scheduled), Start: seconds(start)}
	end, err := s.attempt(start)
	p.OK, p.Error, p.End = err == nil, text(err), seconds(end)
	return p
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// attempt connects, waits for the greeting, and finishes.
func (s service) attempt(start time.Duration) (end time.Duration, err error) {
	limit := start + s.timeout
	at := start
	for w := s.down(at); w != nil; w = s.down(at) {
		switch {
		case w.kind == refused, w.kind == busy:
			s.blame(w, start)
			return at + s.latency/4, fmt.Errorf("connect: %s", w.kind)
		case w.kind == blackHoled && !s.patient:
			at += resend // the next SYN
		default:
			at = w.to // it goes on where it stopped
		}
		if at >= limit {
			s.blame(w, start)
			return limit, fmt.Errorf("%s: timed out", w.kind)
		}
	}
	return s.finish(start, at, limit)
}

// finish is the dialogue, which a failure may still cut short.
func (s service) finish(start, at, limit time.Duration) (time.Duration, error) {
	end := at + s.latency
	w := s.down(end)
	switch {
	case w == nil && end < limit:
		return end, nil
	case w == nil:
		s.blame(nil, start)
		return limit, fmt.Errorf("timed out")
	case w.kind == refused || w.kind == busy:
		s.blame(w, start)
		return end, fmt.Errorf("reset by peer")
	case w.to >= limit:
		s.blame(w, start)
		return limit, fmt.Errorf("%s: timed out", w.kind)
	}
	return w.to + s.latency, nil
}

// blame notes that a window made a probe fail: the first that it met. What it
// ran into later is no proof: probes that begin inside of that may all be answered
// in time.
func (s service) blame(w *window, start time.Duration) {
	if first := s.down(start); first != nil {
		w = first
	}
	if w != nil {
		w.met = true
	}
}

// probes are those of a schedule, open: none waits for another.
func (s service) probes(first, until time.Duration) (all []ledger.ProbeResult) {
	for at := first; at < until; at += s.interval {
		all = append(all, s.probe(at))
	}
	return all
}

// fault is one step of the timeline, with the truth about when it was on.
type fault struct {
	step, node string
	on, off    time.Duration // effective from, healed at
	look       time.Duration // how long the looks around the edges take
	met        uint64        // counted by its own counters
	edit       func(kind string, p *ledger.Proof)
}

func crash(on, off time.Duration) fault {
	return fault{step: "crash", node: "mx1", on: on, off: off, look: 40 * time.Millisecond, met: 12}
}

// write puts the events of the fault on the tape: control, call, proofs,
// revert, and the look afterwards.
func (f fault) write(t *tape) {
	look := func(at time.Duration, kind string, on bool, met uint64) {
		p := ledger.Proof{Began: seconds(at), Ended: seconds(at + f.look), Installed: on, Effective: on, Counters: map[string]uint64{"dropped": met}, Counts: on}
		if f.edit != nil {
			f.edit(kind, &p)
		}
		t.put(at+f.look, kind, f.step, f.node, p)
	}
	call := func(kind string, began, ended time.Duration) {
		t.put(max(began, ended), kind, f.step, f.node, ledger.Call{Kind: "node.crash", Began: seconds(began), Ended: seconds(ended)})
	}
	look(f.on-4*f.look, ledger.FaultControl, false, 0)
	t.put(f.on-2*f.look, ledger.FaultHeld, f.step, f.node, nil)
	call(ledger.FaultInjecting, f.on-f.look/2, 0)
	call(ledger.FaultInjected, f.on-f.look/2, f.on+f.look/2)
	look(f.on+f.look/2, ledger.FaultProof, true, f.met)
	look(f.off-f.look-time.Millisecond, ledger.FaultProof, true, f.met)
	call(ledger.FaultReverting, f.off-f.look/4, 0)
	call(ledger.FaultReverted, f.off-f.look/4, f.off+f.look/4)
	look(f.off+f.look/4, ledger.FaultClean, false, 0)
}

// between draws a time.
func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Int64N(int64(high-low)+1))
}
