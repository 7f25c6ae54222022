package hostload

import (
	"math"
	"time"

	"maildrill/harness/ledger"
)

// Container is what a container has used so far.
type Container struct {
	Agent  bool          // it belongs to the drill, not to the system under it
	CPU    time.Duration // since its server started
	Memory int64         // bytes
}

// Sampler remembers the last reading.
type Sampler struct {
	// Proc is the folder of the kernel's counters. Empty: /proc.
	Proc string

	host       Reading
	at         time.Duration
	containers map[string]Container
}

// Sample reads again, at a time since the start of the run, and gives what was
// used since the sample before. The first sample gives nothing. containers may
// be nil; trouble says why they could not be read; took is how long that took.
func (s *Sampler) Sample(at time.Duration, containers map[string]Container, trouble error, took time.Duration) (ledger.Load, bool, error) {
	began := time.Now()
	proc := s.Proc
	if proc == "" {
		proc = "/proc"
	}
	host, err := Read(proc)
	if err != nil {
		return ledger.Load{}, false, err
	}
	before, from, known := s.host, s.at, s.containers
	s.host, s.at = host, at
	if trouble == nil {
		s.containers = containers
	}
	if before.Total == 0 || at <= from || host.Total <= before.Total {
		return ledger.Load{}, false, nil
	}
	load := between(before, host, at-from)
	load.From, load.To = ledger.Seconds(from), ledger.Seconds(at)
	if trouble != nil {
		load.Error = trouble.Error()
	} else {
		load.Agents, load.Servers = used(known, containers, at-from)
	}
	load.Took = ledger.Seconds(took + time.Since(began))
	return load, true, nil
}

// between gives shares of what all CPUs could do in the meantime. Ticks are
// compared with ticks, so that their length need not be known.
func between(a, b Reading, lasted time.Duration) ledger.Load {
	total := float64(b.Total - a.Total)
	share := func(before, after uint64) float64 {
		if after < before { // a counter of the kernel may step back a little
			return 0
		}
		return round(min(1, float64(after-before)/total))
	}
	l := ledger.Load{CPUs: b.CPUs, Idle: share(a.Idle, b.Idle), Steal: share(a.Steal, b.Steal)}
	l.Busy = round(max(0, 1-l.Idle-l.Steal))
	l.Driver = ledger.Usage{CPU: round(share(a.Self, b.Self) * float64(b.CPUs)), Memory: b.Memory}
	l.CPUPressure = waited(a.CPUPressure, b.CPUPressure, lasted)
	l.MemoryPressure = waited(a.MemoryPressure, b.MemoryPressure, lasted)
	return l
}

func waited(a, b *time.Duration, lasted time.Duration) *float64 {
	if a == nil || b == nil || *b < *a {
		return nil
	}
	share := round(min(1, (*b-*a).Seconds()/lasted.Seconds()))
	return &share
}

// used splits the containers. One that was not there before has used nothing
// yet that could be told; one whose counter began anew has used what it shows.
func used(before, after map[string]Container, lasted time.Duration) (agents, servers map[string]ledger.Usage) {
	for name, c := range after {
		u := ledger.Usage{Memory: c.Memory}
		if b, known := before[name]; known {
			spent := c.CPU - b.CPU
			if spent < 0 {
				spent = c.CPU
			}
			u.CPU = round(spent.Seconds() / lasted.Seconds())
		}
		into := &servers
		if c.Agent {
			into = &agents
		}
		if *into == nil {
			*into = map[string]ledger.Usage{}
		}
		(*into)[name] = u
	}
	return agents, servers
}

// round keeps four places: no counter here is better than that.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
