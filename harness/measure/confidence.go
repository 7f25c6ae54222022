package measure

import (
	"fmt"
	"math"

	"maildrill/harness/record"
)

// level is the confidence that every statement is made at.
const level = 0.95

// Confidence says what a number of trials supports, of which some failed. The
// unit is the trial, never the message: the losses of one crash are one event.
// An inconclusive trial is no trial; the caller leaves it out.
func Confidence(trials, failures int) record.Confidence {
	c := record.Confidence{Trials: trials}
	switch {
	case trials <= 0:
		c.Statement = "no conclusive observation; supports no statement"
	case failures >= trials:
		c.Statement = fmt.Sprintf("%d of %d trials failed", failures, trials)
	case failures > 0:
		c.Statement = fmt.Sprintf("%d of %d trials failed; the failure probability is below %s at 95 %% confidence",
			failures, trials, percent(UpperBound(trials, failures)))
	case trials == 1:
		c.Statement = "one observation; supports nothing stronger than a failure probability below " +
			percent(UpperBound(1, 0)) + " at 95 % confidence"
	default:
		c.Statement = fmt.Sprintf("no failure in %d trials; supports nothing stronger than a failure probability below %s at 95 %% confidence",
			trials, percent(UpperBound(trials, 0)))
	}
	return c
}

func percent(p float64) string { return fmt.Sprintf("%.1f %%", 100*p) }

// UpperBound is the one-sided 95 % upper limit on the failure probability
// after so many failures (Clopper and Pearson). With no failure it is
// 1 - 0.05^(1/n), about 3/n.
func UpperBound(trials, failures int) float64 {
	switch {
	case trials <= 0 || failures >= trials:
		return 1
	case failures <= 0:
		return 1 - math.Pow(1-level, 1/float64(trials))
	}
	low, high := 0.0, 1.0
	for range 60 { // halves the interval to the last bit of a float64
		mid := (low + high) / 2
		if atMost(failures, trials, mid) > 1-level {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// atMost is the probability of at most k failures in n trials.
func atMost(k, n int, p float64) float64 {
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Exp(lgamma(n+1) - lgamma(i+1) - lgamma(n-i+1) +
			float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

func lgamma(n int) float64 {
	v, _ := math.Lgamma(float64(n))
	return v
}
