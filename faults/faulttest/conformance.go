package faulttest

import (
	"context"
	"errors"
	"testing"
	"time"

	"maildrill/faults"
)

// Options adapt the suite to a kind and to the runtime under the target.
type Options struct {
	// With decodes the parameters of the fault into a struct with yaml tags;
	// nil: every parameter has its default.
	With func(any) error
	// Within bounds the wait for one edge, from a call to its proof; zero: 5 s.
	Within time.Duration
	// Every is the time between two looks; zero: 20 ms.
	Every time.Duration
	// Between is what happens between the preparation of a [faults.Preparer] and
	// its injection; nil: nothing.
	Between func()
	// Rest is what happens between a revert and the next injection of one case; nil:
	// nothing. A server may need it to come back from what the fault has done.
	Rest func()
	// Quick asks for the plain course alone: the first case.
	Quick bool
	// Ran hears of each case, if it is not nil.
	Ran func(name string, passed bool)
}

func (o Options) filled() Options {
	if o.With == nil {
		o.With = func(any) error { return nil }
	}
	if o.Within == 0 {
		o.Within = 5 * time.Second
	}
	if o.Every == 0 {
		o.Every = 20 * time.Millisecond
	}
	return o
}

// Conformance runs the whole suite for a kind. mk gives a healthy target of
// its own to each case. The process that process.kill is aimed at must be one
// that its supervisor brings back at once.
func Conformance(t *testing.T, kind faults.Kind, mk func(t *testing.T) faults.Target, o Options) {
	t.Helper()
	todo := cases
	if o.Quick {
		todo = cases[:1]
	}
	for _, c := range todo {
		passed := t.Run(c.name, func(t *testing.T) {
			s, err := newSubject(kind, mk(t), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.check(t.Context(), s); err != nil {
				t.Fatal(errors.Join(err, s.abandon(t.Context())))
			}
		})
		if o.Ran != nil {
			o.Ran(c.name, passed)
		}
	}
}

// cases are the promises of a fault, each with its check.
var cases = []struct {
	name  string
	check func(context.Context, *subject) error
}{
	{"inject, prove, hold, revert, prove gone", wholeLife},
	{"inject twice, revert twice", twice},
	{"revert without inject", revertAlone},
	{"inject again after the revert", again},
	{"cancelled half-way, then reverted", cancelled},
	{"a node that does nothing is not proven", inert},
	{"restarted while held", restarted},
	{"undone by somebody else from the data", undone},
}
