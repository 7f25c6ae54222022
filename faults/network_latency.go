package faults

import (
	"fmt"
	"math"
	"slices"
	"time"
)

type latencyParams struct {
	Delay     time.Duration `yaml:"delay"`
	Jitter    time.Duration `yaml:"jitter"`
	Peers     []string      `yaml:"peers"`
	Port      int           `yaml:"port"`
	Direction string        `yaml:"direction"`
	Family    string        `yaml:"family"`
}

// Delays within which a look is neither blind nor endless.
const (
	leastLatency = 10 * time.Millisecond
	mostLatency  = 5 * time.Second
)

func newLatency(decode func(any) error) (Fault, error) {
	with, err := decoded(decode, latencyParams{Delay: 100 * time.Millisecond, Direction: "both", Family: "any"})
	switch {
	case err != nil:
		return nil, err
	case with.Delay < leastLatency || with.Delay > mostLatency:
		return nil, fmt.Errorf("delay is %v; valid: %v to %v", with.Delay, leastLatency, mostLatency)
	case with.Jitter < 0 || with.Jitter > with.Delay:
		return nil, fmt.Errorf("jitter is %v; valid: 0s to the delay, %v", with.Jitter, with.Delay)
	}
	f := latency{with.Delay, with.Jitter}
	return newTreated("net.latency", with, treated{
		route:    route{with.Peers, with.Port, with.Direction, with.Family},
		spec:     PacketSpec{Action: DelayPackets, Delay: with.Delay, Jitter: with.Jitter},
		train:    Train{Count: latencySample, Size: 200, Gap: 5 * time.Millisecond, Patience: with.Delay + with.Jitter + patience},
		shows:    f.shows,
		compares: f.compares,
	})
}

const (
	// latencySample is how many datagrams are timed each way.
	latencySample = 30
	// patience is how long a datagram is waited for beyond what the fault adds.
	patience = 400 * time.Millisecond
)

// latency is the delay of each packet, one way.
type latency struct{ delay, jitter time.Duration }

// shows: most of what came took four fifths of the least delay or more.
func (f latency) shows(p Passing) (bool, string) {
	took := durations(p)
	if len(took) == 0 {
		return false, "nothing came"
	}
	middle := took[len(took)/2]
	return middle >= f.delay*8/10-f.jitter/2, fmt.Sprintf("%d came, median %v", len(took), middle.Round(100*time.Microsecond))
}

// compares: the mean within 10 % or 5 ms. With a jitter it is the mean of a
// sample of uniform times, and may be off by its 99 % interval more.
func (f latency) compares(p Passing, _ uint64) []Measured {
	took := durations(p)
	n := float64(len(took))
	var sum, spread float64
	for _, d := range took {
		sum += d.Seconds()
	}
	mean := sum / n
	for _, d := range took {
		spread += math.Abs(d.Seconds()-mean) / n
	}
	asked, jitter := f.delay.Seconds(), f.jitter.Seconds()
	allowed := max(asked/10, 0.005)
	all := []Measured{compared("delay, one way", "s", asked, mean, allowed+z99*jitter/math.Sqrt(3*n))}
	if f.jitter > 0 {
		// The mean distance from the middle of uniform times is half of the jitter.
		all = append(all, compared("jitter", "s", jitter, 2*spread, max(0.005, jitter*2*z99/math.Sqrt(12*n))))
	}
	return all
}

// z99 is how many standard deviations the 99 % interval of a normal distribution
// reaches to each side.
const z99 = 2.576

func compared(what, unit string, asked, seen, by float64) Measured {
	return Measured{What: what, Unit: unit, Asked: asked, Seen: seen, Within: math.Abs(seen-asked) <= by}
}

// durations are the times of what came, the shortest first.
func durations(p Passing) []time.Duration {
	var all []time.Duration
	for _, d := range p.Came {
		all = append(all, d.Took)
	}
	slices.Sort(all)
	return all
}
