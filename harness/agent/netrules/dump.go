package netrules

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// dial opens a netlink socket of a family in the namespace.
func dial(namespace string, family int) (*netlink.Conn, error) {
	ns, err := os.Open(namespace)
	if err != nil {
		return nil, fmt.Errorf("open network namespace: %w", err)
	}
	defer ns.Close()
	c, err := netlink.Dial(family, &netlink.Config{NetNS: int(ns.Fd())})
	if err != nil {
		return nil, fmt.Errorf("open netlink: %w", err)
	}
	return c, nil
}

// dump asks for all of a kind of thing.
func dump(c *netlink.Conn, kind netlink.HeaderType, body []byte) ([]netlink.Message, error) {
	return c.Execute(netlink.Message{Header: netlink.Header{Type: kind, Flags: netlink.Request | netlink.Dump}, Data: body})
}

// attributes reads what follows the fixed part of a message, by type. Of a type
// that occurs twice the last one counts.
func attributes(data []byte, fixed int) map[uint16][]byte {
	found := map[uint16][]byte{}
	if len(data) < fixed {
		return found
	}
	all, err := netlink.UnmarshalAttributes(data[fixed:])
	if err != nil {
		return found
	}
	for _, a := range all {
		found[a.Type&^(netlink.Nested|netlink.NetByteOrder)] = a.Data
	}
	return found
}

// number reads an attribute of four bytes, in the byte order of the machine.
func number(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(b)
}

// word reads the text of an attribute.
func word(b []byte) string { return unix.ByteSliceToString(b) }
