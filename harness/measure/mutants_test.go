package measure

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// suspects are drills with one thing wrong each: between them they show every
// deliberate defect of the judge.
func suspects(t *testing.T) map[string]*drill {
	events := func(kind string, keep bool, change func(*ledger.Event)) func(*ledger.Event) bool {
		return func(e *ledger.Event) bool {
			if e.Kind != kind {
				return true
			}
			if change != nil {
				change(e)
			}
			return keep
		}
	}
	proof := func(change func(*ledger.Event, *ledger.Proof)) func(*ledger.Event) bool {
		return func(e *ledger.Event) bool {
			switch e.Kind {
			case ledger.FaultControl, ledger.FaultProof, ledger.FaultClean:
				edit(t, e, func(p *ledger.Proof) { change(e, p) })
			}
			return true
		}
	}
	outcome := func(v ledger.Verdict) func(*ledger.Entry) bool {
		return func(e *ledger.Entry) bool {
			if e.Kind == ledger.Outcome && e.Copy.Seq == 100 {
				e.Verdict = v
			}
			return true
		}
	}
	sighted := func(change func(*ledger.Entry)) func(*ledger.Entry) bool {
		return func(e *ledger.Entry) bool {
			if e.Kind == ledger.Seen && e.Copy.Seq == 100 {
				change(e)
			}
			return true
		}
	}
	told := func(k ledger.Kind, detail string) []ledger.Entry {
		return []ledger.Entry{{Kind: k, Copy: ledger.Copy{Seq: 100}, Scan: 2, Detail: detail, Mailbox: "u9@drill.test/INBOX", Integrity: ledger.Intact}}
	}
	unsalted := sound()
	season(unsalted, func(e *ledger.Entry) bool { return e.Kind != ledger.Seen || e.Copy.Seq != saltFrom+4 })
	stranger := told(ledger.Seen, "")
	stranger[0].Foreign = "misdelivered"
	busy, busyCounted := sound(), sound()
	saturate(busy)
	saturate(busyCounted)
	busyCounted.goals = []Objective{{"loss", 0, "copies"}}
	return map[string]*drill{
		"saturated":           busy,
		"saturated, timeless": busyCounted,
		"nothing":             sound(),
		"a loss":              {found: losing(100)},
		"two old losses":      {found: losing(100, 200)},
		"damage":              {entry: sighted(func(e *ledger.Entry) { e.Integrity = ledger.Damaged })},
		"a pair":              {found: func(_ int, seq uint32) int { return 1 + int(100/max(seq, 100)) }},
		"junk":                {entry: sighted(func(e *ledger.Entry) { e.Mailbox = "u1@drill.test/Junk" })},
		"wrong folder":        {entry: sighted(func(e *ledger.Entry) { e.Mailbox = "u1@drill.test/Archive" })},
		"wrong mailbox":       {extra: stranger},
		"unreadable":          {found: losing(100), extra: unreadable(1)},
		"unaddressed":         {found: losing(100), extra: unaddressed("u9@drill.test/INBOX", 100)},
		"queued":              {found: losing(100), extra: told(ledger.Queued, "")},
		"bounced":             {found: losing(100), extra: told(ledger.Notified, "failed x")},
		"delayed":             {found: losing(100), extra: told(ledger.Notified, "delayed x")},
		"false receipt":       {found: losing(100), extra: told(ledger.Notified, "delivered x")},
		"refused":             {found: losing(100), entry: outcome(ledger.RejectedTemporary)},
		"refused, there":      {entry: outcome(ledger.RejectedPermanent)},
		"reply lost":          {found: losing(100), entry: outcome(ledger.Indeterminate)},
		"unread":              {found: losing(100), event: events(ledger.Scanned, true, func(e *ledger.Event) { edit(t, e, func(s *ledger.ScanResult) { s.Unread = []string{"u1"} }) })},
		"disagreement": {found: losing(100), event: events(ledger.Scanned, true, func(e *ledger.Event) {
			edit(t, e, func(s *ledger.ScanResult) { s.Digest += string(rune('0' + s.Scan)) })
		})},
		"no sentinel":      {found: losing(100), event: events(ledger.SentinelSeen, false, nil)},
		"blind queue":      {found: losing(100), spec: func(s *Spec) { s.BlindQueues = []string{"mx3"} }},
		"unreadable queue": {found: losing(100), event: events(ledger.QueueRead, true, func(e *ledger.Event) { edit(t, e, func(q *ledger.QueueReading) { q.Error = "no" }) })},
		"torn":             {found: losing(100), torn: "torn"},
		"late":             {scans: 3, found: func(scan int, seq uint32) int { return int(min(1, max(seq, 100)-100)) | scan/3 }},
		"salt":             unsalted,
		"hanging":          {down: map[string][][2]float64{"mx": {{faultAt + 0.1, healAt}}}, event: events(ledger.Probed, true, func(e *ledger.Event) { edit(t, e, hang) })},
		"flapping":         {down: map[string][][2]float64{"mx": {{15.1, 18}, {20, 24}}}},
		"never back":       {down: map[string][][2]float64{"mx": {{15.1, 100}}}},
		"a wide interval":  {goals: []Objective{{"rto.mx", 9.9, "s"}}},
		"no data":          {goals: []Objective{{"rto.submission", 5, "s"}}},
		"on before":        {event: proof(func(e *ledger.Event, p *ledger.Proof) { p.Effective = p.Effective || e.Kind == ledger.FaultControl })},
		"not installed":    {event: proof(func(_ *ledger.Event, p *ledger.Proof) { p.Installed = false })},
		"not proven gone":  {event: events(ledger.FaultClean, false, nil)},
		"a pair, unread": {found: func(_ int, seq uint32) int { return 1 + int(100/max(seq, 100)) }, goals: []Objective{{"duplicates", 0, "copies"}},
			event: events(ledger.SentinelSeen, false, nil)},
		"unexercised": {event: proof(func(_ *ledger.Event, p *ledger.Proof) { p.Counters, p.Counts = nil, false }), entry: func(e *ledger.Entry) bool {
			if e.Node != "" && e.Start > time.Duration(seconds(14.8)) {
				e.Node = "mx2"
			}
			return true
		}},
	}
}

// hang makes a failing probe one that timed out.
func hang(p *ledger.ProbeResult) {
	if !p.OK {
		p.End = p.Start + seconds(1)
	}
}

func TestEveryMutantIsToldFromTheSoundJudge(t *testing.T) {
	told := map[string]bool{}
	for name, d := range suspects(t) {
		base := sound()
		base.scans, base.found, base.entry, base.event, base.extra, base.torn, base.spec = d.scans, d.found, d.entry, d.event, d.extra, d.torn, d.spec
		base.loads, base.late = d.loads, d.late
		if d.goals != nil {
			base.goals = d.goals
		}
		if d.down != nil {
			base.down = d.down
		}
		w := base.write(t)
		h := History{Events: w.events, Ledger: w}
		want := judged(t, Judge, h)
		for _, m := range Mutants()[:len(defective)] {
			if !told[m.Name] && !bytes.Equal(want, judged(t, m.Judge, h)) {
				told[m.Name] = true
				t.Logf("%s: by %s", m.Name, name)
			}
		}
	}
	for _, m := range Mutants() {
		if !told[m.Name] && !strings.HasPrefix(m.Name, "stored-") { // those have tests of their own
			t.Errorf("%s (%s) judges every drill as the sound judge does", m.Name, m.What)
		}
	}
}

func judged(t *testing.T, judge func(History) (record.Record, error), h History) []byte {
	t.Helper()
	r, err := judge(h)
	if err != nil {
		t.Fatal(err)
	}
	b, err := record.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
