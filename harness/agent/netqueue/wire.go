package netqueue

import (
	"encoding/binary"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Of linux/netfilter/nfnetlink_queue.h: messages, attributes, and their values.
const (
	msgPacket  = 0
	msgVerdict = 1
	msgConfig  = 2

	attrPacketHeader  = 1
	attrVerdictHeader = 2
	attrPayload       = 10

	configCommand = 1
	configParams  = 2
	configMaxLen  = 3
	configMask    = 4
	configFlags   = 5

	commandBind = 1
	copyMeta    = 1
	copyPacket  = 2

	flagFailOpen = 1 << 0 // a full queue lets packets pass
	flagSegments = 1 << 2 // several segments may come as one (GSO)
)

// Hooks as the header of a packet names them (linux/netfilter.h).
const (
	hookIn  = 1 // for a local process
	hookOut = 3 // of a local process
)

// Verdicts (linux/netfilter.h).
const (
	verdictDrop   = 0
	verdictAccept = 1
)

// sizeofNfGenMsg is the fixed part of every message of nfnetlink.
const sizeofNfGenMsg = 4

// mostQueued is how many packets the kernel keeps for us.
const mostQueued = 1 << 16

// message writes one about a queue; its number is the message's resource.
func message(kind uint8, queue uint16, flags netlink.HeaderFlags, attributes ...netlink.Attribute) (netlink.Message, error) {
	body, err := netlink.MarshalAttributes(attributes)
	head := binary.BigEndian.AppendUint16([]byte{unix.AF_UNSPEC, unix.NFNETLINK_V0}, queue)
	return netlink.Message{
		Header: netlink.Header{Type: unix.NFNL_SUBSYS_QUEUE<<8 | netlink.HeaderType(kind), Flags: netlink.Request | flags},
		Data:   append(head, body...),
	}, err
}

// bind asks for the packets of a queue. whole: with their bytes; otherwise it is
// enough to know that they are there.
func bind(queue uint16, whole bool) ([]netlink.Message, error) {
	mode, flags := byte(copyMeta), uint32(flagFailOpen|flagSegments)
	if whole {
		mode, flags = copyPacket, flagFailOpen
	}
	be := binary.BigEndian.AppendUint32
	var all []netlink.Message
	for _, attributes := range [][]netlink.Attribute{
		{{Type: configCommand, Data: []byte{commandBind, 0, 0, 0}}},
		{
			{Type: configParams, Data: append(be(nil, 0xffff), mode)},
			{Type: configMaxLen, Data: be(nil, mostQueued)},
			{Type: configMask, Data: be(nil, flagFailOpen|flagSegments)},
			{Type: configFlags, Data: be(nil, flags)},
		},
	} {
		m, err := message(msgConfig, queue, netlink.Acknowledge, attributes...)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// verdict answers for one packet; with bytes, it goes on as these.
func verdict(queue uint16, id, kind uint32, bytes []byte) (netlink.Message, error) {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, kind), id)
	attributes := []netlink.Attribute{{Type: attrVerdictHeader, Data: header}}
	if bytes != nil {
		attributes = append(attributes, netlink.Attribute{Type: attrPayload, Data: bytes})
	}
	return message(msgVerdict, queue, 0, attributes...)
}

// packet is one that waits for its verdict.
type packet struct {
	id    uint32
	hook  byte
	bytes []byte // from the IP header on
}

func parse(m netlink.Message) (packet, error) {
	if m.Header.Type != unix.NFNL_SUBSYS_QUEUE<<8|msgPacket || len(m.Data) < sizeofNfGenMsg {
		return packet{}, fmt.Errorf("message %#x is no packet", m.Header.Type)
	}
	attributes, err := netlink.UnmarshalAttributes(m.Data[sizeofNfGenMsg:])
	if err != nil {
		return packet{}, err
	}
	var p packet
	for _, a := range attributes {
		switch {
		case a.Type == attrPacketHeader && len(a.Data) >= 7:
			p.id, p.hook = binary.BigEndian.Uint32(a.Data), a.Data[6]
		case a.Type == attrPayload:
			p.bytes = a.Data
		}
	}
	if p.hook == 0 {
		return p, fmt.Errorf("a packet came without its header")
	}
	return p, nil
}
