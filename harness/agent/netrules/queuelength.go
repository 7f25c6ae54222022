package netrules

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// keepLength does something to a link and puts the length of its queue back: the
// kernel makes a length of 0, which engines give to their interfaces, 1000 with
// each queueing discipline (qdisc_create, net/sched/sch_api.c). What disciplines
// have read of it when they were made, they keep.
func keepLength(c *netlink.Conn, link int32, do func() error) error {
	before, err := queueLength(c, link)
	if err != nil {
		return err
	}
	err = do()
	now, failed := queueLength(c, link)
	if failed == nil && now != before {
		failed = setQueueLength(c, link, before)
	}
	return errors.Join(err, failed)
}

// queueLength is that of an interface, in packets.
func queueLength(c *netlink.Conn, link int32) (uint32, error) {
	all, err := dump(c, unix.RTM_GETLINK, make([]byte, unix.SizeofIfInfomsg))
	if err != nil {
		return 0, fmt.Errorf("list links: %w", err)
	}
	for _, m := range all {
		if len(m.Data) >= unix.SizeofIfInfomsg && int32(binary.NativeEndian.Uint32(m.Data[4:])) == link {
			return number(attributes(m.Data, unix.SizeofIfInfomsg)[unix.IFLA_TXQLEN]), nil
		}
	}
	return 0, fmt.Errorf("there is no interface %d", link)
}

func setQueueLength(c *netlink.Conn, link int32, length uint32) error {
	body := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(body[4:], uint32(link))
	attributes, err := netlink.MarshalAttributes([]netlink.Attribute{{Type: unix.IFLA_TXQLEN, Data: native(length)}})
	if err != nil {
		return err
	}
	_, err = c.Execute(netlink.Message{Header: netlink.Header{Type: unix.RTM_NEWLINK, Flags: netlink.Request | netlink.Acknowledge}, Data: append(body, attributes...)})
	if err != nil {
		return fmt.Errorf("put the queue of interface %d back to %d: %w", link, length, err)
	}
	return nil
}
