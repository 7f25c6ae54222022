package netrules

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// Offsets in the headers of TCP (RFC 9293, section 3.1) and UDP (RFC 768).
const (
	sourcePort      = 0
	destinationPort = 2
	tcpFlags        = 13
	synFlag         = 0x02
	rstFlag         = 0x04
)

func protocol(name string) []expr.Any {
	number, ok := map[string]byte{"tcp": unix.IPPROTO_TCP, "udp": unix.IPPROTO_UDP}[name]
	if !ok {
		return nil
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{number}},
	}
}

// protocolOrBoth: ports are looked for in TCP and UDP alone. Their numbers, 6 and
// 17, enclose no other protocol that a drill has.
func protocolOrBoth(name string) []expr.Any {
	if one := protocol(name); one != nil {
		return one
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: []byte{unix.IPPROTO_TCP}, ToData: []byte{unix.IPPROTO_UDP}},
	}
}

func portIs(offset uint32, first, last uint16) []expr.Any {
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: offset, Len: 2},
		&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: be(first), ToData: be(last)},
	}
}

func be(port uint16) []byte { return binary.BigEndian.AppendUint16(nil, port) }

// flow matches new connections, or those that are there already, by the
// kernel's tracking of them.
func flow(s faults.PacketSpec) []expr.Any {
	state := uint32(0)
	switch {
	case s.Flows == "new" || s.Beyond > 0:
		state = expr.CtStateBitNEW
	case s.Flows == "existing":
		state = expr.CtStateBitESTABLISHED | expr.CtStateBitRELATED
	default:
		return nil
	}
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: native(state), Xor: native(0)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: native(0)},
	}
}

// spared leaves segments alone that are not meant. A reset is never answered
// with one, so the rule would only swallow it, and those of its own making first
// of all. The answer to a SYN belongs to a connection that is there already by the
// kernel's tracking, and yet is new.
func spared(s faults.PacketSpec) []expr.Any {
	var all []expr.Any
	if s.Action == "reset" {
		all = append(all, without(rstFlag)...)
	}
	if s.Flows == "existing" {
		all = append(all, without(synFlag)...)
	}
	return all
}

// without matches TCP segments that do not carry the flag.
func without(flag byte) []expr.Any {
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: tcpFlags, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{flag}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{0}},
	}
}

func native(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }

func native64(v int64) []byte { return binary.NativeEndian.AppendUint64(nil, uint64(v)) }

// visitor matches the drill's own looks by the port at one of the ends: they
// come from this namespace, or to it.
func visitor(end uint32) []expr.Any {
	return append(protocolOrBoth(""), portIs(end, faults.VisitorPorts[0], faults.VisitorPorts[1])...)
}

// finish takes the action on what is left over, and counts it.
func finish(s faults.PacketSpec, chain string, exprs, last []expr.Any) line {
	l := line{chain: chain, exprs: slices.Clone(exprs)}
	if s.Longer > 0 {
		l.exprs = append(l.exprs, &expr.Meta{Key: expr.MetaKeyLEN, Register: 1},
			&expr.Byteorder{SourceRegister: 1, DestRegister: 1, Op: expr.ByteorderHton, Len: 4, Size: 4},
			&expr.Cmp{Op: expr.CmpOpGt, Register: 1, Data: binary.BigEndian.AppendUint32(nil, s.Longer)})
	}
	if s.Beyond > 0 {
		l.exprs = append(l.exprs, &expr.Connlimit{Count: s.Beyond, Flags: expr.NFT_CONNLIMIT_F_INV})
	}
	if s.Share > 0 {
		l.counters = append(l.counters, faults.PacketsPassing)
		l.exprs = append(l.exprs, &expr.Counter{},
			&expr.Numgen{Register: 1, Modulus: million, Type: unix.NFT_NG_RANDOM},
			&expr.Byteorder{SourceRegister: 1, DestRegister: 1, Op: expr.ByteorderHton, Len: 4, Size: 4},
			&expr.Cmp{Op: expr.CmpOpLt, Register: 1, Data: binary.BigEndian.AppendUint32(nil, s.Share)})
	}
	l.counters = append(l.counters, faults.PacketsMet)
	l.exprs = append(append(l.exprs, &expr.Counter{}), last...)
	return l
}

// million is the modulus of shares.
const million = 1_000_000

// verdict is what ends a packet.
func verdict(action string) (expr.Any, error) {
	switch action {
	case "drop":
		return &expr.Verdict{Kind: expr.VerdictDrop}, nil
	case "reset":
		return &expr.Reject{Type: unix.NFT_REJECT_TCP_RST}, nil
	}
	return nil, fmt.Errorf("packets: action %q; valid: drop, reset", action)
}
