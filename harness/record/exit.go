package record

import "slices"

// Exit codes that follow from a record or from the attempt to make one. 2
// stays free: a Go panic exits with it.
const (
	ExitPassed       = 0
	ExitFailed       = 1 // an objective was missed
	ExitInconclusive = 3
	ExitAborted      = 4
	ExitDirty        = 5 // clean-up could not be proven
	ExitEnvironment  = 6 // no engine, no image, no space
	ExitDefect       = 70
)

// precedence lists the codes that runs end with, worst first. Any other code
// (usage, invalid scenario) means that a run did not take place, and counts
// as an error does, just below dirty.
var precedence = []int{ExitDirty, ExitDefect, ExitEnvironment, ExitAborted, ExitFailed, ExitInconclusive, ExitPassed}

// ExitCode is the exit code of a single run. An error is maildrill's own unless
// the record says that the environment lacked something. A record without a
// known verdict is a defect, never a pass.
func ExitCode(r Record) int {
	switch {
	case r.Dirty:
		return ExitDirty
	case r.Verdict == Error && r.Lacking:
		return ExitEnvironment
	}
	switch r.Verdict {
	case Passed:
		return ExitPassed
	case Failed:
		return ExitFailed
	case Inconclusive:
		return ExitInconclusive
	case Aborted:
		return ExitAborted
	case Error:
		return ExitDefect
	}
	return ExitDefect
}

// Worst joins the exit codes of several runs: 5 before 70 and 6, before 4, 1,
// 3 and 0. It does not depend on their order. No runs at all is inconclusive:
// nothing was shown.
func Worst(codes ...int) int {
	if len(codes) == 0 {
		return ExitInconclusive
	}
	return slices.MinFunc(codes, func(a, b int) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return a - b
	})
}

// rank is the place of a code in the precedence, 0 the worst.
func rank(code int) int {
	i := slices.Index(precedence, code)
	if i < 0 {
		return slices.Index(precedence, ExitDefect)
	}
	return i
}

// Meets tells whether the run ended exactly as declared: with that verdict
// and, where objectives are named, with exactly those objectives ending that
// way. A dirty run meets nothing.
func (r Record) Meets(e Expect) bool {
	if r.Dirty || r.Verdict != e.Verdict {
		return false
	}
	if len(e.Objectives) == 0 {
		return true
	}
	var ended []string
	for _, o := range r.Objectives {
		if o.Verdict == e.Verdict {
			ended = append(ended, o.Name)
		}
	}
	return slices.Equal(sorted(ended), sorted(e.Objectives))
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
