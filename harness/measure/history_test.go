package measure

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// written is a history in memory, and a ledger.Scanner.
type written struct {
	spec    Spec
	events  []ledger.Event
	entries []ledger.Entry
	torn    string
	err     error
}

func (w *written) Torn() string { return w.torn }

func (w *written) Each(visit func(ledger.Entry) error) error {
	for _, e := range w.entries {
		if err := visit(e); err != nil {
			return err
		}
	}
	return w.err
}

// drill is a hand-written run: a sound one by default, in which node mx1 is
// down from 15 s to 25 s and nothing at all goes wrong with the mail. Tests
// plant one defect each.
//
// Copy n is offered at n*50 ms to u<n%4>, to mx1 or, while mx1 is down, to mx2.
type drill struct {
	copies   int
	services []string
	goals    []Objective
	targets  []string
	down     map[string][][2]float64 // service: stretches without success, seconds
	spec     func(*Spec)
	scans    int // 0: two
	// found says how often a scan finds a copy; nil: once.
	found func(scan int, seq uint32) int
	entry func(*ledger.Entry) bool // change or (false) drop an entry
	event func(*ledger.Event) bool
	extra []ledger.Entry
	torn  string
	notes int                          // events that tests may replace
	loads func(at float64) float64     // idle share in the sample that begins at; nil: no samples
	late  func(ledger.Seconds) float64 // when a probe that is due begins; nil: at once
}

// hold keeps probes that are due from one second to another from beginning
// before the latter, as a stall does: only the first of them is made.
func (d *drill) hold(from, to float64) {
	first := true
	d.late = func(due ledger.Seconds) float64 {
		if due < seconds(from) || due >= seconds(to) {
			first = true
			return time.Duration(due).Seconds()
		}
		if !first {
			return -1
		}
		first = false
		return to
	}
}

const (
	tick     = 50 * time.Millisecond
	faultAt  = 15.0
	healAt   = 25.0
	endAt    = 60.0
	probeGap = 250 * time.Millisecond
)

func sound() *drill {
	return &drill{
		copies: 800, services: []string{"mx", "imap"}, targets: []string{"mx1"},
		goals: []Objective{
			{"loss", 0, "copies"}, {"duplicates", 1, "%"}, {"damaged", 0, "copies"}, {"misdelivered", 0, "copies"},
			{"notified", 0, "copies"}, {"rto.mx", 12, "s"}, {"rto.imap", 5, "s"}, {"rpo", 2, "s"},
		},
		down: map[string][][2]float64{"mx": {{faultAt + 0.1, healAt}}},
	}
}

func seconds(s float64) ledger.Seconds { return ledger.Seconds(s * float64(time.Second)) }

// write builds the history.
func (d *drill) write(t *testing.T) *written {
	t.Helper()
	w := &written{torn: d.torn, spec: Spec{
		Run:      record.Run{ID: "run-1", Started: "2026-11-23T18:00:00Z", Runtime: "embedded", Seed: 1, Trial: 1, Trials: 1},
		Scenario: record.Scenario{Name: "crash", Title: "A crash"},
		Clock:    "drill",
		Probe:    Probing{Interval: ledger.Seconds(probeGap), Timeout: seconds(1), Stable: seconds(10)},
		Services: d.services, Objectives: d.goals, QueueNodes: []string{"mx1", "mx2"}, Mailboxes: 4, Rate: 20,
	}}
	if d.targets != nil {
		w.spec.Faults = []PlannedFault{{Step: "crash", Kind: "node.crash", Targets: d.targets}}
	}
	if d.spec != nil {
		d.spec(&w.spec)
	}
	d.mail(w)
	d.story(t, w)
	return w
}

func (d *drill) add(w *written, e ledger.Entry) {
	if d.entry == nil || d.entry(&e) {
		w.entries = append(w.entries, e)
	}
}

func (d *drill) mail(w *written) {
	for n := 1; n <= d.copies; n++ {
		c := ledger.Copy{Seq: uint32(n)}
		at := time.Duration(n) * tick
		node := "mx1.drill.test"
		d.add(w, ledger.Entry{Kind: ledger.Intent, Copy: c, Start: at, Detail: fmt.Sprintf("u%d@drill.test", n%4+1)})
		if s := at.Seconds(); s >= faultAt && s <= healAt && len(d.targets) > 0 {
			d.add(w, ledger.Entry{Kind: ledger.Try, Copy: c, Start: at, End: at + time.Second, Node: node, Phase: ledger.PhaseConnect})
			node = "mx2.drill.test"
		}
		d.add(w, ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: at + time.Millisecond, Sent: at + 2*time.Millisecond, End: at + 10*time.Millisecond,
			Node: node, Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250})
	}
	for scan := 1; scan <= max(2, d.scans); scan++ {
		for n := 1; n <= d.copies; n++ {
			times := 1
			if d.found != nil {
				times = d.found(scan, uint32(n))
			}
			for i := range times {
				d.add(w, ledger.Entry{Kind: ledger.Seen, Copy: ledger.Copy{Seq: uint32(n)}, Scan: uint16(scan), UID: uint32(n*10 + i),
					Mailbox: fmt.Sprintf("u%d@drill.test/INBOX", n%4+1), Integrity: ledger.Intact})
			}
		}
	}
	w.entries = append(w.entries, d.extra...)
}

// story writes the events of the run, probes among them.
func (d *drill) story(t *testing.T, w *written) {
	put := func(at float64, kind, step, node string, data any) {
		raw, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		e := ledger.Event{N: len(w.events), At: seconds(at), Kind: kind, Step: step, Node: node, Data: raw}
		if d.event == nil || d.event(&e) {
			w.events = append(w.events, e)
		}
	}
	put(0, ledger.RunPlanned, "", "", w.spec)
	put(0.5, ledger.RunStarted, "", "", ledger.Start{Wall: "2026-11-23T18:00:00Z"})
	put(0.5, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "baseline"})
	for _, key := range d.services {
		d.probe(key, put)
	}
	for range d.notes {
		put(14, ledger.Note, "", "", nil)
	}
	d.load(put)
	put(14.9, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "timeline"})
	for _, node := range d.targets {
		d.fault(node, put)
	}
	put(25.3, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "observe"})
	put(endAt, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "drain"})
	for _, node := range []string{"mx1", "mx2"} {
		put(61, ledger.QueueRead, "", node, ledger.QueueReading{Reading: 1, Ours: 3, Count: 3})
		put(62, ledger.QueueRead, "", node, ledger.QueueReading{Reading: 2})
	}
	put(63, ledger.SentinelSeen, "", "", ledger.Sentinel{Path: "mx", Sent: seconds(62.5), Arrived: seconds(63)})
	for scan := 1; scan <= max(2, d.scans); scan++ {
		put(63+float64(scan)*0.5, ledger.Scanned, "", "", ledger.ScanResult{Scan: scan, Mailboxes: 4, Messages: w.messages(scan), Digest: w.digest(scan)})
	}
	put(66, ledger.RunEnded, "", "", ledger.Ending{How: "complete", Wall: "2026-11-23T18:01:06Z"})
}

func (d *drill) probe(key string, put func(float64, string, string, string, any)) {
	for k := 0; ; k++ {
		at := 1 + float64(k)*probeGap.Seconds()
		if at >= endAt {
			return
		}
		p := ledger.ProbeResult{Service: key, Scheduled: seconds(at), Start: seconds(at), End: seconds(at + 0.02), OK: true}
		for _, gap := range d.down[key] {
			if at >= gap[0] && at < gap[1] {
				p.OK, p.Error = false, "connection refused"
			}
		}
		if d.late != nil {
			began := d.late(p.Scheduled)
			if began < 0 {
				continue
			}
			p.Start, p.End = seconds(began), seconds(began+0.02)
		}
		put(at+0.02, ledger.Probed, "", "", p)
	}
}

// load writes a sample every two seconds.
func (d *drill) load(put func(float64, string, string, string, any)) {
	for at := 0.0; d.loads != nil && at < endAt; at += 2 {
		idle, waited := d.loads(at), 0.5
		put(14, ledger.LoadSampled, "", "", ledger.Load{From: seconds(at), To: seconds(at + 2), Took: seconds(0.001), CPUs: 2,
			Idle: idle, Busy: 1 - idle, CPUPressure: &waited, Driver: ledger.Usage{CPU: 0.2, Memory: 50},
			Agents:  map[string]ledger.Usage{"keeper": {CPU: 0.01, Memory: 7}},
			Servers: map[string]ledger.Usage{"mx1": {CPU: 0.1, Memory: 100}, "mx2": {CPU: 0.3, Memory: 200}}})
	}
}

func (d *drill) fault(node string, put func(float64, string, string, string, any)) {
	look := func(at float64, kind string, on bool, met uint64) {
		put(at+0.05, kind, "crash", node, ledger.Proof{Began: seconds(at), Ended: seconds(at + 0.05), Installed: on, Effective: on,
			Counters: map[string]uint64{"dropped": met}, Counts: on})
	}
	look(14.8, ledger.FaultControl, false, 0)
	put(14.9, ledger.FaultHeld, "crash", node, nil)
	put(faultAt, ledger.FaultInjecting, "crash", node, ledger.Call{Kind: "node.crash", Began: seconds(faultAt)})
	put(faultAt+0.05, ledger.FaultInjected, "crash", node, ledger.Call{Kind: "node.crash", Began: seconds(faultAt), Ended: seconds(faultAt + 0.05)})
	look(faultAt+0.05, ledger.FaultProof, true, 3)
	look(faultAt+5, ledger.FaultProof, true, 12)
	look(healAt-0.2, ledger.FaultProof, true, 12)
	put(healAt-0.1, ledger.FaultReverting, "crash", node, ledger.Call{Kind: "node.crash", Began: seconds(healAt - 0.1)})
	put(healAt, ledger.FaultReverted, "crash", node, ledger.Call{Kind: "node.crash", Began: seconds(healAt - 0.1), Ended: seconds(healAt)})
	look(healAt, ledger.FaultClean, false, 0)
}

func (w *written) messages(scan int) int {
	n := 0
	for _, e := range w.entries {
		if e.Kind == ledger.Seen && int(e.Scan) == scan {
			n++
		}
	}
	return n
}

// digest stands for what a scan found; like the real one it leaves out the
// number of the scan.
func (w *written) digest(scan int) string {
	found := ""
	for _, e := range w.entries {
		if e.Kind == ledger.Seen && int(e.Scan) == scan {
			found += fmt.Sprint(e.Mailbox, e.UID, e.Copy, e.Integrity)
		}
	}
	return fmt.Sprintf("%d bytes", len(found))
}

// verdict judges the drill.
func (d *drill) verdict(t *testing.T) record.Record {
	t.Helper()
	w := d.write(t)
	r, err := Judge(History{Events: w.events, Ledger: w})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// edit changes the data of an event in place.
func edit[T any](t *testing.T, e *ledger.Event, change func(*T)) {
	t.Helper()
	var data T
	if err := json.Unmarshal(e.Data, &data); err != nil {
		t.Fatal(err)
	}
	change(&data)
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	e.Data = raw
}

func gateOf(t *testing.T, r record.Record, name string) record.Gate {
	t.Helper()
	for _, g := range r.Gates {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("no gate %s", name)
	return record.Gate{}
}

func goal(t *testing.T, r record.Record, name string) record.Objective {
	t.Helper()
	for _, o := range r.Objectives {
		if o.Name == name {
			return o
		}
	}
	t.Fatalf("no objective %s", name)
	return record.Objective{}
}

func among(seqs ...uint32) func(uint32) bool {
	set := map[uint32]bool{}
	for _, s := range seqs {
		set[s] = true
	}
	return func(s uint32) bool { return set[s] }
}
