package chronicle

import (
	"encoding/json"
	"slices"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

func event(t *testing.T, at float64, kind, step, node string, data any) ledger.Event {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Event{At: ledger.Seconds(at * 1e9), Kind: kind, Step: step, Node: node, Data: raw}
}

// probed are probes of a service every second, from 1 s on: + is well, - is not,
// and a dot is none.
func probed(t *testing.T, service, node, marks string) (all []ledger.Event) {
	t.Helper()
	for i, m := range marks {
		if m == '.' {
			continue
		}
		at := ledger.Seconds((i + 1) * 1e9)
		all = append(all, event(t, float64(i+1), ledger.Probed, "", node,
			ledger.ProbeResult{Service: service, Scheduled: at, Start: at, End: at + 1e8, OK: m == '+'}))
	}
	return all
}

func planned(t *testing.T, services ...string) ledger.Event {
	return event(t, 0, ledger.RunPlanned, "", "", map[string]any{"services": services, "probe": map[string]float64{"interval": 1}})
}

func TestLanesOrder(t *testing.T) {
	goals := []record.Objective{{Name: "loss"}, {Name: "rto.imap"}, {Name: "rto.mx@mx2"}}
	names := []string{"delivery", "imap", "mx", "mx@mx1", "mx@mx2", "submission", "imap@store2"}
	want := []string{"imap", "imap@store2", "mx", "mx@mx1", "mx@mx2", "delivery", "submission"}
	if got := ordered(names, goals); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A service that was to be probed and never was has a lane without data, and one
// that the record alone knows too.
func TestLaneOfNobody(t *testing.T) {
	r := record.Record{Services: map[string]record.Service{"imap": {}}}
	all := lanes(readEvents([]ledger.Event{planned(t, "mx")}), r, 20)
	if len(all) != 2 || drawn(all[0].Cells) != "0-20 no data" || drawn(all[1].Cells) != "0-20 no data" {
		t.Errorf("%+v", all)
	}
}

func TestLane(t *testing.T) {
	five := 5.0
	outage := record.Outage{Began: record.Interval{Low: 3, High: &five}, RTA: record.Interval{Low: 2}, Step: "crash"}
	over := outage
	over.RTA.High = &[]float64{6.1}[0] // stable since 9.1 s
	crash := []record.Fault{{Step: "crash", Effective: &record.Interval{Low: 3}}}
	for _, c := range []struct {
		name, marks string
		outages     []record.Outage
		stalls      []Stretch
		want        string
	}{
		{"sound", "+++++", nil, nil, "0-1.1 no data, 1.1-5.1 up, 5.1-20 no data"},
		{"two are missing", "++..++", nil, nil, "0-1.1 no data, 1.1-6.1 up, 6.1-20 no data"},
		{"four are missing", "++....++", nil, nil, "0-1.1 no data, 1.1-2.1 up, 2.1-7.1 no data, 7.1-8.1 up, 8.1-20 no data"},
		{"unsteady until it is stable", "+++--+-+++++", []record.Outage{over}, nil,
			"0-1.1 no data, 1.1-3.1 up, 3.1-4 unsure, 4-5.1 down, 5.1-7 unsure, 7-7.1 down, 7.1-8.1 unsure, 8.1-9 unsteady, 9-12.1 up, 12.1-20 no data"},
		{"never stable again", "+++--+++", []record.Outage{outage}, nil,
			"0-1.1 no data, 1.1-3.1 up, 3.1-4 unsure, 4-5.1 down, 5.1-6.1 unsure, 6.1-8.1 unsteady, 8.1-20 no data"},
		{"a stall", "++--++", nil, []Stretch{{1.5, 3.5}, {5.5, 5.75}},
			"0-1.1 no data, 1.1-1.5 up, 1.5-2.1 no data, 2.1-3 unsure, 3-4.1 down, 4.1-5.1 unsure, 5.1-5.5 up, 5.5-5.75 no data, 5.75-6.1 up, 6.1-20 no data"},
	} {
		events := append([]ledger.Event{planned(t, "mx")}, probed(t, "mx", "", c.marks)...)
		for _, g := range c.stalls {
			events = append(events, event(t, g.To, ledger.Gap, "", "", ledger.Stall{From: ledger.Seconds(g.From * 1e9), To: ledger.Seconds(g.To * 1e9)}))
		}
		r := record.Record{Faults: crash, Services: map[string]record.Service{"mx": {Outages: c.outages}}}
		if got := drawn(lanes(readEvents(events), r, 20)[0].Cells); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Without a plan the probes themselves say how often they come.
func TestLaneWithoutPlan(t *testing.T) {
	all := lanes(readEvents(probed(t, "mx", "mx1", "++++.........++")), record.Record{}, 20)
	if got, want := drawn(all[0].Cells), "0-1.1 no data, 1.1-4.1 up, 4.1-14.1 no data, 14.1-15.1 up, 15.1-20 no data"; all[0].Service != "mx@mx1" || got != want {
		t.Errorf("%s: got %s, want %s", all[0].Service, got, want)
	}
}

func TestEffects(t *testing.T) {
	look := func(at float64, kind, node string, on bool, failed string) ledger.Event {
		return event(t, at, kind, "cut", node, ledger.Proof{Began: ledger.Seconds(at * 1e9), Ended: ledger.Seconds(at*1e9 + 1e8), Effective: on, Error: failed})
	}
	call := func(at float64, kind, node string) ledger.Event {
		return event(t, at, kind, "cut", node, ledger.Call{Kind: "net.cut", Began: ledger.Seconds(at * 1e9)})
	}
	events := []ledger.Event{
		look(1, ledger.FaultControl, "mx1", false, ""), call(2, ledger.FaultInjecting, "mx1"), look(3, ledger.FaultProof, "mx1", true, ""),
		look(4, ledger.FaultProof, "mx1", false, "cut short"), look(5, ledger.EffectSeen, "mx1", true, ""),
		call(6, ledger.FaultReverting, "mx1"), look(7, ledger.FaultClean, "mx1", false, ""), look(8, ledger.FaultClean, "mx1", false, ""),
		call(2, ledger.FaultInjecting, "mx2"), look(2.5, ledger.FaultProof, "mx2", true, ""), look(3.5, ledger.FaultProof, "mx2", true, ""),
		look(12, ledger.FaultProof, "mx2", true, ""), look(13, ledger.FaultProof, "mx2", true, ""),
		event(t, 1, ledger.FaultInjecting, "other", "", ledger.Call{Began: 1e9}),
	}
	r := record.Record{Faults: []record.Fault{{Step: "cut", Kind: "net.cut", Targets: []string{"mx2", "mx1", "mx3"}}}}
	all := effects(readEvents(events), r, 20)
	for i, want := range []struct {
		node, seen string
		commanded  []Stretch
	}{
		{"mx2", "0-2.6 no data, 2.6-3.6 on, 3.6-12.1 no data, 12.1-13.1 on, 13.1-20 no data", []Stretch{{2, 20}}},
		{"mx1", "0-1.1 no data, 1.1-3.1 unsure, 3.1-5.1 on, 5.1-7.1 unsure, 7.1-8.1 off, 8.1-20 no data", []Stretch{{2, 6}}},
		{"mx3", "0-20 no data", nil},
		{"", "0-20 no data", []Stretch{{1, 20}}},
	} {
		if e := all[i]; e.Node != want.node || drawn(e.Seen) != want.seen || !slices.Equal(e.Commanded, want.commanded) {
			t.Errorf("%s: %v, %s\nwant %s: %v, %s", e.Node, e.Commanded, drawn(e.Seen), want.node, want.commanded, want.seen)
		}
	}
}

// An event without a node is about the only target of its step.
func TestEffectOfTheOnlyTarget(t *testing.T) {
	events := []ledger.Event{event(t, 2, ledger.FaultInjecting, "cut", "", ledger.Call{Began: 2e9}),
		event(t, 6, ledger.FaultReverting, "cut", "mx1", ledger.Call{Began: 6e9})}
	r := record.Record{Faults: []record.Fault{{Step: "cut", Targets: []string{"mx1"}}}}
	if all := effects(readEvents(events), r, 20); len(all) != 1 || !slices.Equal(all[0].Commanded, []Stretch{{2, 6}}) {
		t.Errorf("%+v", all)
	}
}
