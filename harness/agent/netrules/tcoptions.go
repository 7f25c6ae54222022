package netrules

import (
	"fmt"
	"math"

	"github.com/mdlayher/netlink"

	"maildrill/faults"
)

// Attributes of linux/pkt_sched.h.
const (
	htbParams      = 1
	htbInit        = 2
	htbDirectQueue = 5

	netemCorrupt   = 4
	netemLatency64 = 10
	netemJitter64  = 11

	ethernet = 1 // TC_LINKLAYER_ETHERNET
)

// mostHeld is how many packets a netem keeps, and how many a tree keeps of those
// that are none of its business.
const mostHeld = 10_000

// netemOptions writes struct tc_netem_qopt and what follows it. Which packets
// are chosen is the rule's work, so what happens happens to each.
func netemOptions(s faults.PacketSpec) ([]byte, error) {
	const always = math.MaxUint32 // a probability
	duplicate := uint32(0)
	var more []netlink.Attribute
	switch s.Action {
	case faults.DelayPackets:
		more = []netlink.Attribute{{Type: netemLatency64, Data: native64(s.Delay.Nanoseconds())}, {Type: netemJitter64, Data: native64(s.Jitter.Nanoseconds())}}
	case faults.DuplicatePackets:
		duplicate = always
	case faults.CorruptPackets:
		more = []netlink.Attribute{{Type: netemCorrupt, Data: words(always, 0)}}
	default:
		return nil, fmt.Errorf("netem does not do %q", s.Action)
	}
	attributes, err := netlink.MarshalAttributes(more)
	latency, loss, gap, jitter := uint32(0), uint32(0), uint32(0), uint32(0)
	return append(words(latency, mostHeld, loss, gap, duplicate, jitter), attributes...), err
}

// htbRoot writes struct tc_htb_glob: what belongs to no class is not held up.
func htbRoot() []byte {
	const version, rateToQuantum, noDefault = 3, 10, 0
	return nested(
		netlink.Attribute{Type: htbInit, Data: words(version, rateToQuantum, noDefault, 0, 0)},
		netlink.Attribute{Type: htbDirectQueue, Data: words(mostHeld)})
}

// htbClass writes struct tc_htb_opt of a class without a limit worth the name.
func htbClass() []byte {
	const rate, burst, quantum = math.MaxUint32, 1 << 20, 60_000
	spec := append([]byte{0, ethernet, 0, 0, 0, 0, 0, 0}, words(rate)...) // struct tc_ratespec
	return nested(netlink.Attribute{Type: htbParams, Data: append(append(spec, spec...), words(burst, burst, quantum, 0, 0)...)})
}

func nested(all ...netlink.Attribute) []byte {
	b, _ := netlink.MarshalAttributes(all) // fails for attributes of 64 KiB alone
	return b
}

func words(all ...uint32) (b []byte) {
	for _, w := range all {
		b = append(b, native(w)...)
	}
	return b
}
