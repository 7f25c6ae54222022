package measure

import (
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure/mailstore"
	"maildrill/harness/record"
)

// rules are the decisions that a judgement rests on. There is one sound set.
// Calibration puts others in its place, each with one decision wrong, and
// demands that somebody notices (see [Mutants]).
type rules struct {
	// Of copies.
	classify func(s state, absenceProven bool) class
	proven   func(absence) bool
	reported func(action string) state // of a delivery status notification
	view     func(uint8) uint8         // sightings of the same view are added up
	several  func(most int) int        // how many of so many copies are too many
	marks    []mark
	owns     func(account, recipient string) bool // mail that names no recipients
	damages  func(unreadable int) int             // how many unreadable messages count as damaged
	verdict  func(ledger.Entry) ledger.Verdict
	unquiet  func(readings []queueReading, by time.Duration) string
	torn     func(why string) string
	stored   []mailstore.Check
	salt     bool // what was planted must be found
	reopens  bool // a copy that comes after it was called lost asks the question again

	// Of times.
	good     func(ledger.ProbeResult) bool
	stable   func(since, now, stable ledger.Seconds) bool
	lastFail func(probes []ledger.ProbeResult, last int) time.Duration
	regained func(from span, back time.Duration) time.Duration
	censored bool // an outage without a stable stretch has no upper end
	older    func(accepted, oldest time.Duration) bool
	opened   func(unknown int) bool // copies of unknown fate open the upper end

	// Of verdicts.
	decide     func(reading, float64) record.Verdict
	erases     func(gate, family, record.Verdict) bool
	controlled func(*target) bool
	installed  func(*target) bool
	clean      func(*target) bool
	exercised  func(met uint64) bool
	denies     func(gate) bool // the pass, if it failed
}

// soundRules are those of package measure.
func soundRules() *rules {
	return &rules{
		classify: classify,
		proven:   absence.proven,
		reported: reported,
		view:     func(v uint8) uint8 { return v },
		several:  func(most int) int { return max(0, most-1) },
		marks:    marks,
		owns:     strings.EqualFold,
		damages:  func(unreadable int) int { return unreadable },
		verdict:  func(e ledger.Entry) ledger.Verdict { return e.Verdict },
		unquiet:  unquiet,
		torn:     func(why string) string { return why },
		stored:   mailstore.Checks,
		salt:     true,
		reopens:  true,

		good:   func(p ledger.ProbeResult) bool { return p.OK },
		stable: func(since, now, stable ledger.Seconds) bool { return now-since >= stable },
		lastFail: func(probes []ledger.ProbeResult, last int) time.Duration {
			return time.Duration(probes[last].Scheduled)
		},
		regained: func(from span, back time.Duration) time.Duration { return back - from.low },
		censored: true,
		older:    func(accepted, oldest time.Duration) bool { return accepted < oldest },
		opened:   func(unknown int) bool { return unknown > 0 },

		decide:     decide,
		erases:     erases,
		controlled: (*target).controlled,
		installed:  (*target).installed,
		clean:      (*target).clean,
		exercised:  func(met uint64) bool { return met > 0 },
		denies:     func(g gate) bool { return !g.bears.only },
	}
}
