package faulttest

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"maildrill/faults"
)

var (
	_ faults.PathMeter = (*Node)(nil)
	_ faults.PathMeter = numb{}
	_ faults.PathMeter = (*interrupted)(nil)
)

// Meter sends a train through the rules of the node.
func (n *Node) Meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	if err := ctx.Err(); err != nil {
		return faults.Journey{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	j := faults.Journey{There: sent(t), Back: sent(t)}
	for _, r := range n.rules {
		var s faults.PacketSpec
		if r.Mechanism != faults.Packets || r.void || r.Decode(&s) != nil || !concerns(s, faults.Visit{To: netip.AddrPortFrom(t.There, t.Port)}) {
			continue
		}
		if s.Direction != "from" {
			j.There = treated(j.There, s, t)
		}
		if s.Direction != "to" {
			j.Back = treated(j.Back, s, t)
		}
	}
	return j, nil
}

// sent is a train on a path without faults.
func sent(t faults.Train) (p faults.Passing) {
	for i := range t.Count {
		at := time.Duration(i) * t.Gap
		p.Came = append(p.Came, faults.Datagram{Number: i, Took: time.Microsecond, At: at + time.Microsecond})
	}
	return p
}

// treated is what comes of a train that a rule treats.
func treated(p faults.Passing, s faults.PacketSpec, t faults.Train) faults.Passing {
	var came []faults.Datagram
	free := time.Duration(0)
	for _, d := range p.Came {
		if s.Share > 0 && rand.Uint32N(1_000_000) >= s.Share {
			came = append(came, d)
			continue
		}
		switch s.Action {
		case faults.DelayPackets:
			late := s.Delay
			if s.Jitter > 0 {
				late += rand.N(2*s.Jitter) - s.Jitter
			}
			d.Took, d.At = d.Took+late, d.At+late
		case faults.RatePackets:
			free = max(free, d.At) + time.Duration(t.Size)*8*time.Second/time.Duration(s.Rate)
			d.Took, d.At = d.Took+free-d.At, free
		case faults.DuplicatePackets:
			came = append(came, d)
		case faults.CorruptPackets:
			p.Broken++
			continue
		}
		came = append(came, d)
	}
	slices.SortStableFunc(came, func(a, b faults.Datagram) int { return int(a.At - b.At) })
	return faults.Passing{Came: came, Broken: p.Broken}
}

func (n numb) Meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	if r, ok := n.Node.(faults.PathMeter); ok {
		return r.Meter(ctx, t)
	}
	return faults.Journey{}, errUnable
}

func (n *interrupted) Meter(ctx context.Context, t faults.Train) (j faults.Journey, err error) {
	err = call(n, func(a faults.PathMeter) error { j, err = a.Meter(ctx, t); return err })
	return j, err
}
