package words

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
)

// number prints a value with two decimals below ten and one above, rounded
// outward: down for a lower end, up for an upper one. An interval never looks
// narrower than it was measured.
func number(v float64, outward func(float64) float64) string {
	scale := 10.0
	if math.Abs(v) < 10 {
		scale = 100
	}
	// Steps below a millionth are noise of the decimal point, not of time: 8.2
	// times a hundred is a little less than 820.
	v = math.Round(v*scale*1e6) / 1e6
	return strconv.FormatFloat(outward(v)/scale, 'f', -1, 64)
}

// Low prints the lower end of an interval, rounded down; High the upper, up.
func Low(v float64) string  { return number(v, math.Floor) }
func High(v float64) string { return number(v, math.Ceil) }

// Exact prints a value that is no interval, to four decimals at most.
func Exact(v float64) string { return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64) }

// Interval prints what was measured: "31.2 to 31.9 s", "more than 40 s",
// "2 copies", or "no data".
func Interval(i *record.Interval, unit string) string {
	if i == nil {
		return "no data"
	}
	unit = Plain(unit)
	switch {
	case i.High == nil:
		return fmt.Sprintf("%s %s or more", Low(i.Low), unit)
	case i.Low == *i.High:
		return Exact(i.Low) + " " + unit
	}
	return fmt.Sprintf("%s to %s %s", Low(i.Low), High(*i.High), unit)
}

// Moment prints when something happened, in seconds since the start.
func Moment(i *record.Interval) string { return Interval(i, "s") }

// Target prints what was asked for: "at most 10 s".
func Target(t map[string]float64, unit string) string {
	words := map[string]string{"max": "at most ", "min": "at least "}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(t)) {
		word, ok := words[key]
		if !ok {
			word = Plain(key) + " "
		}
		parts = append(parts, word+strconv.FormatFloat(t[key], 'f', -1, 64)+" "+Plain(unit))
	}
	return strings.Join(parts, ", ")
}

// Slowest is the recovery objective with the longest time, at its upper end; one
// that is open at the top is the longest of all.
func Slowest(objectives []record.Objective) (slowest record.Objective, ok bool) {
	most := -1.0
	for _, o := range objectives {
		if !strings.HasPrefix(o.Name, "rto.") || o.Measured == nil {
			continue
		}
		high := math.Inf(1)
		if o.Measured.High != nil {
			high = *o.Measured.High
		}
		if high > most {
			slowest, most, ok = o, high, true
		}
	}
	return slowest, ok
}
