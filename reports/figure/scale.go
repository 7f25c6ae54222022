package figure

import (
	"math"
	"strconv"
)

// scale maps quantities to places between two ends. What is beyond them, or not
// a number, is at an end.
type scale struct {
	from, to float64 // of the quantity
	low, end float64 // places, in points
	log      bool    // from and to are above 0
}

func (s scale) at(v float64) float64 {
	share := (v - s.from) / (s.to - s.from)
	if s.log {
		share = math.Log(v/s.from) / math.Log(s.to/s.from)
	}
	if !(share > 0) { // also: not a number
		return s.low
	}
	return s.low + math.Min(share, 1)*(s.end-s.low)
}

// holds tells whether a quantity is on the scale.
func (s scale) holds(v float64) bool { return v >= s.from && v <= s.to }

// ticks are round quantities on the scale, as many as there may be at most.
func (s scale) ticks(most int, steps []float64) []float64 {
	step := stepOf(s.to-s.from, most, steps)
	var out []float64
	for n := math.Ceil(s.from/step - 1e-9); n*step <= s.to*(1+1e-9) && len(out) <= most; n++ {
		out = append(out, n*step)
	}
	return out
}

// stepOf is the first of the steps, or a round one, that is wide enough.
func stepOf(span float64, most int, steps []float64) float64 {
	least := span / float64(max(most, 1))
	if !(least > 0) || math.IsInf(least, 0) {
		return 1
	}
	for _, step := range steps {
		if step >= least {
			return step
		}
	}
	decade := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 5} {
		if m*decade >= least {
			return m * decade
		}
	}
	return 10 * decade
}

// decades are the powers of ten on a logarithmic scale.
func (s scale) decades() []float64 {
	var out []float64
	for e := math.Ceil(math.Log10(s.from) - 1e-9); ; e++ {
		v := math.Pow(10, e)
		if !(v <= s.to*(1+1e-9)) {
			return out
		}
		out = append(out, v)
	}
}

// clockSteps are round steps of time from half a second on, in seconds.
var clockSteps = []float64{0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 4 * 3600, 6 * 3600, 12 * 3600, 24 * 3600}

// timeSteps are the steps for a span of time; a short one has decimal steps.
func timeSteps(span float64) []float64 {
	if span < 5 {
		return nil
	}
	return clockSteps
}

// clockWord names a moment on an axis of time: "20 s", "5 min", "2 h".
func clockWord(v, step float64) string {
	switch {
	case step >= 3600:
		return decimal(v/3600) + " h"
	case step >= 60:
		return decimal(v/60) + " min"
	}
	return decimal(v) + " s"
}

// spanWord names a length of time: "10 ms", "2 s".
func spanWord(v float64) string {
	if v < 0.1 {
		return decimal(v*1000) + " ms"
	}
	return decimal(v) + " s"
}

// decimal writes a number to six digits, without an exponent.
func decimal(v float64) string {
	if math.Abs(v) < 1e-9 {
		v = 0
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// roundUp is the next round number from v on, to end an axis with.
func roundUp(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1
	}
	decade := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.5, 2, 3, 4, 5, 6, 8, 10} {
		if m*decade >= v*(1-1e-9) {
			return m * decade
		}
	}
	return 10 * decade
}

// counted is a number of things: "1 queue", "3 queues".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
