package calibrate

import (
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// spoiled is a history that somebody reads badly. One that is nil changes
// nothing.
type spoiled struct {
	ledger.Scanner
	entry func(*ledger.Entry) bool
	torn  *string
}

// Each implements ledger.Scanner.
func (s spoiled) Each(visit func(ledger.Entry) error) error {
	return s.Scanner.Each(func(e ledger.Entry) error {
		if s.entry != nil && !s.entry(&e) {
			return nil
		}
		return visit(e)
	})
}

// Torn implements ledger.Scanner.
func (s spoiled) Torn() string {
	if s.torn != nil {
		return *s.torn
	}
	return s.Scanner.Torn()
}

// entries is a judge that misunderstands entries of the ledger; false leaves
// one out.
func entries(change func(*ledger.Entry) bool) Judge {
	return func(h measure.History) (record.Record, error) {
		h.Ledger = spoiled{Scanner: h.Ledger, entry: change}
		return measure.Judge(h)
	}
}

// events is a judge that misunderstands events.
func events(change func(*ledger.Event) bool) Judge {
	return func(h measure.History) (record.Record, error) {
		var kept []ledger.Event
		for _, e := range h.Events {
			if change(&e) {
				kept = append(kept, e)
			}
		}
		h.Events = kept
		return measure.Judge(h)
	}
}

// of edits the data of one kind of event.
func of[T any](kind string, change func(*T)) Judge {
	return events(func(e *ledger.Event) bool {
		if e.Kind == kind && len(e.Data) > 0 {
			edit(e, change)
		}
		return true
	})
}

// blindTo never hears of a kind of event.
func blindTo(kind string) Judge { return events(func(e *ledger.Event) bool { return e.Kind != kind }) }

// outcomes misreads one verdict for another.
func outcomes(from, to ledger.Verdict) Judge {
	return entries(func(e *ledger.Entry) bool {
		if e.Kind == ledger.Outcome && e.Verdict == from {
			e.Verdict = to
		}
		return true
	})
}

// seen misreads what scans found.
func seen(change func(*ledger.Entry)) Judge {
	return entries(func(e *ledger.Entry) bool {
		if e.Kind == ledger.Seen {
			change(e)
		}
		return true
	})
}

// bounced misreads one action of a report for another.
func bounced(from, to string) Judge {
	return entries(func(e *ledger.Entry) bool {
		if e.Kind == ledger.Notified {
			e.Detail = strings.Replace(e.Detail, from, to, 1)
		}
		return true
	})
}

// spoiledHistories are defects on the way into the judge.
func spoiledHistories() []Mutant {
	whole := ""
	return []Mutant{
		{"unread-is-read", "an unreadable mailbox counts as read", of(ledger.Scanned, func(s *ledger.ScanResult) { s.Unread, s.Mailboxes = nil, max(s.Mailboxes, users) })},
		{"scans-always-agree", "two scans that differ count as agreeing", of(ledger.Scanned, func(s *ledger.ScanResult) { s.Digest = "the same" })},
		{"queue-error-is-empty", "a queue that cannot be read counts as empty", of(ledger.QueueRead, func(q *ledger.QueueReading) { q.Error = "" })},
		{"queue-is-empty", "what waits in a queue is not looked at", of(ledger.QueueRead, func(q *ledger.QueueReading) { q.Ours = 0 })},
		{"sentinel-always-arrives", "a sentinel counts when it was sent", of(ledger.SentinelSeen, func(s *ledger.Sentinel) { s.Arrived, s.Error = s.Sent+1, "" })},
		{"torn-is-whole", "a torn ledger counts as whole", func(h measure.History) (record.Record, error) {
			h.Ledger = spoiled{Scanner: h.Ledger, torn: &whole}
			return measure.Judge(h)
		}},
		{"no-duplicates", "a second copy is taken for the first", firstOnly},
		{"indeterminate-is-accepted", "a lost reply counts as a 250", outcomes(ledger.Indeterminate, ledger.Accepted)},
		{"indeterminate-is-refused", "a lost reply counts as a refusal", outcomes(ledger.Indeterminate, ledger.NotAttempted)},
		{"temporary-is-accepted", "a 4yz after the dot counts as a 250", outcomes(ledger.RejectedTemporary, ledger.Accepted)},
		{"permanent-is-unattempted", "a 5yz after the dot counts as nothing", outcomes(ledger.RejectedPermanent, ledger.Indeterminate)},
		{"damaged-is-intact", "damage is not looked at", seen(func(e *ledger.Entry) { e.Integrity = ledger.Intact })},
		{"misdelivered-is-own", "whose mailbox it is, is not looked at", seen(func(e *ledger.Entry) { e.Foreign = "" })},
		{"stranger-is-own", "mail without a token counts as misdelivered", seen(func(e *ledger.Entry) {
			if e.Foreign != "" {
				e.Foreign = "misdelivered"
			}
		})},
		{"junk-is-inbox", "a quarantine counts as the inbox", seen(func(e *ledger.Entry) { e.Mailbox = strings.Replace(e.Mailbox, "/Junk", "/INBOX", 1) })},
		{"one-replica", "only the last store is looked at", seen(func(e *ledger.Entry) {
			if e.Node == "store1" {
				e.Foreign = "alien"
			}
		})},
		{"delayed-is-failed", "a report of delay counts as a bounce", bounced("delayed", "failed")},
		{"delivered-is-failed", "a receipt counts as a bounce", bounced("delivered", "failed")},
		{"failed-is-nothing", "bounces are not looked at", bounced("failed", "relayed")},
		{"deferred-is-nothing", "copies in a queue are not looked at", entries(func(e *ledger.Entry) bool { return e.Kind != ledger.Queued })},
		{"canaries-are-copies", "canaries are accounted for", entries(func(e *ledger.Entry) bool { e.Copy.Stream = ledger.StreamWorkload; return true })},
		{"timeout-is-success", "a probe that hung counts as good", of(ledger.Probed, func(p *ledger.ProbeResult) { p.OK = p.OK || p.End-p.Start >= seconds(timeout/4) })},
		{"first-success-recovers", "the first good probe counts as recovery", of(ledger.RunPlanned, func(s *spec) { s.Probe.Stable = 0 })},
		{"failures-are-early", "a failing probe is placed one interval early", probesShifted},
		{"unseen-is-zero", "an outage between two probes has no length", of(ledger.RunPlanned, func(s *spec) { s.Probe.Interval, s.Probe.Timeout = 0, 0 })},
		{"control-is-proof", "a fault that was there before counts as injected", of(ledger.FaultControl, func(p *ledger.Proof) { p.Installed, p.Effective = false, false })},
		{"call-is-proof", "a call that returned counts as an effect", of(ledger.FaultProof, func(p *ledger.Proof) { p.Installed, p.Effective = true, true })},
		{"bystanders-are-nobody", "who else is hurt is not looked at", of(ledger.FaultProof, func(p *ledger.Proof) { p.BystanderHurt = false })},
		{"stalls-are-nothing", "a driver that slept counts as awake", blindTo(ledger.Gap)},
		{"residue-is-nothing", "what is left of a fault is not looked at", of(ledger.FaultClean, func(p *ledger.Proof) { p.Installed = false })},
		{"late-accepts", "the reply counts as read when the dot was sent", entries(func(e *ledger.Entry) bool {
			if e.Kind == ledger.Outcome {
				e.End += 3 * time.Second
			}
			return true
		})},
		{"unsent-is-indeterminate", "a copy that was never offered counts as offered", entries(func(e *ledger.Entry) bool {
			if e.Kind == ledger.Unsent {
				e.Kind, e.Verdict = ledger.Outcome, ledger.Accepted
			}
			return true
		})},
	}
}

// firstOnly reads each copy once a scan and store.
func firstOnly(h measure.History) (record.Record, error) {
	type place struct {
		ledger.Copy
		scan  uint16
		store string
	}
	var known map[place]bool
	h.Ledger = spoiled{Scanner: h.Ledger, entry: func(e *ledger.Entry) bool {
		if e.Kind != ledger.Seen || e.Foreign != "" {
			return true
		}
		if at := (place{e.Copy, e.Scan, e.Node}); known[at] {
			e.Foreign = "alien"
		} else {
			known[at] = true
		}
		return true
	}}
	h.Ledger = renewed{h.Ledger, func() { known = map[place]bool{} }}
	return measure.Judge(h)
}

// renewed forgets before each reading.
type renewed struct {
	ledger.Scanner
	forget func()
}

// Each implements ledger.Scanner.
func (r renewed) Each(visit func(ledger.Entry) error) error {
	r.forget()
	return r.Scanner.Each(visit)
}

// probesShifted places failures where good probes were.
func probesShifted(h measure.History) (record.Record, error) {
	var step ledger.Seconds
	return events(func(e *ledger.Event) bool {
		switch e.Kind {
		case ledger.RunPlanned:
			edit(e, func(s *spec) { step = s.Probe.Interval })
		case ledger.Probed:
			edit(e, func(p *ledger.ProbeResult) {
				if !p.OK {
					p.Scheduled += step
				}
			})
		}
		return true
	})(h)
}
