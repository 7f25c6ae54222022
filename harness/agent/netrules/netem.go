package netrules

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// Emulated are the packets of a rule that leave by netem (tc-netem(8)): on each
// interface a class of an htb tree of ours, to which the rule gives them by
// their priority. What no rule has given to a class is not held up. Without the
// rule, and so after its deadline, nothing is.
type Emulated struct {
	held  *os.File // the namespace: a process id may be given to another
	class uint32
	links []int32 // that have the class
}

// major is the number of our trees (tc(8)); classes are numbered as queues are.
const (
	major  = 0x6d64 << 16
	tcRoot = math.MaxUint32 // TC_H_ROOT
)

// Emulate makes the class of a number on every interface that is up, if the
// kernel has netem and nobody else's tree is there. Rates are left to the queue,
// which counts as the receiver does.
func Emulate(namespace string, number uint16, s faults.PacketSpec) (*Emulated, error) {
	options, err := netemOptions(s)
	if err != nil {
		return nil, err
	}
	return emulate(namespace, number, leaf{"netem", options})
}

// leaf is the queueing discipline of a class.
type leaf struct {
	kind    string
	options []byte
}

func emulate(namespace string, number uint16, l leaf) (*Emulated, error) {
	held, err := os.Open(namespace)
	if err != nil {
		return nil, fmt.Errorf("open network namespace: %w", err)
	}
	e := &Emulated{held: held, class: major | uint32(number)}
	c, err := dial(pathOf(held), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	defer c.Close()
	links, err := interfaces(c, func(flags uint32) bool { return flags&unix.IFF_UP != 0 })
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	for _, link := range links {
		e.links = append(e.links, link)
		if err := keepLength(c, link, func() error { return grow(c, link, e.class, l) }); err != nil {
			return nil, errors.Join(fmt.Errorf("%s on interface %d: %w", l.kind, link, err), e.Close())
		}
	}
	return e, nil
}

// pathOf is a path to what is held open.
func pathOf(held *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", held.Fd()) }

// Close removes the classes, and the trees that have none left. It may be called
// again: what could not be removed is tried once more.
func (e *Emulated) Close() error {
	if e.held == nil {
		return nil
	}
	if len(e.links) > 0 {
		if err := e.fell(); err != nil {
			return err
		}
	}
	err := e.held.Close()
	e.held = nil
	return err
}

func (e *Emulated) fell() error {
	c, err := dial(pathOf(e.held), unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer c.Close()
	var errs []error
	e.links = slices.DeleteFunc(e.links, func(link int32) bool {
		err := fell(c, link, e.class)
		errs = append(errs, err)
		return err == nil
	})
	return errors.Join(errs...)
}

// toClass gives a packet to the class.
func (e *Emulated) toClass() []expr.Any {
	return []expr.Any{
		&expr.Immediate{Register: 1, Data: native(e.class)},
		&expr.Meta{Key: expr.MetaKeyPRIORITY, SourceRegister: true, Register: 1},
	}
}

// grow makes the class with its leaf, and the tree if it is the first.
func grow(c *netlink.Conn, link int32, class uint32, l leaf) error {
	planted, err := ourTree(c, link)
	if err != nil {
		return err
	}
	if !planted {
		if err := traffic(c, unix.RTM_NEWQDISC, link, major, tcRoot, &leaf{"htb", htbRoot()}); err != nil {
			return err
		}
	}
	if err := traffic(c, unix.RTM_NEWTCLASS, link, class, major, &leaf{"htb", htbClass()}); err != nil {
		return err
	}
	return traffic(c, unix.RTM_NEWQDISC, link, 0, class, &l)
}

// fell removes the class with its leaf, and the tree if it was the last.
func fell(c *netlink.Conn, link int32, class uint32) error {
	planted, err := ourTree(c, link)
	if err != nil || !planted {
		return err
	}
	if err := traffic(c, unix.RTM_DELTCLASS, link, class, 0, nil); err != nil && !errors.Is(err, unix.ENOENT) {
		return err
	}
	left, err := dump(c, unix.RTM_GETTCLASS, tcMessage(link, 0, 0))
	if err != nil || len(left) > 0 {
		return err
	}
	return traffic(c, unix.RTM_DELQDISC, link, major, tcRoot, nil)
}

func ourTree(c *netlink.Conn, link int32) (bool, error) {
	all, err := dump(c, unix.RTM_GETQDISC, make([]byte, sizeofTcMsg))
	if err != nil {
		return false, fmt.Errorf("list queueing disciplines: %w", err)
	}
	for _, m := range all {
		if len(m.Data) >= sizeofTcMsg && int32(number(m.Data[4:])) == link && number(m.Data[8:]) == major {
			return true, nil
		}
	}
	return false, nil
}

// traffic makes or removes a class or a queueing discipline.
func traffic(c *netlink.Conn, kind netlink.HeaderType, link int32, handle, parent uint32, what *leaf) error {
	flags, body := netlink.Request|netlink.Acknowledge, tcMessage(link, handle, parent)
	if what != nil {
		flags |= netlink.Create | netlink.Excl
		attributes, err := netlink.MarshalAttributes([]netlink.Attribute{
			{Type: tcaKind, Data: append([]byte(what.kind), 0)}, {Type: tcaOptions, Data: what.options},
		})
		if err != nil {
			return err
		}
		body = append(body, attributes...)
	}
	_, err := c.Execute(netlink.Message{Header: netlink.Header{Type: kind, Flags: flags}, Data: body})
	return err
}

func tcMessage(link int32, handle, parent uint32) []byte {
	body := make([]byte, sizeofTcMsg)
	binary.NativeEndian.PutUint32(body[4:], uint32(link))
	binary.NativeEndian.PutUint32(body[8:], handle)
	binary.NativeEndian.PutUint32(body[12:], parent)
	return body
}
