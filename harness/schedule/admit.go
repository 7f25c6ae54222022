package schedule

import "slices"

// Host is what drills share.
type Host struct {
	CPUs   int
	Memory int64 // bytes that are available; 0: not known, and no limit
	// Busy is the share of the CPUs that others take already.
	Busy float64
	// Jobs is the most drills at the same time; 0: as many as there is room for.
	Jobs int
}

// How much of the host drills may fill: a host without an idle CPU is late, and
// what is late cannot time anything.
const (
	cpuShare    = 0.6
	memoryShare = 0.8
)

// Within is a host whose systems run on an engine with so many CPUs and bytes of
// memory: what is less holds.
func (h Host) Within(cpus int, memory int64) Host {
	if cpus > 0 {
		h.CPUs = min(h.CPUs, cpus)
	}
	if memory > 0 && (h.Memory == 0 || memory < h.Memory) {
		h.Memory = memory
	}
	return h
}

// Next gives the place of the first waiting drill that may start beside those
// that run, -1 if none may. With nothing running the first may, whatever it
// takes. Drills that must be alone wait until the others are through; as there
// are finitely many, each has its turn.
func (h Host) Next(waiting, running []Weight) int {
	if len(running) == 0 {
		return h.first(waiting)
	}
	if h.Jobs > 0 && len(running) >= h.Jobs {
		return -1
	}
	return slices.IndexFunc(waiting, func(w Weight) bool { return h.fits(w, running) })
}

// first prefers what can have company, so that the host is filled from the
// start.
func (h Host) first(waiting []Weight) int {
	if i := slices.IndexFunc(waiting, func(w Weight) bool { return w.Alone == "" }); i >= 0 {
		return i
	}
	return min(len(waiting), 1) - 1
}

// fits tells whether there is room for a drill beside others.
func (h Host) fits(w Weight, beside []Weight) bool {
	cpu, memory := w.CPU, w.Memory
	for _, o := range beside {
		if w.Alone != "" || o.Alone != "" || meet(w.Uses, o.Uses) {
			return false
		}
		cpu, memory = cpu+o.CPU, memory+o.Memory
	}
	return cpu <= (cpuShare-h.Busy)*float64(h.CPUs) && (h.Memory == 0 || float64(memory) <= memoryShare*float64(h.Memory))
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
