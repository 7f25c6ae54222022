package calibrate

import (
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// saltSeq is the first number of what the instrument plants itself.
const saltSeq = 0xF0000001

// saltClasses are what it plants.
var saltClasses = []string{"lost", "duplicated", "damaged", "misfiled", "phantom"}

// saltEvent is the kind of the event that says how the planting went.
const saltEvent = "salt"

// seasoned is a tape on which the instrument has planted one anomaly of each
// class. unfound is one that no reading shows.
func seasoned(unfound string) *tape {
	t := newTape(sample)
	t.plan = map[string]any{"salt": len(saltClasses)}
	for i, class := range saltClasses {
		c := ledger.Copy{Seq: saltSeq + uint32(i)}
		at := time.Duration(i+1) * time.Second
		t.extra = append(t.extra, ledger.Entry{Kind: ledger.Planted, Copy: c, Detail: class})
		if class != "phantom" {
			t.extra = append(t.extra, ledger.Entry{Kind: ledger.Intent, Copy: c, Start: at, Detail: mailbox(1)},
				ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: at, Sent: at, End: at, Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250})
		}
		t.plant(c, class, class == unfound)
	}
	t.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.SentinelSeen { // nothing looks at it in between
			t.put(time.Duration(e.At), saltEvent, "", "", map[string]int{"placed": len(saltClasses)})
		}
		return true
	}
	return t
}

// plant writes what readings show of an anomaly, or of a copy without one.
func (t *tape) plant(c ledger.Copy, class string, unfound bool) {
	e := ledger.Entry{Kind: ledger.Seen, Copy: c, Node: "store1", Mailbox: mailbox(1) + "/INBOX", Integrity: ledger.Intact, UIDValidity: 1}
	times := 1
	switch {
	case unfound && class == "phantom", !unfound && class == "lost":
		times = 0
	case unfound:
	case class == "duplicated":
		times = 2
	case class == "damaged":
		e.Integrity = ledger.Damaged
	case class == "misfiled":
		e.Mailbox = mailbox(1) + "/Elsewhere"
	}
	for scan := range uint16(2) {
		for n := range times {
			e.Scan, e.UID = scan+1, c.Seq&0xFFFF+1000*uint32(n+1)
			t.extra = append(t.extra, e)
		}
	}
}

// salted: a judge that does not find exactly what was planted is believed
// nothing; one that does leaves it out of the accounts.
func salted(b *Bench) {
	want := truthOf(sample, nil, false)
	b.check("planted and found", seasoned(""), want)
	for _, class := range saltClasses {
		b.about("planted and not found: "+class, seasoned(class), func(r record.Record) error {
			if r.Verdict != record.Error {
				return fmt.Errorf("verdict %s: %.200s", r.Verdict, r.Reason)
			}
			return nil
		})
	}
}
