package workload

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// Arrival is one message of the schedule.
type Arrival struct {
	Seq        uint32        // from 1, without gaps
	At         time.Duration // since the start of the workload
	Size       int64         // bytes
	Recipients []string      // distinct
	Submitter  string        // the mailbox whose owner logs in; entry submission
}

// Schedule is the endless, or limited, list of arrivals. It is a pure function
// of the configuration: the same seed gives the same arrivals. Each quantity is
// drawn from a stream of its own, so that a change of one does not shift another.
type Schedule struct {
	cfg  Config
	seq  uint32
	at   float64 // seconds, of Poisson arrivals
	gaps *rand.Rand
	size *rand.Rand
	rcpt *rand.Rand
	user *rand.Rand
}

// NewSchedule starts at the first arrival.
func NewSchedule(c Config) *Schedule {
	c = c.filled()
	return &Schedule{cfg: c, gaps: stream(c.Seed, "gaps"), size: stream(c.Seed, "sizes"),
		rcpt: stream(c.Seed, "recipients"), user: stream(c.Seed, "submitters")}
}

// stream is the named stream of random numbers of a seed.
func stream(seed int64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// Next gives the next arrival; false is the end.
func (s *Schedule) Next() (Arrival, bool) {
	if s.cfg.Rate <= 0 || (s.cfg.Limit > 0 && int(s.seq) >= s.cfg.Limit) {
		return Arrival{}, false
	}
	s.seq++
	return Arrival{Seq: s.seq, At: s.time(), Size: s.cfg.Sizes[s.size.IntN(len(s.cfg.Sizes))],
		Recipients: s.recipients(), Submitter: s.cfg.Mailboxes[s.user.IntN(len(s.cfg.Mailboxes))]}, true
}

func (s *Schedule) time() time.Duration {
	if s.cfg.Poisson {
		s.at += s.gaps.ExpFloat64() / s.cfg.Rate
		return time.Duration(s.at * float64(time.Second))
	}
	return time.Duration(math.Round(float64(s.seq-1) / s.cfg.Rate * float64(time.Second)))
}

// recipients draws distinct mailboxes (Floyd's sampling): one number for each,
// however many mailboxes there are.
func (s *Schedule) recipients() []string {
	n, all := s.cfg.Recipients, len(s.cfg.Mailboxes)
	if n == 1 {
		i := s.rcpt.IntN(all)
		return s.cfg.Mailboxes[i : i+1 : i+1]
	}
	drawn := make(map[int]bool, n)
	names := make([]string, 0, n)
	for top := all - n; top < all; top++ {
		i := s.rcpt.IntN(top + 1)
		if drawn[i] {
			i = top
		}
		drawn[i] = true
		names = append(names, s.cfg.Mailboxes[i])
	}
	return names
}
