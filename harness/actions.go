package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/harness/action"
	"maildrill/harness/ledger"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// errLate is the cause of a context that ends with the time-out of an action.
var errLate = errors.New("the time-out of the step is over")

// act carries out an action on one node after the other, and stops at the first
// on which it fails. Nothing takes it back.
func (r *run) act(ctx context.Context, s planning.Step) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Timeout, errLate)
	defer cancel()
	nodes := s.On
	if len(nodes) == 0 {
		nodes = []string{""}
	}
	for _, node := range nodes {
		if r.deed(ctx, s, node) != record.Done {
			return
		}
	}
}

// deed carries out an action on one node, and writes down how it went.
func (r *run) deed(ctx context.Context, s planning.Step, node string) record.Result {
	d := ledger.Deed{Call: ledger.Call{Kind: s.Action, Began: r.now()}}
	r.events.append(ledger.ActionBegan, s.ID, node, d.Call)
	id := s.ID + "/" + node
	r.live.act(id, ActionStatus{Step: s.ID, Kind: s.Action, Node: node, Text: s.Text()})
	defer r.live.acted(id)
	out, err := r.do(ctx, s, node)
	d.Ended, d.Output, d.By, d.Via, d.Note = r.now(), out.Output, out.By, out.Via, out.Note
	result := resultOf(ctx, s, err)
	d.Result, d.Error = string(result), action.Harmless(text(err))
	r.events.append(ledger.ActionDone, s.ID, node, d)
	return result
}

// do lets the action in, unless a fault does the same to the node.
func (r *run) do(ctx context.Context, s planning.Step, node string) (action.Outcome, error) {
	for _, a := range s.Targets {
		if a.Node != node {
			continue
		}
		leave, err := r.occupied.attend(ctx, s, a)
		if err != nil {
			return action.Outcome{}, err
		}
		defer leave()
	}
	return s.Deed.Do(ctx, site{r, s}, node)
}

// resultOf says how an action ended. A run that was stopped has cancelled it; a
// step whose time was over failed for that, whatever the error says.
func resultOf(ctx context.Context, s planning.Step, err error) record.Result {
	switch {
	case err == nil:
		return record.Done
	case ctx.Err() == nil:
		return record.ActionFailed
	case !errors.Is(context.Cause(ctx), errLate):
		return record.Cancelled
	case s.Action == record.Manual:
		return record.NotAcknowledged
	}
	return record.TimedOut
}

// site is the running system as the action of a step sees it.
type site struct {
	r    *run
	step planning.Step
}

var _ action.Site = site{}

// Instance implements [action.Site].
func (s site) Instance(name string) (topology.Instance, bool) { return s.r.system.Instance(name) }

// Ready implements [action.Site].
func (s site) Ready(ctx context.Context, node string) error {
	system, ok := s.r.system.(topology.Readier)
	if !ok {
		return errors.New("this runtime cannot tell when a node is ready")
	}
	if err := system.Ready(ctx, node); err != nil {
		return fmt.Errorf("%s is not ready: %w", node, err)
	}
	return nil
}

// Lead implements [action.Site].
func (s site) Lead(ctx context.Context, from, to string) ([]string, error) {
	system, ok := s.r.system.(topology.Director)
	if !ok {
		return nil, errors.New("this runtime cannot lead names elsewhere")
	}
	return system.Lead(ctx, from, to)
}

// Await implements [action.Site]. The last values of what was waited for are told
// if it never came.
func (s site) Await(ctx context.Context) error {
	until := s.step.Until
	if s.r.until(ctx, conditionPoll, func() bool { return until.Holds(s.r.metrics()) }) {
		return nil
	}
	value, known := s.r.metrics()[until.Metric]
	if !known {
		return fmt.Errorf("%s never held: %s could not be read", until.Text, until.Metric)
	}
	return fmt.Errorf("%s never held: %s is %g", until.Text, until.Metric, value)
}

// Ask implements [action.Site]: whoever acknowledges first, at the terminal of the
// run or by the run folder.
func (s site) Ask(ctx context.Context, text string) (action.Acknowledgement, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	folder := s.r.cfg.Folder
	if err := folder.ask(s.step.ID, text); err != nil {
		return action.Acknowledgement{}, err
	}
	defer folder.asked(s.step.ID)
	said := make(chan action.Acknowledgement, 2)
	if ask := s.r.cfg.Ask; ask != nil {
		go func() {
			if who, ok := ask(ctx, s.step.ID, text); ok {
				said <- who
			}
		}()
	}
	tick := time.NewTicker(conditionPoll)
	defer tick.Stop()
	for {
		select {
		case who := <-said:
			return clean(who), nil
		case <-tick.C:
			if who, ok := folder.acknowledged(s.step.ID); ok {
				return clean(who), nil
			}
		case <-ctx.Done():
			return action.Acknowledgement{}, errors.New("nobody acknowledged it")
		}
	}
}

func clean(who action.Acknowledgement) action.Acknowledgement {
	return action.Acknowledgement{By: action.Harmless(who.By), Via: who.Via, Note: action.Harmless(who.Note)}
}

// Tell implements [action.Site].
func (s site) Tell(text string) {
	if s.r.cfg.Tell != nil {
		s.r.cfg.Tell(s.step.ID, text)
	}
}
