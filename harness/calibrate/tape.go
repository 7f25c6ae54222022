package calibrate

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// tape is a history in the making, of which everything is known. Without
// changes it is a sound run in which nothing at all goes wrong.
//
// Copy n is offered to user n%users+1 at n*tick. The baseline lasts as long as
// the load, unless the tape says otherwise; then the queues are read, a sentinel
// arrives, and every mailbox is read twice.
type tape struct {
	copies   int
	baseline time.Duration // 0: as long as the load
	observe  time.Duration // when the observation ends; 0: with the load
	lies     map[uint32]topology.Lie
	scans    int // 0: two
	stores   []string
	goals    []measure.Objective
	services map[string][]ledger.ProbeResult
	faults   []fault

	change func(*measure.Spec)
	plan   map[string]any           // parts of the plan by their JSON names
	entry  func(*ledger.Entry) bool // change or (false) drop an entry
	event  func(*ledger.Event) bool
	extra  []ledger.Entry
	more   []ledger.Event // after the observation
	torn   string

	spec    measure.Spec
	events  []ledger.Event
	entries []ledger.Entry
}

const (
	tick     = 50 * time.Millisecond
	users    = 4
	interval = 250 * time.Millisecond
	timeout  = time.Second
	stable   = 10 * time.Second
	latency  = 8 * time.Millisecond // of one transaction
)

// noLoss are the objectives of a mailbox: nothing lost, doubled, damaged, in
// wrong hands or returned.
var noLoss = []measure.Objective{
	{Name: "loss", Unit: "copies"}, {Name: "duplicates", Unit: "copies"}, {Name: "damaged", Unit: "copies"},
	{Name: "misdelivered", Unit: "copies"}, {Name: "notified", Unit: "copies"},
}

func newTape(copies int) *tape { return &tape{copies: copies, goals: noLoss} }

func seconds(d time.Duration) ledger.Seconds { return ledger.Seconds(d) }

func mailbox(seq uint32) string { return fmt.Sprintf("u%d@drill.test", seq%users+1) }

// history is the tape as a judge gets it.
func (t *tape) history() measure.History {
	t.fill()
	t.events, t.entries = make([]ledger.Event, 0, 64), make([]ledger.Entry, 0, t.copies*(4+t.scans*len(t.stores))+64)
	t.mail()
	t.story()
	return measure.History{Events: t.events, Ledger: t}
}

func (t *tape) fill() {
	load := time.Duration(t.copies+1) * tick
	if t.baseline == 0 {
		t.baseline = load
	}
	t.observe = max(t.observe, t.baseline, load)
	if t.scans == 0 {
		t.scans = 2
	}
	if t.stores == nil {
		t.stores = []string{"store1"}
	}
	t.spec = measure.Spec{
		Run:      record.Run{ID: "calibration", Started: "2026-11-23T18:00:00Z", Runtime: "embedded", Seed: 1, Trial: 1, Trials: 1},
		Scenario: record.Scenario{Name: "calibration", Title: "A system whose truth is known"}, Simulated: true, Clock: "drill",
		Probe:      measure.Probing{Interval: seconds(interval), Timeout: seconds(timeout), Stable: seconds(stable)},
		Objectives: t.goals, QueueNodes: []string{"mx1", "mx2"}, Mailboxes: users, Rate: 20,
	}
	t.spec.Services = sorted(t.services)
	for _, f := range t.faults {
		t.spec.Faults = append(t.spec.Faults, measure.PlannedFault{Step: f.step, Kind: "node.crash", Targets: []string{f.node}})
	}
	if t.change != nil {
		t.change(&t.spec)
	}
}

// Each implements ledger.Scanner.
func (t *tape) Each(visit func(ledger.Entry) error) error {
	for _, e := range t.entries {
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// Torn implements ledger.Scanner.
func (t *tape) Torn() string { return t.torn }

func (t *tape) write(e ledger.Entry) {
	if t.entry == nil || t.entry(&e) {
		t.entries = append(t.entries, e)
	}
}

func (t *tape) put(at time.Duration, kind, step, node string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // the facts of package ledger always can be
	}
	e := ledger.Event{N: len(t.events) + 1, At: seconds(at), Kind: kind, Step: step, Node: node, Data: raw}
	if t.event == nil || t.event(&e) {
		t.events = append(t.events, e)
	}
}

// edit changes the data of an event.
func edit[T any](e *ledger.Event, change func(*T)) {
	var data T
	if err := json.Unmarshal(e.Data, &data); err != nil {
		panic(err)
	}
	change(&data)
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	e.Data = raw
}

// story writes the events.
func (t *tape) story() {
	t.put(0, ledger.RunPlanned, "", "", t.planned())
	t.put(0, ledger.RunStarted, "", "", ledger.Start{Wall: "2026-11-23T18:00:00Z"})
	t.put(0, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "baseline"})
	for _, key := range sorted(t.services) {
		for _, p := range t.services[key] {
			service, node := split(key)
			p.Service = service
			t.put(time.Duration(p.End), ledger.Probed, "", node, p)
		}
	}
	t.put(t.baseline, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "timeline"})
	for _, f := range t.faults {
		f.write(t)
	}
	t.put(t.baseline, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "observe"})
	t.put(t.observe, ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "drain"})
	for _, e := range t.more {
		t.put(t.observe+time.Duration(e.At), e.Kind, e.Step, e.Node, e.Data)
	}
	t.close()
}

// planned is the plan of the run. A judge that does not know a part of it passes
// it over.
func (t *tape) planned() map[string]any {
	raw, err := json.Marshal(t.spec)
	if err != nil {
		panic(err) // plain numbers and texts
	}
	all := map[string]any{}
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	maps.Copy(all, t.plan)
	return all
}

// close writes how the mail was counted in the end.
func (t *tape) close() {
	at := t.observe + time.Second
	for reading := 1; reading <= 2; reading++ {
		for _, node := range t.spec.QueueNodes {
			n := t.queued(node, reading)
			t.put(at, ledger.QueueRead, "", node, ledger.QueueReading{Reading: reading, Count: n, Ours: n})
		}
		at += time.Second
	}
	t.put(at, ledger.SentinelSeen, "", "", ledger.Sentinel{Path: "mx", Sent: seconds(at - time.Second), Arrived: seconds(at)})
	for scan := 1; scan <= t.scans; scan++ {
		at += time.Second
		messages, digest := t.found(scan)
		t.put(at, ledger.Scanned, "", "", ledger.ScanResult{Scan: scan, Mailboxes: users, Messages: messages, Digest: digest})
	}
	t.put(at+time.Second, ledger.RunEnded, "", "", ledger.Ending{How: "complete", Wall: "2026-11-23T18:01:06Z"})
}

// queued counts what a reading found.
func (t *tape) queued(node string, reading int) (n int) {
	for _, e := range t.entries {
		if e.Kind == ledger.Queued && e.Node == node && int(e.Scan) == reading {
			n++
		}
	}
	return n
}

// found sums up a scan. Like the real digest this one leaves out its number.
func (t *tape) found(scan int) (messages int, digest string) {
	sum := uint64(0)
	for _, e := range t.entries {
		if e.Kind == ledger.Seen && int(e.Scan) == scan {
			messages++
			for _, c := range fmt.Append(nil, e.Node, e.Mailbox, e.UID, e.Copy, e.Integrity, e.Foreign) {
				sum = sum*1099511628211 + uint64(c)
			}
		}
	}
	return messages, fmt.Sprintf("%016x", sum)
}
