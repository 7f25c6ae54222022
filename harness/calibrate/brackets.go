package calibrate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// pattern is one outage whose truth is known.
type pattern struct {
	name    string
	windows []window // the first begins when the fault becomes effective
	lasting bool     // it is never over
	tape    *tape
}

// kinds of patterns, each as likely as another.
var patternKinds = []string{refused, blackHoled, stalled, busy, "flapping", "short", "lasting", "two", "unproven"}

// draw makes a random outage of a service with a random prober.
func draw(r *rand.Rand, kind string) pattern {
	p := pattern{name: kind}
	d := between(r, 100*time.Millisecond, time.Second)
	s := service{latency: between(r, time.Millisecond, 40*time.Millisecond), interval: d, timeout: between(r, d/2, 3*d), patient: r.IntN(2) == 0}
	if r.IntN(3) == 0 {
		s.drift = func() time.Duration { return between(r, 0, d/3) }
	}
	on := between(r, 8*time.Second, 10*time.Second)
	p.windows = windows(r, kind, on, d)
	off := p.windows[len(p.windows)-1].to
	p.lasting = kind == "lasting"
	s.windows = p.windows
	steady := 10 * d
	p.tape = newTape(0)
	p.tape.baseline = on - time.Second
	p.tape.observe = off + steady + 6*d + 2*s.timeout
	switch {
	case p.lasting:
		p.tape.observe = on + 12*time.Second
	case kind == "unproven": // it works again, but nobody looks long enough
		p.tape.observe = off + 5*d
		p.lasting = true
	}
	p.tape.services = map[string][]ledger.ProbeResult{"mx": s.probes(between(r, 0, d), p.tape.observe)}
	f := crash(on, min(off, p.tape.observe))
	f.look = between(r, 2*time.Millisecond, 80*time.Millisecond)
	p.tape.faults = []fault{f}
	p.tape.goals = []measure.Objective{{Name: "rto.mx", Max: 1e6, Unit: "s"}}
	p.tape.change = func(sp *spec) {
		sp.Probe = measure.Probing{Interval: seconds(d), Timeout: seconds(s.timeout), Stable: seconds(steady)}
	}
	return p
}

// windows draws when the service does not work. Pauses between them are shorter
// than what counts as stable.
func windows(r *rand.Rand, kind string, on, d time.Duration) []window {
	simple := []string{refused, blackHoled, stalled, busy}
	one := func(from, length time.Duration) window {
		return window{kind: simple[r.IntN(len(simple))], from: from, to: from + length}
	}
	switch kind {
	case "flapping":
		var all []window
		for at := on; len(all) < 2+r.IntN(6); {
			w := one(at, between(r, d/4, 3*time.Second))
			all = append(all, w)
			at = w.to + between(r, d/4, 4*d)
		}
		return all
	case "short":
		return []window{one(on, between(r, time.Millisecond, d))}
	case "unproven":
		return []window{{kind: refused, from: on, to: on + between(r, 2*d, 5*time.Second)}}
	case "lasting":
		return []window{one(on, time.Hour)}
	case "two":
		first := one(on, between(r, 2*d, 3*time.Second))
		return []window{first, one(first.to+between(r, 15*d, 20*d), between(r, 2*d, 3*time.Second))}
	}
	return []window{{kind: kind, from: on, to: on + between(r, 10*time.Millisecond, 8*time.Second)}}
}

// brackets demands of seeded outages that the truth lies inside of what is
// reported, always.
func brackets(b *Bench) {
	n := b.pick(240, 1600)
	width, bounded := 0.0, 0
	for i := range n {
		if b.done() {
			return
		}
		r := b.rand("outage %d", i)
		p := draw(r, patternKinds[i%len(patternKinds)])
		b.about(fmt.Sprintf("outage %d (%s)", i, p.name), p.tape, func(rec record.Record) error {
			if m := measured(rec, "rto.mx"); m != nil && m.High != nil {
				width, bounded = width+*m.High-m.Low, bounded+1
			}
			return p.inside(rec)
		})
	}
	b.Figure("%d seeded outages in virtual time, the truth inside of every bracket; mean width %.3f s", n, width/float64(max(1, bounded)))
}

func measured(r record.Record, objective string) *record.Interval {
	i := slices.IndexFunc(r.Objectives, func(o record.Objective) bool { return o.Name == objective })
	if i < 0 {
		return nil
	}
	return r.Objectives[i].Measured
}

const hair = 1e-6 // seconds: the record rounds

// contains tells whether the true value lies in an interval.
func contains(i record.Interval, value time.Duration) error {
	v := value.Seconds()
	if v < i.Low-hair || i.High != nil && v > *i.High+hair {
		return fmt.Errorf("true is %.4f s, reported %s", v, shown(i))
	}
	return nil
}

func shown(i record.Interval) string {
	if i.High == nil {
		return fmt.Sprintf("more than %.4f s", i.Low)
	}
	return fmt.Sprintf("%.4f to %.4f s", i.Low, *i.High)
}

// inside compares a record with the truth about the outage.
func (p pattern) inside(r record.Record) error {
	m := measured(r, "rto.mx")
	if m == nil {
		return errors.New("nothing was measured")
	}
	on, off := p.windows[0].from, p.windows[len(p.windows)-1].to
	if p.lasting {
		if m.High != nil {
			return fmt.Errorf("never over, reported %s", shown(*m))
		}
		return nil
	}
	seen := r.Services["mx"].Outages
	if m.High == nil {
		return fmt.Errorf("over after %.4f s, reported as lasting", (off - on).Seconds())
	}
	if len(seen) == 0 { // then this is how long an unseen one may have lasted
		return wrap("an outage between two probes", contains(*m, p.longest()))
	}
	return errors.Join(wrap("recovery", contains(*m, p.lastSeen()-on)), p.began(seen), p.joined(seen))
}

// joined: what is never stable in between is one outage.
func (p pattern) joined(seen []record.Outage) error {
	unmet := slices.ContainsFunc(p.windows, func(w window) bool { return !w.met })
	if p.name != "two" && !unmet && len(seen) != 1 {
		return fmt.Errorf("one outage reported as %d", len(seen))
	}
	return nil
}

func (p pattern) longest() (longest time.Duration) {
	for _, w := range p.windows {
		longest = max(longest, w.to-w.from)
	}
	return longest
}

// lastSeen is the end of the last window that made a probe fail: one that none
// met is in nobody's sight.
func (p pattern) lastSeen() time.Duration {
	end := p.windows[0].to
	for _, w := range p.windows {
		if w.met {
			end = w.to
		}
	}
	return end
}

// began: each reported outage began at the start of a window that was met.
func (p pattern) began(seen []record.Outage) error {
	for i, o := range seen {
		if !slices.ContainsFunc(p.windows, func(w window) bool { return contains(o.Began, w.from) == nil }) {
			return fmt.Errorf("outage %d began between %s: no true one did", i+1, shown(o.Began))
		}
	}
	return nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
