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
//
// Clopper and Pearson take the number of trials as fixed. A series that stops
// at its first failure fixes the number of failures instead; the bound for
// that, 1 - 0.05^(1/(n-1)), is the smaller one, so the statement still holds.
func Confidence(trials, failures int) record.Confidence {
	c := record.Confidence{Trials: trials, Failed: failures}
	switch {
	case trials <= 0:
		c.Statement = "no conclusive run; supports no statement"
	case failures >= trials:
		c.Statement = fmt.Sprintf("%d of %s failed", failures, runs(trials))
	case failures > 0:
		c.Statement = fmt.Sprintf("%d of %s failed: failure probability below %s at 95 %% confidence", failures, runs(trials), above(UpperBound(trials, failures)))
	case trials == 1:
		c.Statement = "one clean run: supports nothing stronger than a failure probability below " + above(UpperBound(1, 0)) + " at 95 % confidence"
	default:
		c.Statement = fmt.Sprintf("%d clean runs: failure probability below %s at 95 %% confidence", trials, above(UpperBound(trials, 0)))
	}
	return c
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// above prints an upper bound and below a lower one, both to two digits and
// rounded to the side on which the statement stays true.
func above(p float64) string { return twoDigits(p, math.Ceil) }

func below(p float64) string { return twoDigits(p, math.Floor) }

// hair keeps a bound that is exact in decimals from being rounded away from it
// by the last bits of a float64.
const hair = 1e-9

func twoDigits(p float64, round func(float64) float64) string {
	percent := 100 * p
	if percent < 10 {
		return fmt.Sprintf("%.1f %%", settled(10*percent, round)/10)
	}
	return fmt.Sprintf("%.0f %%", settled(percent, round))
}

func settled(x float64, round func(float64) float64) float64 {
	if near := math.Round(x); math.Abs(x-near) < hair {
		return near
	}
	return round(x)
}

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

// Coverage is the share q of all runs that the largest of n covers, at 95 %
// confidence: q^n = 0.05. It assumes nothing but that the runs are alike.
func Coverage(n int) float64 {
	if n <= 0 {
		return 0
	}
	return math.Pow(1-level, 1/float64(n))
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
