package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

var comparisons = []string{">=", ">", "<=", "<", "=="}

// checkCondition checks the form "metric op number" of guards and `when:`. The
// metrics are known to the caller.
func checkCondition(text string) (wrong string, m *misread) {
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return "", &misread{message: fmt.Sprintf("condition %q is not of the form `metric op number`", text)}
	}
	if !slices.Contains(comparisons, fields[1]) {
		return fields[1], &misread{message: fmt.Sprintf("condition %q: unknown comparison %q", text, fields[1]), valid: comparisons}
	}
	if n, err := strconv.ParseFloat(fields[2], 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return "", &misread{message: fmt.Sprintf("condition %q: %q is not a number", text, fields[2])}
	}
	return "", nil
}
