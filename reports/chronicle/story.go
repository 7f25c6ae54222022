package chronicle

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/ledger"
)

// story is the events of a run, sorted by what is drawn from them.
type story struct {
	end     time.Duration
	plan    plan
	probes  map[string][]ledger.ProbeResult // by service
	looks   map[aim][]ledger.Proof
	calls   map[aim][]call
	queues  map[string][]Reading // by node
	reading uint16               // the last one of the queues
	scan    ledger.ScanResult    // the last one
	stalls  []Stretch
	moments []Moment
	dark    int   // moments that there is no room for
	wrong   int   // events that could not be understood
	first   error // the first of them
}

// plan is what is needed of the plan of the run, which is its first event.
type plan struct {
	Probe struct {
		Interval ledger.Seconds `json:"interval"`
	} `json:"probe"`
	Services []string `json:"services"`
}

// aim is one target of one step.
type aim struct{ step, node string }

// call is a call to inject a fault, or to revert it.
type call struct {
	at     time.Duration
	inject bool
}

// momentsMost bounds the table of events.
const momentsMost = 2000

func readEvents(events []ledger.Event) *story {
	s := &story{probes: map[string][]ledger.ProbeResult{}, looks: map[aim][]ledger.Proof{}, calls: map[aim][]call{},
		queues: map[string][]Reading{}}
	for _, e := range events {
		s.end = max(s.end, time.Duration(e.At))
		if err := s.take(e); err != nil {
			if s.wrong++; s.first == nil {
				s.first = fmt.Errorf("event %d (%s): %w", e.N, cut(e.Kind, 40), err)
			}
		}
	}
	return s
}

// take sorts one event in.
func (s *story) take(e ledger.Event) error {
	s.moment(e)
	switch e.Kind {
	case ledger.RunPlanned:
		return json.Unmarshal(e.Data, &s.plan)
	case ledger.Probed:
		return s.probed(e)
	case ledger.FaultControl, ledger.FaultProof, ledger.FaultClean, ledger.EffectSeen:
		return s.looked(e)
	case ledger.FaultInjecting, ledger.FaultReverting:
		return s.called(e)
	case ledger.QueueRead:
		return s.counted(e)
	case ledger.Scanned:
		s.scan = ledger.ScanResult{}
		return json.Unmarshal(e.Data, &s.scan)
	case ledger.Gap:
		var g ledger.Stall
		if err := json.Unmarshal(e.Data, &g); err != nil {
			return err
		}
		s.stalls = append(s.stalls, Stretch{seconds(g.From), seconds(g.To)})
	}
	return nil
}

// moment gives an event a line, if it is worth one.
func (s *story) moment(e ledger.Event) {
	m, ok := momentOf(e)
	switch {
	case !ok:
	case len(s.moments) == momentsMost:
		s.dark++
	default:
		s.moments = append(s.moments, m)
	}
}

func (s *story) probed(e ledger.Event) error {
	var p ledger.ProbeResult
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return err
	}
	key := p.Service
	if e.Node != "" {
		key += "@" + e.Node
	}
	s.probes[key] = append(s.probes[key], p)
	return nil
}

func (s *story) looked(e ledger.Event) error {
	var p ledger.Proof
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return err
	}
	at := aim{e.Step, e.Node}
	s.looks[at] = append(s.looks[at], p)
	return nil
}

func (s *story) called(e ledger.Event) error {
	var c ledger.Call
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return err
	}
	at := aim{e.Step, e.Node}
	s.calls[at] = append(s.calls[at], call{time.Duration(c.Began), e.Kind == ledger.FaultInjecting})
	return nil
}

func (s *story) counted(e ledger.Event) error {
	var q ledger.QueueReading
	if err := json.Unmarshal(e.Data, &q); err != nil {
		return err
	}
	s.reading = uint16(max(int(s.reading), q.Reading))
	s.queues[e.Node] = append(s.queues[e.Node], Reading{At: seconds(e.At), Count: q.Count, Ours: q.Ours, Error: cut(q.Error, TextMost)})
	return nil
}

// depths are the queues by name of their node, each in the order of time.
func (s *story) depths() []Depth {
	var all []Depth
	for _, node := range sortedKeys(s.queues) {
		d := Depth{Node: node, Readings: s.queues[node]}
		slices.SortStableFunc(d.Readings, func(a, b Reading) int { return byTime(a.At, b.At) })
		all = append(all, d)
	}
	return all
}

// doubts says which events could not be understood.
func (s *story) doubts() []string {
	if s.wrong == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d events cannot be understood; the first is %v", s.wrong, s.first)}
}
