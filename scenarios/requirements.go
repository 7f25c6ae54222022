package scenarios

import "slices"

// Causes are the ids that metadata.causes may have: every cause of downtime.
func Causes() []string { return slices.Clone(causes) }

// Mitigations are the ids that metadata.mitigations may have: every
// counter-measure.
func Mitigations() []string { return slices.Clone(mitigations) }

// Exercised are the mitigations that need people or history beside a drill: no
// drill alone answers them.
func Exercised() []string {
	return []string{"dr-plan", "regular-testing", "training", "maintenance-notice", "communication", "review", "vendor-sla"}
}
