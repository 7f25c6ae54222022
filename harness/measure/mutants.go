package measure

import (
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure/mailstore"
	"maildrill/harness/record"
)

// Mutant is a judge with one deliberate defect. Each stands for a mistake that
// was made in some checker somewhere; a calibration that cannot tell it from
// the sound judge proves nothing.
type Mutant struct {
	Name  string
	What  string // in plain words
	Judge func(History) (record.Record, error)
}

// Mutants are all deliberate defects.
func Mutants() []Mutant {
	var all []Mutant
	for _, d := range slices.Concat(defective, blindToStored()) {
		all = append(all, Mutant{Name: d.name, What: d.what, Judge: func(h History) (record.Record, error) {
			r := soundRules()
			d.spoil(r)
			return judge(h, r)
		}})
	}
	return all
}

// blindToStored are judges that each leave out one check of stored mail.
func blindToStored() []defect {
	var all []defect
	for i, c := range mailstore.Checks {
		all = append(all, defect{"stored-" + c.Class + "-unseen", "of stored mail, " + c.Class + " is passed over", func(r *rules) {
			r.stored = slices.Delete(slices.Clone(mailstore.Checks), i, i+1)
		}})
	}
	return all
}

// defect makes one rule wrong.
type defect struct {
	name, what string
	spoil      func(*rules)
}

// as gives a class another name.
func as(from, to class) func(*rules) {
	return func(r *rules) {
		r.classify = func(s state, proven bool) class {
			if c := classify(s, proven); c != from {
				return c
			}
			return to
		}
	}
}

// blindTo takes one kind of doubt away from the proof of absence.
func blindTo(forget func(*absence)) func(*rules) {
	return func(r *rules) {
		r.proven = func(a absence) bool { forget(&a); return a.proven() }
	}
}

// without drops a flag.
func without(name string) func(*rules) {
	return func(r *rules) {
		r.marks = nil
		for _, f := range marks {
			if f.name != name {
				r.marks = append(r.marks, f)
			}
		}
	}
}

// verdictAs takes one submission verdict for another.
func verdictAs(from, to ledger.Verdict) func(*rules) {
	return func(r *rules) {
		r.verdict = func(e ledger.Entry) ledger.Verdict {
			if e.Verdict == from {
				return to
			}
			return e.Verdict
		}
	}
}

var defective = []defect{
	{"lost-is-unknown", "a loss is never said", as(lost, unknown)},
	{"unknown-is-delivered", "what was not found counts as delivered", as(unknown, delivered)},
	{"unknown-is-lost", "what was not found is called lost without proof", as(unknown, lost)},
	{"deferred-is-lost", "mail in a queue is called lost", as(deferred, lost)},
	{"damaged-is-delivered", "a damaged copy counts as delivered", as(damaged, delivered)},
	{"quarantined-is-delivered", "a copy in quarantine counts as delivered", as(quarantined, delivered)},
	{"bounced-is-lost", "a bounce is not taken for notice", as(bounced, lost)},
	{"any-report-is-a-bounce", "a delay or a receipt is taken for a bounce", func(r *rules) {
		r.reported = func(string) state { return notified }
	}},
	{"no-receipts", "a receipt is passed over", func(r *rules) {
		r.reported = func(action string) state { return reported(action) &^ receipted }
	}},
	{"scans-added-up", "duplicates are summed over scans and replicas", func(r *rules) { r.view = func(uint8) uint8 { return 0 } }},
	{"pairs-allowed", "only three copies count as duplicated", func(r *rules) { r.several = func(most int) int { return max(0, most-2) } }},
	{"misdelivery-unseen", "mail in a stranger's mailbox is passed over", without("misdelivered")},
	{"misfiling-unseen", "mail in the wrong folder is passed over", without("misfiled")},
	{"rejection-unchecked", "mail that was refused and arrived is passed over", without("delivered despite rejection")},
	{"indeterminate-is-accepted", "a lost reply counts as acceptance", verdictAs(ledger.Indeterminate, ledger.Accepted)},
	{"rejected-is-accepted", "a refusal counts as acceptance", verdictAs(ledger.RejectedTemporary, ledger.Accepted)},
	{"accepted-is-indeterminate", "no acceptance is believed", verdictAs(ledger.Accepted, ledger.Indeterminate)},
	{"unread-mailboxes", "loss is said although a mailbox was not read", blindTo(func(a *absence) { a.unread = "" })},
	{"unreadable-is-absent", "loss is said although the copy may be a message that cannot be read", blindTo(func(a *absence) { a.unreadable = "" })},
	{"unreadable-is-sound", "a message that cannot be read is no damage", func(r *rules) { r.damages = func(int) int { return 0 } }},
	{"unaddressed-is-own", "mail that names no recipients belongs to whose mailbox it is in", func(r *rules) { r.owns = func(string, string) bool { return true } }},
	{"scans-disagree", "loss is said although two scans differ", blindTo(func(a *absence) { a.disagree = "" })},
	{"silent-sentinel", "loss is said although no sentinel arrived", blindTo(func(a *absence) { a.silent = "" })},
	{"blind-queue", "loss is said although a queue cannot be read", blindTo(func(a *absence) { a.blind = "" })},
	{"unquiet-queue", "a queue that could not be read counts as empty", func(r *rules) {
		r.unquiet = func(readings []queueReading, by time.Duration) string {
			if why := unquiet(readings, by); !strings.Contains(why, "not readable") {
				return why
			}
			return ""
		}
	}},
	{"torn-tail", "a ledger that is cut short counts as whole", func(r *rules) { r.torn = func(string) string { return "" } }},
	{"late-unseen", "a copy that came after it was called lost is passed over", func(r *rules) { r.reopens = false }},
	{"salt-unchecked", "what was planted is not demanded", func(r *rules) { r.salt = false }},

	{"late-answer-is-good", "a probe that failed late counts as good", func(r *rules) {
		r.good = func(p ledger.ProbeResult) bool { return p.OK || p.End-p.Start > ledger.Seconds(500*time.Millisecond) }
	}},
	{"first-success-is-stable", "the first good probe counts as recovery", func(r *rules) {
		r.stable = func(ledger.Seconds, ledger.Seconds, ledger.Seconds) bool { return true }
	}},
	{"one-probe-off", "the probe after the last failing one is taken for it", func(r *rules) {
		r.lastFail = func(probes []ledger.ProbeResult, last int) time.Duration {
			return time.Duration(probes[min(last+1, len(probes)-1)].Scheduled)
		}
	}},
	{"measured-from-the-end", "recovery is timed from the late end of the onset", func(r *rules) {
		r.regained = func(from span, back time.Duration) time.Duration { return back - from.high - 10*time.Millisecond }
	}},
	{"never-is-now", "an outage that never ended has an upper end", func(r *rules) { r.censored = false }},
	{"newest-loss", "the loss reaches back to its newest copy", func(r *rules) {
		r.older = func(accepted, oldest time.Duration) bool { return accepted > oldest }
	}},
	{"unknown-fate-ignored", "copies of unknown fate do not open the RPO", func(r *rules) { r.opened = func(int) bool { return false } }},

	{"lower-end-passes", "an objective passes by the lower end of its interval", func(r *rules) {
		r.decide = func(m reading, most float64) record.Verdict {
			if m.measured != nil && m.measured.Low <= most {
				return record.Passed
			}
			return decide(m, most)
		}
	}},
	{"no-data-passes", "an objective without data passes", func(r *rules) {
		r.decide = func(m reading, most float64) record.Verdict {
			if m.measured == nil {
				return record.Passed
			}
			return decide(m, most)
		}
	}},
	{"gates-open", "a failed gate denies nothing", func(r *rules) {
		r.denies, r.erases = func(gate) bool { return false }, func(gate, family, record.Verdict) bool { return false }
	}},
	{"times-of-a-saturated-host", "a host that left the instrument no CPU spoils no time", func(r *rules) {
		r.erases = func(g gate, f family, v record.Verdict) bool { return !g.bears.only && erases(g, f, v) }
	}},
	{"saturation-denies-all", "a host that left the instrument no CPU spoils what is no time", func(r *rules) {
		r.denies = func(gate) bool { return true }
	}},
	{"gates-erase-all", "a failed gate takes away what was found", func(r *rules) {
		r.erases = func(gate, family, record.Verdict) bool { return true }
	}},
	{"no-negative-control", "a fault that was there before counts as injected", func(r *rules) { r.controlled = func(*target) bool { return true } }},
	{"uninstalled-fault", "a fault that was not installed counts as installed", func(r *rules) { r.installed = func(*target) bool { return true } }},
	{"vacuous-fault", "a fault that no mail met counts as exercised", func(r *rules) { r.exercised = func(uint64) bool { return true } }},
	{"residue-unseen", "a fault that was not proven gone counts as gone", func(r *rules) { r.clean = func(*target) bool { return true } }},
}
