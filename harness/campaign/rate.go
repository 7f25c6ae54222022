package campaign

import (
	"fmt"
	"math"

	"maildrill/harness/measure"
)

// Rate is how often a schedule failed in the same way when it was run again.
type Rate struct {
	Failed int `json:"failed"`
	Runs   int `json:"runs"`
}

// Low and High are one-sided 95 % limits of the true rate (Clopper and Pearson).
func (r Rate) Low() float64 {
	if r.Runs == 0 {
		return 0
	}
	return 1 - measure.UpperBound(r.Runs, r.Runs-r.Failed)
}

// High is the upper limit.
func (r Rate) High() float64 { return measure.UpperBound(r.Runs, r.Failed) }

// String says it with its limits: "4 of 5 (at least 34 %, 95 % confidence)".
func (r Rate) String() string {
	switch {
	case r.Runs == 0:
		return "not run again"
	case r.Failed == 0:
		return fmt.Sprintf("0 of %d (at most %.0f %%, 95 %% confidence)", r.Runs, math.Ceil(100*r.High()))
	}
	return fmt.Sprintf("%d of %d (at least %.0f %%, 95 %% confidence)", r.Failed, r.Runs, math.Floor(100*r.Low()))
}

// mostRepeats bounds how often one candidate is tried; it is what a rate of 20 %
// takes.
const mostRepeats = 14

// repeats is how often a candidate has to be run until one that fails as often as
// this one is missed with a probability of 5 % only: ln 0.05 / ln(1-p). The rate is
// estimated with one failure and one success more than seen (Laplace), so that
// few runs are not taken for certainty.
func (r Rate) repeats() int {
	p := float64(r.Failed+1) / float64(r.Runs+2)
	return min(mostRepeats, max(1, int(math.Ceil(math.Log(0.05)/math.Log1p(-p)))))
}
