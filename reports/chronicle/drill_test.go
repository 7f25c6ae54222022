package chronicle_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

// memory is a ledger in memory.
type memory struct {
	entries []ledger.Entry
	torn    string
	err     error
}

func (m *memory) Torn() string { return m.torn }

func (m *memory) Each(visit func(ledger.Entry) error) error {
	for _, e := range m.entries {
		if err := visit(e); err != nil {
			return err
		}
	}
	return m.err
}

// drill is a hand-made run of 40 s: mx1 is down from 10 s to 16 s, and what
// becomes of each copy is asked of fate.
type drill struct {
	messages int
	each     time.Duration
	fate     func(seq uint32, rcpt uint16) string
	rcpts    func(seq uint32) int
	standing bool // the second scan finds every account as it was
	events   []ledger.Event
	ledger   memory
}

const drillEnd = 40 * time.Second

func sec(s float64) ledger.Seconds { return ledger.Seconds(s * float64(time.Second)) }

func (d *drill) put(t *testing.T, at float64, kind, step, node string, data any) {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	d.events = append(d.events, ledger.Event{N: len(d.events) + 1, At: sec(at), Kind: kind, Step: step, Node: node, Data: raw})
}

func (d *drill) add(e ledger.Entry) { d.ledger.entries = append(d.ledger.entries, e) }

// write makes the history.
func (d *drill) write(t *testing.T) {
	t.Helper()
	d.mail()
	d.put(t, 0, ledger.RunPlanned, "", "", measure.Spec{
		Run:      record.Run{ID: "run-1", Started: "2026-11-23T18:00:00Z", Runtime: "embedded", Seed: 1, Trial: 1, Trials: 1},
		Scenario: record.Scenario{Name: "crash", Title: "A crash"}, Clock: "drill",
		Probe:    measure.Probing{Interval: sec(0.5), Timeout: sec(1), Stable: sec(5)},
		Services: []string{"imap", "mx@mx1", "mx"}, QueueNodes: []string{"mx1"}, Mailboxes: 4, Rate: 20,
		Objectives: []measure.Objective{{Name: "loss", Unit: "copies"}, {Name: "rto.mx", Max: 10, Unit: "s"}},
		Faults:     []measure.PlannedFault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}}},
		Timing:     measure.Timing{Late: sec(4)},
	})
	d.put(t, 0.5, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "baseline"})
	d.probes(t)
	d.fault(t)
	d.put(t, 17, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "observe"})
	d.put(t, 32, ledger.QueueRead, "", "mx1", ledger.QueueReading{Reading: 1, Count: 3, Ours: 3})
	d.put(t, 33, ledger.QueueRead, "", "mx1", ledger.QueueReading{Reading: 2, Error: "no answer"})
	d.put(t, 34, ledger.QueueRead, "", "mx1", ledger.QueueReading{Reading: 3, Count: d.kinds(ledger.Queued), Ours: d.kinds(ledger.Queued)})
	d.put(t, 35, ledger.SentinelSeen, "", "", ledger.Sentinel{Path: "mx", Sent: sec(34.5), Arrived: sec(35)})
	for scan := 1; scan <= 4; scan++ {
		d.put(t, 35.5+float64(scan)/2, ledger.Scanned, "", "", d.scanned(scan))
	}
	d.put(t, drillEnd.Seconds(), ledger.RunEnded, "", "", ledger.Ending{How: "complete", Wall: "2026-11-23T18:00:40Z"})
}

func (d *drill) kinds(kind ledger.Kind) (n int) {
	for _, e := range d.ledger.entries {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// scanned gives the same digest to scans that found the same.
func (d *drill) scanned(scan int) ledger.ScanResult {
	r := ledger.ScanResult{Scan: scan, Mailboxes: 4}
	from := scan
	if d.standing && scan == 4 {
		from = 3
		for user := 1; user <= 4; user++ {
			r.Standing = append(r.Standing, ledger.Standing{Store: "store1", Account: account(user), Scan: from})
		}
	}
	sum := fnv.New64a()
	for _, e := range d.ledger.entries {
		if e.Kind == ledger.Seen && int(e.Scan) == from {
			r.Messages++
			fmt.Fprint(sum, e.Mailbox, e.UID, e.Integrity, ";")
		}
	}
	r.Digest = fmt.Sprintf("%x", sum.Sum64())
	return r
}

func (d *drill) probes(t *testing.T) {
	for k := range 60 {
		at := 1 + float64(k)/2
		for _, service := range []string{"mx", "imap"} {
			p := ledger.ProbeResult{Service: service, Scheduled: sec(at), Start: sec(at), End: sec(at + 0.02), OK: true}
			if service == "mx" && at > 10 && at < 16 {
				p.OK, p.Error = false, "connection refused"
			}
			d.put(t, at+0.02, ledger.Probed, "", "", p)
		}
	}
}

func (d *drill) fault(t *testing.T) {
	look := func(at float64, kind string, on bool) {
		d.put(t, at+0.05, kind, "crash", "mx1", ledger.Proof{Began: sec(at), Ended: sec(at + 0.05), Installed: on, Effective: on})
	}
	look(9.8, ledger.FaultControl, false)
	d.put(t, 10, ledger.FaultInjecting, "crash", "mx1", ledger.Call{Kind: "node.crash", Began: sec(10)})
	d.put(t, 10.1, ledger.FaultInjected, "crash", "mx1", ledger.Call{Kind: "node.crash", Began: sec(10), Ended: sec(10.1)})
	for at := 10.1; at < 15.8; at++ {
		look(at, ledger.FaultProof, true)
	}
	d.put(t, 15.9, ledger.FaultReverting, "crash", "mx1", ledger.Call{Kind: "node.crash", Began: sec(15.9)})
	d.put(t, 16, ledger.FaultReverted, "crash", "mx1", ledger.Call{Kind: "node.crash", Began: sec(15.9), Ended: sec(16)})
	look(16, ledger.FaultClean, false)
}

func account(user int) string { return fmt.Sprintf("user%d@drill.test", user) }

// user is who a copy is for: each recipient of a message is another.
func user(seq uint32, rcpt uint16) int { return (int(seq)+int(rcpt))%4 + 1 }

func (d *drill) mail() {
	for seq := uint32(1); int(seq) <= d.messages; seq++ {
		rcpts := 1
		if d.rcpts != nil {
			rcpts = d.rcpts(seq)
		}
		for rcpt := range uint16(rcpts) {
			at := time.Second + time.Duration(seq)*d.each
			d.submit(ledger.Copy{Seq: seq, Rcpt: rcpt}, at, d.what(seq, rcpt))
		}
	}
	for scan := uint16(1); scan <= 4; scan++ {
		for seq := uint32(1); int(seq) <= d.messages && !(d.standing && scan == 4); seq++ {
			rcpts := 1
			if d.rcpts != nil {
				rcpts = d.rcpts(seq)
			}
			for rcpt := range uint16(rcpts) {
				d.find(ledger.Copy{Seq: seq, Rcpt: rcpt}, scan, d.what(seq, rcpt))
			}
		}
	}
}

func (d *drill) what(seq uint32, rcpt uint16) string {
	if d.fate == nil {
		return "delivered"
	}
	return d.fate(seq, rcpt)
}

// outcomes of submission, by what becomes of a copy; else it is accepted.
var outcomes = map[string]ledger.Verdict{
	"for now": ledger.RejectedTemporary, "for good": ledger.RejectedPermanent, "not attempted": ledger.NotAttempted,
	"in doubt": ledger.Indeterminate, "in doubt, found": ledger.Indeterminate, "in doubt, damaged": ledger.Indeterminate,
	"despite": ledger.RejectedTemporary,
}

func (d *drill) submit(k ledger.Copy, at time.Duration, what string) {
	if what == "planted" {
		d.add(ledger.Entry{Kind: ledger.Planted, Copy: k, Detail: "lost"})
	}
	d.add(ledger.Entry{Kind: ledger.Intent, Copy: k, Start: at, Detail: account(user(k.Seq, k.Rcpt)), Size: 1000})
	switch what {
	case "unsent":
		d.add(ledger.Entry{Kind: ledger.Unsent, Copy: k, Start: at})
		return
	case "withdrawn":
		d.add(ledger.Entry{Kind: ledger.Withdrawn, Copy: k, Start: at})
		return
	case "no outcome":
		return
	}
	verdict, ok := outcomes[what]
	if !ok {
		verdict = ledger.Accepted
	}
	d.add(ledger.Entry{Kind: ledger.Outcome, Copy: k, Start: at + time.Millisecond, Sent: at + 2*time.Millisecond,
		End: at + time.Duration(10+k.Seq%7)*time.Millisecond, Node: "mx1", Verdict: verdict, Code: 250, Enhanced: "2.0.0", Detail: "Ok: queued as ABC"})
	d.afterwards(k, at+time.Second, what)
}

func (d *drill) afterwards(k ledger.Copy, at time.Duration, what string) {
	switch what {
	case "bounced", "bounced and delivered":
		d.add(ledger.Entry{Kind: ledger.Notified, Copy: k, Start: at, Detail: "failed " + account(user(k.Seq, k.Rcpt))})
	case "receipt":
		d.add(ledger.Entry{Kind: ledger.Notified, Copy: k, Start: at, Detail: "delivered"})
	case "queued":
		d.add(ledger.Entry{Kind: ledger.Queued, Copy: k, Start: at, Node: "mx1", Scan: 3})
	case "was queued":
		d.add(ledger.Entry{Kind: ledger.Queued, Copy: k, Start: at, Node: "mx1", Scan: 1})
	case "hidden":
		d.add(ledger.Entry{Kind: ledger.Raw, Copy: k, Start: at, Node: "store1", Detail: fmt.Sprintf("/srv/mail/user%d/lost", user(k.Seq, k.Rcpt))})
	}
}

// find writes what a scan finds of a copy.
func (d *drill) find(k ledger.Copy, scan uint16, what string) {
	e := ledger.Entry{Kind: ledger.Seen, Copy: k, Start: 35 * time.Second, Node: "store1", Scan: scan, UID: k.Seq*8 + uint32(k.Rcpt),
		Mailbox: account(user(k.Seq, k.Rcpt)) + "/INBOX", Integrity: ledger.Intact, Attempt: 1,
		Arrived: (time.Second + time.Duration(k.Seq)*d.each).Truncate(time.Second) - 300*time.Millisecond + time.Duration(k.Seq%5)*time.Second}
	switch what {
	case "delivered", "despite", "in doubt, found", "bounced and delivered":
	case "damaged", "in doubt, damaged":
		e.Integrity, e.Detail, e.Hops = ledger.Damaged, "body differs", "store1 C;mx1 A"
	case "twice":
		e.Hops = "store1 C;mx1 A"
		d.add(e)
		e.UID, e.Hops = e.UID+4, "store1 D;mx1 A"
	case "junk":
		e.Mailbox = account(user(k.Seq, k.Rcpt)) + "/Junk"
	case "misfiled":
		e.Mailbox = account(user(k.Seq, k.Rcpt)) + "/Elsewhere"
	case "astray":
		e.Foreign, e.Mailbox = "misdelivered", account(user(k.Seq, k.Rcpt)%4+1)+"/INBOX"
	case "late":
		if scan < 3 {
			return
		}
	case "was there":
		if scan > 2 {
			return
		}
	default:
		return
	}
	d.add(e)
}

// whats is all that may become of a copy.
var whats = []string{"lost", "damaged", "twice", "junk", "misfiled", "astray", "late", "was there", "bounced", "bounced and delivered",
	"receipt", "queued", "was queued", "hidden", "for now", "for good", "not attempted", "in doubt", "in doubt, found", "in doubt, damaged",
	"despite", "unsent", "withdrawn", "no outcome", "planted"}

// random is a run in which a share of the mail meets some of these.
func random(rng *rand.Rand, messages int) *drill {
	some := slices.Clone(whats)
	rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:rng.IntN(len(some))]
	seed, share := rng.Uint64(), rng.IntN(30)
	chance := func(seq uint32, rcpt uint16, salt uint64) *rand.Rand {
		return rand.New(rand.NewPCG(seed^salt, uint64(seq)<<16|uint64(rcpt)))
	}
	several := rng.IntN(2) == 0
	return &drill{messages: messages, each: 25 * time.Second / time.Duration(max(1, messages)), standing: rng.IntN(2) == 0,
		fate: func(seq uint32, rcpt uint16) string {
			dice := chance(seq, rcpt, 1)
			if len(some) == 0 || dice.IntN(100) >= share {
				return "delivered"
			}
			return some[dice.IntN(len(some))]
		},
		rcpts: func(seq uint32) int {
			if dice := chance(seq, 0, 2); several && dice.IntN(3) == 0 {
				return 1 + dice.IntN(3)
			}
			return 1
		}}
}

// judged writes the drill and judges it.
func (d *drill) judged(t *testing.T) record.Record {
	t.Helper()
	d.write(t)
	r, err := measure.Judge(measure.History{Events: d.events, Ledger: &d.ledger})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *drill) read(t *testing.T, r record.Record) chronicle.Chronicle {
	t.Helper()
	c, err := chronicle.Read(chronicle.Sources{Record: r, Events: d.events, Ledger: &d.ledger})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
