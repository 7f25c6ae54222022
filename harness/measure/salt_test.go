package measure

import (
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

const saltFrom = 0xF0000001

// season plants two of each kind into a drill, and one phantom, as the
// instrument does: intents and outcomes of messages that were never sent, and
// what it put into mailboxes itself. change may alter or drop an entry.
func season(d *drill, change func(*ledger.Entry) bool) {
	var all []ledger.Entry
	n := 0
	next := func() ledger.Copy { n++; return ledger.Copy{Seq: saltFrom + uint32(n)} }
	offer := func(c ledger.Copy) {
		at := time.Duration(n) * time.Second
		all = append(all, ledger.Entry{Kind: ledger.Intent, Copy: c, Start: at, Detail: "u1@drill.test"},
			ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: at, Sent: at, End: at, Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250})
	}
	find := func(c ledger.Copy, folder string, i ledger.Integrity, times int) {
		for scan := range uint16(2) {
			for range times {
				all = append(all, ledger.Entry{Kind: ledger.Seen, Copy: c, Scan: scan + 1, Mailbox: "u1@drill.test/" + folder, Integrity: i})
			}
		}
	}
	for range 2 {
		for _, class := range salted[:4] {
			c := next()
			all = append(all, ledger.Entry{Kind: ledger.Planted, Copy: c, Detail: class})
			offer(c)
			switch class {
			case plantedDuplicated:
				find(c, "INBOX", ledger.Intact, 2)
			case plantedDamaged:
				find(c, "INBOX", ledger.Damaged, 1)
			case plantedMisfiled:
				find(c, "Elsewhere", ledger.Intact, 1)
			}
		}
	}
	phantom := next()
	find(phantom, "INBOX", ledger.Intact, 1)
	all = append(all, ledger.Entry{Kind: ledger.Planted, Copy: phantom, Detail: plantedPhantom})
	d.spec = func(s *Spec) { s.Salt = 9 }
	d.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultHeld {
			e.Kind, e.Data = ledger.Salted, []byte(`{"placed":9}`)
		}
		return true
	}
	for _, e := range all {
		if change == nil || change(&e) {
			d.extra = append(d.extra, e)
		}
	}
}

// What the instrument planted is found, and leaves no trace in the accounts.
func TestSaltIsFoundAndTakenOut(t *testing.T) {
	d := sound()
	season(d, nil)
	r := d.verdict(t)
	if want := (record.Accounting{Planned: 800, Attempted: 800, Accepted: 800, Delivered: 800}); r.Accounting != want || r.Verdict != record.Passed {
		t.Errorf("%s (%s)\n got %+v\nwant %+v", r.Verdict, r.Reason, r.Accounting, want)
	}
	if len(r.Problems) > 0 || r.LossGrades != nil || r.DuplicateCauses != nil {
		t.Errorf("problems %+v, grades %v, causes %v", r.Problems, r.LossGrades, r.DuplicateCauses)
	}
	if g := gateOf(t, r, "planted-found"); !g.Passed || g.Detail != "planted and found: 2 lost, 2 duplicated, 2 damaged, 2 misfiled, 1 phantom" {
		t.Errorf("gate %+v", g)
	}
}

// A judge that does not find exactly what was planted is broken, whatever else
// it says.
func TestSaltThatIsNotFoundIsADefect(t *testing.T) {
	seen := func(seq uint32) func(*ledger.Entry) bool {
		return func(e *ledger.Entry) bool { return e.Kind != ledger.Seen || e.Copy.Seq != seq }
	}
	for name, change := range map[string]func(*ledger.Entry) bool{
		"a planted loss was found": func(e *ledger.Entry) bool {
			if e.Copy.Seq == saltFrom+2 && e.Kind == ledger.Seen {
				e.Copy.Seq = saltFrom + 1
			}
			return true
		},
		"the duplicate has no second copy": func() func(*ledger.Entry) bool {
			n := 0
			return func(e *ledger.Entry) bool {
				if e.Copy.Seq == saltFrom+2 && e.Kind == ledger.Seen {
					n++
					return n%2 == 1
				}
				return true
			}
		}(),
		"the damaged copy reads as intact": func(e *ledger.Entry) bool {
			if e.Kind == ledger.Seen {
				e.Integrity = ledger.Intact
			}
			return true
		},
		"the misfiled copy is in the inbox": func(e *ledger.Entry) bool {
			e.Mailbox = strings.Replace(e.Mailbox, "Elsewhere", "INBOX", 1)
			return true
		},
		"the misfiled copy is gone": seen(saltFrom + 4),
		"the phantom is gone":       seen(saltFrom + 9),
	} {
		t.Run(name, func(t *testing.T) {
			d := sound()
			season(d, change)
			if r := d.verdict(t); r.Verdict != record.Error || !strings.Contains(r.Reason, "planted") {
				t.Errorf("%s: %s", r.Verdict, r.Reason)
			}
		})
	}
}

// Salt that could not be planted shows nothing: the run is inconclusive, not
// broken.
func TestSaltThatCouldNotBePlanted(t *testing.T) {
	for data, said := range map[string]string{"": "not put into", `{"error":"no such user"}`: "no such user"} {
		d := sound()
		season(d, nil)
		salting := d.event
		d.event = func(e *ledger.Event) bool {
			ok := salting(e)
			if e.Kind == ledger.Salted {
				e.Data = []byte(data)
				return data != ""
			}
			return ok
		}
		r := d.verdict(t)
		if g := gateOf(t, r, "planted-found"); g.Passed || !strings.Contains(g.Detail, said) || r.Verdict != record.Inconclusive {
			t.Errorf("%s, gate %+v", r.Verdict, g)
		}
	}
	d := sound()
	season(d, func(e *ledger.Entry) bool { return e.Copy.Seq != saltFrom+9 })
	r := d.verdict(t)
	if g := gateOf(t, r, "planted-found"); g.Passed || !strings.Contains(g.Detail, "8 of 9") || r.Verdict != record.Inconclusive {
		t.Errorf("%s, gate %+v", r.Verdict, g)
	}
}

// Where absence is not proven, a planted loss is unknown, as a real one would
// be.
func TestSaltWithoutProofOfAbsence(t *testing.T) {
	d := sound()
	season(d, nil)
	salting := d.event
	d.event = func(e *ledger.Event) bool { return e.Kind != ledger.SentinelSeen && salting(e) }
	if r := d.verdict(t); r.Verdict != record.Inconclusive || r.Accounting.Unknown != 0 {
		t.Errorf("%s (%s), %d unknown", r.Verdict, r.Reason, r.Accounting.Unknown)
	}
}
