package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// story is the events of a run, sorted by what they tell.
type story struct {
	rules     *rules
	spec      Spec
	start     ledger.Start
	phases    []record.Phase
	ending    *ledger.Ending // nil: the history stops before the run did
	end       time.Duration  // when the last event was written
	stop      *ledger.Ending // a guard, a person or a signal ended the run early
	unready   string         // why the run went no further than its baseline
	steps     []*step        // as planned, then any that were not
	actions   []*deeds       // as planned, then any that were not
	probes    map[string][]ledger.ProbeResult
	queues    map[string][]queueReading
	scans     []scanReading
	sentinels map[string]ledger.Sentinel // the last one of each path
	stalls    []ledger.Stall
	salting   *ledger.Salting
	loads     []ledger.Load
	residue   []string
	compared  ledger.Traces // the last comparison of what is held for the nodes
	defects   defects
	signals   signals
	answers   []answered // about security
	strays    *int       // notifications to outsiders about mail that they had not sent; nil: not counted
	effective []span     // see effects
}

// queueReading is one reading of one node's queue, and when it was over.
type queueReading struct {
	ledger.QueueReading
	at time.Duration
}

// scanReading is one full scan, and when it was over.
type scanReading struct {
	ledger.ScanResult
	at time.Duration
}

// read sorts the events. It fails only without a plan; a line that cannot be
// understood is a defect of the instrument, and is kept as one.
func read(events []ledger.Event, by *rules) (*story, error) {
	if len(events) == 0 || events[0].Kind != ledger.RunPlanned {
		return nil, errors.New("read history: the first event is not the plan of the run")
	}
	s := &story{
		rules:     by,
		probes:    map[string][]ledger.ProbeResult{},
		queues:    map[string][]queueReading{},
		sentinels: map[string]ledger.Sentinel{},
	}
	if err := json.Unmarshal(events[0].Data, &s.spec); err != nil {
		return nil, fmt.Errorf("read the plan of the run: %w", err)
	}
	for _, p := range s.spec.Faults {
		s.steps = append(s.steps, by.step(p))
	}
	s.actions = unreached(s.spec.Actions)
	for _, e := range events[1:] {
		if err := s.take(e); err != nil {
			s.defects.add("event %d (%s): %v", e.N, e.Kind, err)
		}
	}
	for _, st := range s.steps {
		st.stalls = s.stalls
	}
	s.closePhases()
	s.sortProbes()
	return s, nil
}

// take sorts one event in. Kinds that carry no evidence are passed over.
func (s *story) take(e ledger.Event) error {
	at := time.Duration(e.At)
	s.end = max(s.end, at)
	switch e.Kind {
	case ledger.RunStarted:
		return json.Unmarshal(e.Data, &s.start)
	case ledger.RunEnded:
		s.ending = &ledger.Ending{}
		return json.Unmarshal(e.Data, s.ending)
	case ledger.Aborted, ledger.GuardTripped:
		return s.stopped(e)
	case ledger.PhaseBegan:
		return s.phase(e, at)
	case ledger.FaultControl, ledger.FaultProof, ledger.FaultClean, ledger.EffectSeen:
		return s.looked(e)
	case ledger.FaultInjecting, ledger.FaultInjected, ledger.FaultReverting, ledger.FaultReverted:
		return s.called(e)
	case ledger.FaultRefused:
		return s.turned(e)
	case ledger.ActionBegan, ledger.ActionDone:
		return s.acts(e)
	case ledger.Probed:
		return s.probed(e)
	}
	return s.found(e, at)
}

// found sorts in what the instrument found when the mail was counted.
func (s *story) found(e ledger.Event, at time.Duration) error {
	switch e.Kind {
	case ledger.QueueRead:
		q := queueReading{at: at}
		err := json.Unmarshal(e.Data, &q.QueueReading)
		s.queues[e.Node] = append(s.queues[e.Node], q)
		return err
	case ledger.Scanned:
		r := scanReading{at: at}
		err := json.Unmarshal(e.Data, &r.ScanResult)
		s.scans = append(s.scans, r)
		return err
	case ledger.SentinelSeen:
		var m ledger.Sentinel
		err := json.Unmarshal(e.Data, &m)
		s.sentinels[m.Path] = m
		return err
	case ledger.Gap:
		var g ledger.Stall
		err := json.Unmarshal(e.Data, &g)
		s.stalls = append(s.stalls, g)
		return err
	case ledger.Salted:
		s.salting = &ledger.Salting{}
		return json.Unmarshal(e.Data, s.salting)
	case ledger.LoadSampled:
		return s.loaded(e)
	case ledger.Residue:
		return s.left(e)
	case ledger.TracesCompared:
		return json.Unmarshal(e.Data, &s.compared)
	case ledger.SinkClosed:
		var b ledger.Backscatter
		err := json.Unmarshal(e.Data, &b)
		s.strays = &b.Messages
		return err
	case ledger.SecurityAsked:
		return s.answeredSecurity(e)
	}
	return s.noted(e)
}

// stopped notes what ended the run early. A guard that trips leads to an
// abort, which is an event of its own; the gate before the timeline does not:
// a system that was not healthy to begin with is no aborted drill, but one
// that shows nothing.
func (s *story) stopped(e ledger.Event) error {
	var end ledger.Ending
	if err := json.Unmarshal(e.Data, &end); err != nil {
		return err
	}
	switch {
	case e.Kind == ledger.Aborted:
		s.stop = &end
	case end.How == "gate":
		s.unready = end.Why
	}
	return nil
}

func (s *story) phase(e ledger.Event, at time.Duration) error {
	var p ledger.PhaseStart
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return err
	}
	if n := len(s.phases); n > 0 {
		s.phases[n-1].Ended = at.Seconds()
	}
	s.phases = append(s.phases, record.Phase{Name: p.Phase, Began: at.Seconds(), Ended: at.Seconds()})
	return nil
}

// closePhases lets the last phase last to the end of the history.
func (s *story) closePhases() {
	if n := len(s.phases); n > 0 {
		s.phases[n-1].Ended = s.end.Seconds()
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

// sortProbes puts the probes in the order of their schedule; they are written
// in the order in which they ended.
func (s *story) sortProbes() {
	for _, probes := range s.probes {
		slices.SortStableFunc(probes, func(a, b ledger.ProbeResult) int { return int(a.Scheduled - b.Scheduled) })
	}
}

func (s *story) left(e ledger.Event) error {
	var l ledger.Leftovers
	if err := json.Unmarshal(e.Data, &l); err != nil {
		return err
	}
	if e.Step != "" {
		step := s.step(e.Step)
		step.residue = append(step.residue, l.Items...)
		return nil
	}
	s.residue = append(s.residue, l.Items...)
	return nil
}
