package faults

// Counts shows tests which rules count the traffic that meets them.
func Counts(m Mechanism, s Standing) bool { return m.counts(s) }
