package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Bounds of a host that is too busy to measure on. Busy alone is no harm: a
// drill may well use all there is, as long as the probes begin on time.
const (
	idleLeast = 0.05            // share of all CPUs that is left
	busyFor   = 4 * time.Second // two samples
)

func (s *story) loaded(e ledger.Event) error {
	var l ledger.Load
	if err := json.Unmarshal(e.Data, &l); err != nil {
		return err
	}
	if l.To > l.From {
		s.loads = append(s.loads, l)
	}
	return nil
}

// saturated says in which recovery the instrument was late on a host that had
// nothing left. Where the load is not known, late is enough.
func (s *story) saturated() string {
	var said []string
	for _, st := range s.steps {
		window := s.recovering(st)
		if window == nil {
			continue
		}
		for _, busy := range s.exhausted(*window) {
			if why := s.late(busy); why != "" {
				said = append(said, fmt.Sprintf("%s: %s", st.Step, why))
			}
		}
	}
	return strings.Join(sortedUnique(said), "; ")
}

// recovering is from the onset of a step to the last recovery from it.
func (s *story) recovering(st *step) *span {
	onset := st.onset()
	if onset == nil {
		return nil
	}
	window := &span{low: onset.low, high: max(onset.low, onset.high)}
	if healed := st.healedSpan(); healed != nil {
		window.high = max(window.high, healed.high)
	}
	blows := s.blows()
	for _, probes := range s.probes {
		for _, o := range s.rules.outages(probes, s.spec.Probe.Stable) {
			switch by := blamed(blows, probes[o.firstFail], probes[o.lastFail]); {
			case by == nil || by.fault != st:
			case o.stable < 0:
				window.high = max(window.high, s.observed())
			default:
				window.high = max(window.high, time.Duration(probes[o.stable].End))
			}
		}
	}
	return window
}

// exhausted are the stretches of the window in which the host had nothing left
// for long. Without samples there is no telling, and it is all of it.
func (s *story) exhausted(window span) []span {
	if len(s.loads) == 0 {
		return []span{window}
	}
	var found []span
	for i := 0; i < len(s.loads); i++ {
		if s.loads[i].Idle >= idleLeast {
			continue
		}
		first := i
		for i+1 < len(s.loads) && s.loads[i+1].Idle < idleLeast {
			i++
		}
		from, to := time.Duration(s.loads[first].From), time.Duration(s.loads[i].To)
		if to-from >= busyFor && window.overlaps(from, to) {
			found = append(found, span{low: max(from, window.low), high: min(to, window.high)})
		}
	}
	return found
}

// late says that the instrument did not get to run in the stretch: a probe that
// began later after its time than one may take, or a stall as long. What is
// shorter only widens the brackets.
func (s *story) late(in span) string {
	most := s.spec.Probe.Timeout
	var worst ledger.Seconds
	what := ""
	note := func(by ledger.Seconds, from, to ledger.Seconds, words string) {
		if by > most && by > worst && in.overlaps(time.Duration(from), time.Duration(to)) {
			worst, what = by, words
		}
	}
	for _, g := range s.stalls {
		note(g.To-g.From, g.From, g.To, "maildrill stood still")
	}
	for _, key := range sortedKeys(s.probes) {
		for _, p := range s.probes[key] {
			note(p.Start-p.Scheduled, p.Scheduled, p.Start, "a probe of "+key+" was late")
		}
	}
	if what == "" {
		return ""
	}
	why := "no CPU was left"
	if len(s.loads) == 0 {
		why = "the load of the host is not known"
	}
	return fmt.Sprintf("%s by %.3f s, and %s between %.3f s and %.3f s", what, time.Duration(worst).Seconds(), why, in.low.Seconds(), in.high.Seconds())
}

// host sums the samples up; nil if there are none.
func (s *story) host() *record.Host {
	if len(s.loads) == 0 {
		return nil
	}
	h := &record.Host{Samples: len(s.loads), CPUs: s.loads[0].CPUs, Late: s.lateness().Seconds()}
	var busy, steal, cpu, memory, driver, agents, servers, took mean
	for _, l := range s.loads {
		lasted := time.Duration(l.To - l.From).Seconds()
		busy.add(l.Busy, lasted)
		steal.add(l.Steal, lasted)
		cpu.maybe(l.CPUPressure, lasted)
		memory.maybe(l.MemoryPressure, lasted)
		took.add(time.Duration(l.Took).Seconds(), 1)
		all := float64(max(1, l.CPUs))
		driver.used(map[string]ledger.Usage{"": l.Driver}, all, lasted)
		agents.used(l.Agents, all, lasted)
		servers.used(l.Servers, all, lasted)
	}
	h.Busy, h.Steal, h.CPUPressure, h.MemoryPressure = busy.spread(), steal.spread(), cpu.some(), memory.some()
	h.Driver, h.Agents, h.Servers = *driver.spent(), agents.spent(), servers.spent()
	h.Sampling = took.spread().Mean
	return h
}

// lateness is how late the latest probe began.
func (s *story) lateness() time.Duration {
	var worst ledger.Seconds
	for _, probes := range s.probes {
		for _, p := range probes {
			worst = max(worst, p.Start-p.Scheduled)
		}
	}
	return time.Duration(worst)
}

// mean is an average weighted by time, and the largest part.
type mean struct {
	sum, weight, most float64
	memory            int64
}

func (m *mean) add(x, weight float64) {
	m.sum, m.weight, m.most = m.sum+x*weight, m.weight+weight, max(m.most, x)
}

func (m *mean) maybe(x *float64, weight float64) {
	if x != nil {
		m.add(*x, weight)
	}
}

// used adds what several containers used together, as a share of all CPUs.
func (m *mean) used(by map[string]ledger.Usage, cpus, weight float64) {
	if len(by) == 0 {
		return
	}
	var cpu float64
	var memory int64
	for _, name := range sortedKeys(by) { // in order: sums of fractions depend on it
		cpu, memory = cpu+by[name].CPU, memory+by[name].Memory
	}
	m.add(cpu/cpus, weight)
	m.memory = max(m.memory, memory)
}

func (m mean) spread() record.Spread {
	if m.weight == 0 {
		return record.Spread{}
	}
	return record.Spread{Mean: fourPlaces(m.sum / m.weight), Max: fourPlaces(m.most)}
}

func (m mean) some() *record.Spread {
	if m.weight == 0 {
		return nil
	}
	s := m.spread()
	return &s
}

func (m mean) spent() *record.Spent {
	if m.weight == 0 {
		return nil
	}
	return &record.Spent{CPU: m.spread(), Memory: m.memory}
}

func fourPlaces(x float64) float64 { return math.Round(x*1e4) / 1e4 }
