package measure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// deeds are what is known of one planned action: a row for each of its nodes, or
// one without a name.
type deeds struct {
	PlannedAction
	rows []deed
}

type deed struct {
	node         string
	began, ended *time.Duration
	ledger.Deed
}

// unreached gives every planned action its rows.
func unreached(actions []PlannedAction) (all []*deeds) {
	for _, a := range actions {
		d := &deeds{PlannedAction: a}
		for _, name := range a.Targets {
			d.rows = append(d.rows, deed{node: name})
		}
		if len(a.Targets) == 0 {
			d.rows = []deed{{}}
		}
		all = append(all, d)
	}
	return all
}

// acts notes that an action began, and how it went. One that was never planned is
// added, so that what was done to the system shows.
func (s *story) acts(e ledger.Event) error {
	var d ledger.Deed
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return err
	}
	began, ended := time.Duration(d.Began), time.Duration(d.Ended)
	row := s.deed(e.Step, d.Kind, e.Node)
	row.began = &began
	if e.Kind == ledger.ActionDone {
		if d.Result == "" { // of a maildrill that knew done and failed only
			d.Result = string(record.Done)
			if d.Error != "" {
				d.Result = string(record.ActionFailed)
			}
		}
		row.ended, row.Deed = &ended, d
	}
	return nil
}

// deed finds the row of a node, or adds it.
func (s *story) deed(step, kind, node string) *deed {
	i := slices.IndexFunc(s.actions, func(d *deeds) bool { return d.Step == step })
	if i < 0 {
		i = len(s.actions)
		s.actions = append(s.actions, &deeds{PlannedAction: PlannedAction{Step: step, Kind: kind}})
	}
	d := s.actions[i]
	j := slices.IndexFunc(d.rows, func(r deed) bool { return r.node == node })
	if j < 0 {
		j = len(d.rows)
		d.rows = append(d.rows, deed{node: node})
		if node != "" {
			d.Targets = append(d.Targets, node)
		}
	}
	return &d.rows[j]
}

// result of one row: an action that began and of whose end nothing is known was
// cut short with its run.
func (d deed) result() record.Result {
	switch {
	case d.began == nil:
		return record.NotReached
	case d.ended == nil:
		return record.Cancelled
	}
	return record.Result(d.Result)
}

// row is the action as the record tells it. It is done if it is done everywhere;
// the first node on which it is not says why.
func (d *deeds) row() record.Action {
	a := record.Action{Step: d.Step, Kind: d.Kind, Targets: append([]string{}, d.Targets...), Text: d.Text, Result: record.Done}
	var said []string
	whole := true
	for _, r := range d.rows {
		if got := r.result(); a.Result == record.Done && got != record.Done {
			a.Result, a.Error = got, r.Error
			if len(d.rows) > 1 && r.Error != "" {
				a.Error = r.node + ": " + r.Error
			}
		}
		a.Began = firstOf(a.Began, inSeconds(r.began))
		a.Ended, whole = lastOf(a.Ended, inSeconds(r.ended)), whole && (r.ended != nil || r.began == nil)
		a.AcknowledgedBy, a.Via, a.Note = cmp.Or(a.AcknowledgedBy, r.By), cmp.Or(a.Via, r.Via), cmp.Or(a.Note, r.Note)
		if r.Output != "" {
			said = append(said, headed(len(d.rows) > 1, r.node, r.Output))
		}
		if len(d.rows) > 1 {
			a.Nodes = append(a.Nodes, record.ActionNode{Node: r.node, Began: inSeconds(r.began), Ended: inSeconds(r.ended), Result: r.result(), Error: r.Error})
		}
	}
	if !whole {
		a.Ended = nil
	}
	a.Output = strings.Join(said, "\n")
	return a
}

func headed(several bool, node, text string) string {
	if several {
		return node + ":\n" + text
	}
	return text
}

func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

func firstOf(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func lastOf(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// acted are all actions, as the record tells them.
func (s *story) acted() (rows []record.Action) {
	for _, d := range s.actions {
		rows = append(rows, d.row())
	}
	return rows
}

// undone names the actions that were not carried out as planned: the drill was
// then not the one that was declared. What was missed is missed all the same: a
// runbook that does not work is a part of the system.
func (s *story) undone() string {
	var said []string
	for _, a := range s.acted() {
		if a.Done() {
			continue
		}
		where := a.Step
		if len(a.Targets) > 0 {
			where += " on " + strings.Join(a.Targets, ", ")
		}
		why := string(a.Result)
		if a.Error != "" && a.Result == record.ActionFailed {
			why = a.Error
		} else if a.Error != "" {
			why += fmt.Sprintf(" (%s)", a.Error)
		}
		said = append(said, where+": "+why)
	}
	return strings.Join(said, "; ")
}
