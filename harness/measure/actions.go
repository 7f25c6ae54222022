package measure

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// unreached gives a row to each target of each planned action.
func unreached(actions []PlannedAction) (rows []record.Action) {
	for _, a := range actions {
		for _, name := range a.Targets {
			rows = append(rows, record.Action{Step: a.Step, Kind: a.Kind, Target: name})
		}
	}
	return rows
}

// acted notes how an action went. One that was never planned is added, so that
// what was done to the system shows.
func (s *story) acted(e ledger.Event) error {
	var c ledger.Call
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return err
	}
	i := slices.IndexFunc(s.actions, func(a record.Action) bool { return a.Step == e.Step && a.Target == e.Node })
	if i < 0 {
		i = len(s.actions)
		s.actions = append(s.actions, record.Action{Step: e.Step, Kind: c.Kind, Target: e.Node})
	}
	began, ended := time.Duration(c.Began).Seconds(), time.Duration(c.Ended).Seconds()
	s.actions[i].Began, s.actions[i].Ended, s.actions[i].Error = &began, &ended, c.Error
	return nil
}

// undone names the actions that were not carried out as planned: the drill was
// then not the one that was declared.
func (s *story) undone() string {
	var said []string
	for _, a := range s.actions {
		switch {
		case a.Began == nil:
			said = append(said, a.Step+" on "+a.Target+": not reached")
		case !a.Done():
			said = append(said, a.Step+" on "+a.Target+": "+a.Error)
		}
	}
	return strings.Join(said, "; ")
}
