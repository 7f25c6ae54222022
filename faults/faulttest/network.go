package faulttest

import (
	"math/rand/v2"
	"slices"

	"maildrill/faults"
)

// filtered is what a rule on packets does to an attempt.
func filtered(n *Node, r faults.Rule, v faults.Visit, _ *faults.Sight) error {
	var s faults.PacketSpec
	if err := r.Decode(&s); err != nil {
		return err
	}
	switch {
	case !concerns(s, v):
		return nil
	case s.Share > 0 && rand.Uint32N(1_000_000) >= s.Share:
		return nil
	case s.Beyond > 0 && !n.crowd.beyond(int(s.Beyond)):
		return nil
	case s.Longer > 0 && len(v.Say) <= int(s.Longer):
		return nil
	case s.Longer > 0:
		return faults.ErrNoGreeting
	case s.Action == "reset":
		return faults.ErrRefused
	}
	return faults.ErrNoAnswer
}

// concerns tells whether packets of the attempt match. It needs both
// directions, so each of them does.
func concerns(s faults.PacketSpec, v faults.Visit) bool {
	to := v.To.Addr()
	return (len(s.Peers) == 0 || slices.Contains(s.Peers, to)) &&
		(len(s.Ports) == 0 || slices.Contains(s.Ports, v.To.Port())) &&
		(s.Family == "" || (s.Family == "ipv4") == to.Is4())
}
