package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"maildrill/reports/evidence/keys"
	"maildrill/reports/history"
	"maildrill/reports/history/period"
)

// periodRegister compares the run folders with the register: the one that is
// named, else one's own if there is one. Nil: there is none.
func (p *process) periodRegister(ctx context.Context, o reportOptions, folders []history.Run, span period.Span) (*period.Register, error) {
	if none, err := p.withoutRegister(o); none || err != nil {
		return nil, err
	}
	v, where, err := p.shownRegister(ctx, o.register, o.key)
	if err != nil {
		return nil, err
	}
	g := &period.Register{Origin: v.Checkpoint.Origin, Where: where, Size: v.Size(), Root: v.Checkpoint.Root.String()}
	var entries []period.Entry
	for _, r := range v.Runs(time.Time{}) { // how long one is open already is of no interest
		at, _ := time.Parse(time.RFC3339, r.At)
		entries = append(entries, period.Entry{Run: r.ID, Started: at, Closed: r.Close != nil})
	}
	g.Match(entries, folders, span)
	return g, nil
}

// withoutRegister: nobody has named a register, and there is no key of one's
// own, or none that has a register.
func (p *process) withoutRegister(o reportOptions) (bool, error) {
	if o.register != "" || p.Env(registerVariable) != "" {
		return false, nil
	}
	key, _, err := p.trusted(o.key)
	switch {
	case errors.Is(err, keys.ErrNone):
		return true, nil
	case err != nil:
		return false, usage(err)
	}
	where, _, err := p.registerPlace("", key)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(where)
	return errors.Is(err, fs.ErrNotExist), nil
}
