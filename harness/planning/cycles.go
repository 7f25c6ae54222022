package planning

import (
	"maps"
	"slices"
	"strings"

	"maildrill/scenarios"
)

// CycleMetric is the name of the live value of a cycle: "cycle(backup)".
func CycleMetric(name string) string { return "cycle(" + name + ")" }

// metricNames are the live values that conditions of a scenario may name.
func metricNames(s scenarios.Scenario) []string {
	names := slices.Clone(Metrics)
	for _, name := range slices.Sorted(maps.Keys(s.Cycles)) {
		names = append(names, CycleMetric(name))
	}
	return names
}

// beyondCycle says why a condition on a cycle can never hold, or always does.
func beyondCycle(c Condition) string {
	if !strings.HasPrefix(c.Metric, "cycle(") || c.Number >= 0 && c.Number < 1 {
		return ""
	}
	return "a cycle goes from 0 up to 1, where it begins again"
}
