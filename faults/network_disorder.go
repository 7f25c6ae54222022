package faults

import (
	"fmt"
	"math"
	"time"
)

type disorderParams struct {
	Rate      string   `yaml:"rate"`
	Peers     []string `yaml:"peers"`
	Port      int      `yaml:"port"`
	Direction string   `yaml:"direction"`
	Family    string   `yaml:"family"`
}

func newCorrupt(decode func(any) error) (Fault, error) {
	return newDisorder("net.corrupt", decode, 1, PacketSpec{Action: CorruptPackets}, broken, "broken")
}

func newDuplicate(decode func(any) error) (Fault, error) {
	return newDisorder("net.duplicate", decode, 1, PacketSpec{Action: DuplicatePackets}, copies, "twice")
}

// newDisorder makes a fault that happens to a share of the packets.
func newDisorder(kind string, decode func(any) error, most float64, spec PacketSpec, counts func(p Passing, sent int) int, word string) (Fault, error) {
	with, err := decoded(decode, disorderParams{Rate: "10%", Direction: "both", Family: "any"})
	if err != nil {
		return nil, err
	}
	f := treated{route: route{with.Peers, with.Port, with.Direction, with.Family}, spec: spec}
	if err := f.happens(with.Rate, most); err != nil {
		return nil, err
	}
	f.shows = f.showsAny(counts, word)
	return newTreated(kind, with, f)
}

type reorderParams struct {
	Rate      string        `yaml:"rate"`
	Delay     time.Duration `yaml:"delay"`
	Peers     []string      `yaml:"peers"`
	Port      int           `yaml:"port"`
	Direction string        `yaml:"direction"`
	Family    string        `yaml:"family"`
}

// mostReordered: where most packets are late, the others are early.
const mostReordered = 0.5

func newReorder(decode func(any) error) (Fault, error) {
	with, err := decoded(decode, reorderParams{Rate: "10%", Delay: 50 * time.Millisecond, Direction: "both", Family: "any"})
	if err != nil {
		return nil, err
	}
	if with.Delay < leastLatency || with.Delay > time.Second {
		return nil, fmt.Errorf("delay is %v; valid: %v to 1s", with.Delay, leastLatency)
	}
	f := treated{
		route: route{with.Peers, with.Port, with.Direction, with.Family},
		spec:  PacketSpec{Action: DelayPackets, Delay: with.Delay},
	}
	if err := f.happens(with.Rate, mostReordered); err != nil {
		return nil, err
	}
	f.train.Patience += with.Delay
	f.shows = f.showsAny(overtaken, "overtaken")
	return newTreated("net.reorder", with, f)
}

// shortest is the shortest train: it lasts for some time, whatever the share.
const shortest = 50

// happens sets the share of the packets, and a train that hardly ever has none of
// them.
func (f *treated) happens(rate string, most float64) error {
	part, err := share(rate)
	if err != nil || !(part >= leastLoss && part <= most) {
		return fmt.Errorf("rate is %q; valid: 1%% to %.0f%%", rate, most*100)
	}
	f.spec.Share = uint32(math.Round(part * million))
	f.train = Train{Count: max(loss{share: part}.rounds(), shortest), Size: 100, Gap: 200 * time.Microsecond, Patience: patience}
	return nil
}

// showsAny: it happened to one datagram at least.
func (f treated) showsAny(counts func(p Passing, sent int) int, word string) func(Passing) (bool, string) {
	sent := f.train.Count
	return func(p Passing) (bool, string) {
		n := counts(p, sent)
		return n > 0, fmt.Sprintf("%d came, %d %s", len(p.Came), n, word)
	}
}

// copies counts those beyond the first (RFC 5560).
func copies(p Passing, _ int) int { return len(p.Came) - arrived(p) }

// broken counts those that the kernel has dropped for it. It counts what others
// have sent too, so that no more of them can be of the train than are missing.
func broken(p Passing, sent int) int { return min(p.Broken, sent-arrived(p)) }

// arrived counts those that came, each once.
func arrived(p Passing) int {
	had := map[int]bool{}
	for _, d := range p.Came {
		had[d.Number] = true
	}
	return len(had)
}

// overtaken counts those that came after one that was sent later (RFC 4737,
// section 3).
func overtaken(p Passing, _ int) int {
	n, last := 0, -1
	for _, d := range p.Came {
		if d.Number < last {
			n++
		}
		last = max(last, d.Number)
	}
	return n
}
