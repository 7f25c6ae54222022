package netqueue

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/faults"
)

// fate is what becomes of a packet.
type fate struct {
	drop  bool
	due   time.Time
	bytes []byte // nil: as it is
}

// treatment decides on packets, one after the other.
type treatment struct {
	whole bool // it needs their bytes
	apply func(packet, time.Time) fate
	close func() error
}

func treatmentOf(namespace string, number uint16, s faults.PacketSpec) (treatment, error) {
	t := treatment{whole: true, close: func() error { return nil }}
	switch s.Action {
	case faults.DelayPackets:
		t.whole = false
		t.apply = func(_ packet, now time.Time) fate { return fate{due: now.Add(late(s.Delay, s.Jitter))} }
	case faults.RatePackets:
		lines := map[byte]*line{hookIn: {rate: s.Rate}, hookOut: {rate: s.Rate}}
		t.apply = func(p packet, now time.Time) fate { return lines[p.hook].carry(length(p.bytes), now) }
	case faults.CorruptPackets:
		t.apply = func(p packet, now time.Time) fate { return fate{due: now, bytes: corrupt(p.bytes)} }
	case faults.DuplicatePackets:
		again, err := newSender(namespace, Mark(number))
		if err != nil {
			return t, err
		}
		t.close = again.close
		t.apply = func(p packet, now time.Time) fate {
			again.send(p.bytes)
			return fate{due: now}
		}
	default:
		return t, fmt.Errorf("packets: action %q; valid: %q", s.Action, faults.Treatments)
	}
	return t, nil
}

// late is a time from delay-jitter to delay+jitter, each as likely as the other.
func late(delay, jitter time.Duration) time.Duration {
	if jitter <= 0 {
		return delay
	}
	return max(0, delay-jitter+rand.N(2*jitter+1))
}

// line carries packets one after the other at a rate.
type line struct {
	rate uint64    // bit/s
	free time.Time // when the last one is through
}

// A line keeps what it can carry within longestWait, and leastKept bytes at
// least: beyond that it drops the packet that comes (a tail drop, as in tbf).
const (
	longestWait = 500 * time.Millisecond
	leastKept   = 16 << 10
)

func (l *line) takes(bytes int) time.Duration {
	return time.Duration(float64(bytes) * 8 / float64(l.rate) * float64(time.Second))
}

func (l *line) carry(bytes int, now time.Time) fate {
	if l.free.Before(now) {
		l.free = now
	}
	if l.free.Sub(now) > max(longestWait, l.takes(leastKept)) {
		return fate{drop: true}
	}
	l.free = l.free.Add(l.takes(bytes))
	return fate{due: l.free}
}

// length is that of the packet with its header (RFC 791, section 3.1; RFC 8200,
// section 3).
func length(b []byte) int {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return int(binary.BigEndian.Uint16(b[2:]))
	case len(b) >= 40 && b[0]>>4 == 6:
		return 40 + int(binary.BigEndian.Uint16(b[4:]))
	}
	return len(b)
}

// corrupt turns one bit behind the IP header, where the checksum of TCP or UDP
// is meant to find it.
func corrupt(b []byte) []byte {
	first := 40
	if len(b) > 0 && b[0]>>4 == 4 {
		first = int(b[0]&0xf) * 4
	}
	if len(b) <= first {
		return nil
	}
	b[first+rand.IntN(len(b)-first)] ^= 1 << rand.IntN(8)
	return b
}
