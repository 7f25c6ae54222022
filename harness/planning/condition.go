package planning

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Condition compares a live metric with a number: "accepted >= 500".
type Condition struct {
	Metric string
	Op     string
	Number float64
	Text   string
}

// Metrics are the live values that guards and `when:` may name.
var Metrics = []string{"accepted", "rejected", "indeterminate", "attempted", "queue", "down", "lost", "elapsed",
	"in_flight", "in_reply_gap"}

var comparisons = []string{">=", ">", "<=", "<", "=="}

// ParseCondition reads "metric op number". Ops are >, >=, <, <=, ==.
func ParseCondition(text string) (Condition, error) {
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return Condition{}, fmt.Errorf("condition %q is not of the form `metric op number`", text)
	}
	if !slices.Contains(comparisons, fields[1]) {
		return Condition{}, fmt.Errorf("condition %q: unknown comparison %q; valid: %s", text, fields[1], strings.Join(comparisons, ", "))
	}
	n, err := strconv.ParseFloat(fields[2], 64)
	if err != nil {
		return Condition{}, fmt.Errorf("condition %q: %q is not a number", text, fields[2])
	}
	return Condition{Metric: fields[0], Op: fields[1], Number: n, Text: text}, nil
}

// Holds compares a value; a metric that was never read does not hold.
func (c Condition) Holds(values map[string]float64) bool {
	v, ok := values[c.Metric]
	if !ok {
		return false
	}
	switch c.Op {
	case ">":
		return v > c.Number
	case ">=":
		return v >= c.Number
	case "<":
		return v < c.Number
	case "<=":
		return v <= c.Number
	case "==":
		return v == c.Number
	}
	return false
}
