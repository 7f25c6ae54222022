package calibrate

import (
	"slices"
	"strings"

	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// afterwards is a judge whose record is altered.
func afterwards(change func(*record.Record)) Judge {
	return func(h measure.History) (record.Record, error) {
		r, err := measure.Judge(h)
		change(&r)
		return r, err
	}
}

// intervals alters everything measured of one family.
func intervals(prefix string, change func(*record.Interval)) Judge {
	return afterwards(func(r *record.Record) {
		for i, o := range r.Objectives {
			if strings.HasPrefix(o.Name, prefix) && o.Measured != nil {
				m := *o.Measured
				change(&m)
				r.Objectives[i].Measured = &m
			}
		}
	})
}

func high(m *record.Interval, by float64) {
	if m.High != nil {
		up := max(0, *m.High+by)
		m.High = &up
	}
}

// spoiledRecords are defects on the way out of it.
func spoiledRecords() []Mutant {
	verdict := func(from, to record.Verdict) Judge {
		return afterwards(func(r *record.Record) {
			if r.Verdict == from {
				r.Verdict = to
			}
		})
	}
	return []Mutant{
		{"unknown-is-pass", "an open question counts as a pass", verdict(record.Inconclusive, record.Passed)},
		{"unknown-is-fail", "an open question counts as a failure", verdict(record.Inconclusive, record.Failed)},
		{"defect-is-pass", "books that do not balance count as a pass", verdict(record.Error, record.Passed)},
		{"cut-short-is-pass", "a history that stops counts as a pass", verdict(record.Aborted, record.Passed)},
		{"unknown-is-lost", "what was not found counts as lost", afterwards(func(r *record.Record) {
			r.Accounting.Lost, r.Accounting.Unknown = r.Accounting.Lost+r.Accounting.Unknown, 0
		})},
		{"lost-is-unknown", "nothing is ever lost", afterwards(func(r *record.Record) {
			r.Accounting.Unknown, r.Accounting.Lost = r.Accounting.Lost+r.Accounting.Unknown, 0
		})},
		{"one-more", "loss is counted one too high", afterwards(func(r *record.Record) { r.Accounting.Lost++ })},
		{"duplicates-per-scan", "duplicates are added up over scans", afterwards(func(r *record.Record) { r.Accounting.Duplicates *= 2 })},
		{"phantoms-are-nothing", "mail that the ledger does not know is not looked at", afterwards(func(r *record.Record) { r.Accounting.Phantom = 0 })},
		{"gates-are-open", "every gate passes", afterwards(func(r *record.Record) {
			r.Gates = slices.Clone(r.Gates)
			for i := range r.Gates {
				r.Gates[i].Passed = true
			}
		})},
		{"recovery-too-early", "the upper end of a recovery is one probe short", intervals("rto", func(m *record.Interval) { high(m, -0.3) })},
		{"recovery-too-late", "the lower end of a recovery is one probe late", intervals("rto", func(m *record.Interval) { m.Low += 0.3 })},
		{"setback-too-short", "the upper end of a setback is one copy short", intervals("rpo", func(m *record.Interval) { high(m, -0.15) })},
		{"setback-too-long", "the lower end of a setback is one copy long", intervals("rpo", func(m *record.Interval) { m.Low += 0.15 })},
		{"wrong-copies", "the copies named are those after the right ones", afterwards(func(r *record.Record) {
			r.Problems = slices.Clone(r.Problems)
			for i := range r.Problems {
				r.Problems[i].Seqs = ranges(shifted(parse(r.Problems[i].Seqs)))
			}
		})},
	}
}

func shifted(seqs []uint32) []uint32 {
	for i := range seqs {
		seqs[i]++
	}
	return seqs
}
