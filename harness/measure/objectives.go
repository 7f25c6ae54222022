package measure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/measure/mailstore"
	"maildrill/harness/record"
)

// reading is what was measured for one objective.
type reading struct {
	family   family
	measured *record.Interval // nil: no data
	said     string
	weak     string // why the data cannot carry a verdict, if they cannot
	// exempt: the target is met whatever the upper end, because that is only
	// the resolution of the measurement.
	exempt bool
}

// judge decides one objective, given the gates that failed.
func (q *inquiry) judge(o Objective, failed []gate) record.Objective {
	r := q.measure(o)
	row := record.Objective{Name: o.Name, Target: map[string]float64{"max": o.Max}, Measured: r.measured, Unit: o.Unit, Reason: r.said}
	row.Verdict = q.rules.decide(r, o.Max)
	if row.Verdict == record.Inconclusive && r.weak != "" {
		row.Reason += "; " + r.weak
	}
	if why := q.erasers(r.family, row.Verdict, failed); len(why) > 0 {
		row.Reason += fmt.Sprintf("; would be %s, but failed gates: %s", row.Verdict, strings.Join(why, ", "))
		row.Verdict = record.Inconclusive
	}
	return row
}

// erasers names the failed gates that take a verdict away.
func (q *inquiry) erasers(f family, v record.Verdict, failed []gate) (names []string) {
	for _, g := range failed {
		if v != record.Inconclusive && slices.Contains(g.bears.on, f) && q.rules.erases(g, f, v) {
			names = append(names, g.name)
		}
	}
	return names
}

// decide: passed only if the upper end meets the target, failed only if the
// lower end misses it.
func decide(r reading, most float64) record.Verdict {
	switch m := r.measured; {
	case m == nil:
		return record.Inconclusive
	case m.Low > most:
		return record.Failed
	case r.weak != "" || m.High == nil:
		return record.Inconclusive
	case *m.High <= most || r.exempt:
		return record.Passed
	}
	return record.Inconclusive
}

// erases tells whether a failed gate takes a verdict of a family that it bears
// on away: every pass, and those failures that rest on absence. What was found,
// was found; but when, only a clock that ran well can tell.
func erases(g gate, f family, v record.Verdict) bool {
	return v == record.Passed || g.bears.only || f != ofCounts && f != ofDelays && f != ofSecurity
}

// measure reads what the objective asks for.
func (q *inquiry) measure(o Objective) reading {
	b := q.accounts
	if service, ok := strings.CutPrefix(o.Name, "rto."); ok {
		return q.recovery(service)
	}
	switch o.Name {
	case "loss":
		return q.copies(o, ofLoss, "lost", b.Lost+q.surplus(), b.Lost+b.Unknown)
	case "duplicates":
		return q.copies(o, ofCounts, "duplicates", b.Duplicates, b.Duplicates)
	case "damaged":
		n := b.damagedAny + q.rules.damages(b.Unreadable)
		return q.copies(o, ofCounts, "damaged", n, n)
	case "misdelivered":
		return q.copies(o, ofCounts, "misdelivered", b.Misdelivered, b.Misdelivered)
	case "notified":
		return q.copies(o, ofCounts, "bounced", b.Notified, b.Notified)
	case "unfiltered":
		return q.copies(o, ofCounts, "delivered past the filter", b.unfiltered, b.unfiltered)
	case "rpo":
		return q.setback(o)
	case "backscatter":
		return q.story.backscatter()
	case "security":
		return q.securityReading()
	case "stored", "identity", "renewed":
		r := q.stored.Read(mailstore.Group(o.Name), o.Unit == "%")
		return reading{family: ofCounts, measured: r.Measured, said: r.Said, weak: r.Weak}
	}
	return q.timed(o)
}

// copies is a number of copies, or their share of those accepted.
func (q *inquiry) copies(o Objective, f family, word string, low, high int) reading {
	accepted := q.accounts.Accepted
	if accepted == 0 {
		return reading{family: f, said: "no copy was accepted"}
	}
	r := reading{family: f, said: fmt.Sprintf("%d %s of %d accepted", low, word, accepted)}
	if high > low {
		r.said += fmt.Sprintf(", %d unknown", high-low)
	}
	scale := 1.0
	if o.Unit == "%" {
		scale = 100 / float64(accepted)
	}
	upper := float64(high) * scale
	r.measured = &record.Interval{Low: float64(low) * scale, High: &upper}
	return r
}

// recovery is the time a service took to be stable again.
func (q *inquiry) recovery(service string) reading {
	m := q.services[service].recovery
	r := reading{family: ofRTO, measured: m}
	switch n := len(q.services[service].Outages); {
	case m == nil:
		r.said = "the service was not probed after a fault"
	case m.High == nil:
		r.said = fmt.Sprintf("not stable again; gone for more than %.3f s", m.Low)
	case n == 0:
		r.said = fmt.Sprintf("no probe failed; gone for less than %.3f s", *m.High)
	default:
		r.said = fmt.Sprintf("stable again after %.3f to %.3f s", m.Low, *m.High)
	}
	return r
}

// setback is how far back the loss reaches, over the worst of the steps.
func (q *inquiry) setback(o Objective) reading {
	r := reading{family: ofRPO, said: "no copy was accepted before a fault"}
	var worst *setback
	for _, b := range q.setbacks {
		m := b.reach()
		if m == nil {
			continue
		}
		if worst == nil || b.lost > 0 && m.Low >= r.measured.Low {
			worst, r.said = b, b.say()
		}
		r.measured = worse(r.measured, m)
		if b.recent < rpoAccepts {
			r.weak = fmt.Sprintf("%d copies accepted in the %.0f s before %s, %d are needed", b.recent, b.stretch.Seconds(), b.step.Step, rpoAccepts)
		}
	}
	r.exempt = o.Max == 0 && q.nothingLostBefore()
	return r
}

// nothingLostBefore: a target of zero asks that no copy accepted before the
// fault is lost; the upper end is then only the resolution.
func (q *inquiry) nothingLostBefore() bool {
	for _, b := range q.setbacks {
		if b.lost > 0 || b.unknown > 0 {
			return false
		}
	}
	return true
}

func (b *setback) say() string {
	if b.lost == 0 {
		return fmt.Sprintf("none of %d copies accepted before %s is lost; resolution %.3f s",
			b.accepted, b.step.Step, (b.onset.high - b.newest).Seconds())
	}
	return fmt.Sprintf("%d copies accepted before %s are lost; of those accepted since the oldest, %.0f %%",
		b.lost, b.step.Step, 100*b.density())
}
