package netrules

import (
	"encoding/binary"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// loopback is the index of lo: the first interface of every namespace.
const loopback = 1

// root is the parent of what stands for itself (TC_H_ROOT, linux/pkt_sched.h).
const root = 0xFFFFFFFF

// sizeofNetem is that of struct tc_netem_qopt (linux/pkt_sched.h); its second
// word is the limit in packets.
const sizeofNetem = 24

// TryNetem puts netem(8) on the loopback interface of a namespace for a moment,
// without any effect on packets: it may be missing in a kernel.
func TryNetem(namespace string) error {
	c, err := dial(namespace, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer c.Close()
	options := make([]byte, sizeofNetem)
	binary.NativeEndian.PutUint32(options[4:], 1000)
	if err := onLoopback(c, unix.RTM_NEWQDISC, netlink.Create|netlink.Excl, "netem", options); err != nil {
		return fmt.Errorf("put netem on lo: %w", err)
	}
	if err := onLoopback(c, unix.RTM_DELQDISC, 0, "netem", nil); err != nil {
		return fmt.Errorf("take netem off lo: %w", err)
	}
	return nil
}

func onLoopback(c *netlink.Conn, verb netlink.HeaderType, flags netlink.HeaderFlags, kind string, options []byte) error {
	body := make([]byte, sizeofTcMsg) // struct tcmsg (rtnetlink(7))
	binary.NativeEndian.PutUint32(body[4:], loopback)
	binary.NativeEndian.PutUint32(body[12:], root)
	all := []netlink.Attribute{{Type: tcaKind, Data: append([]byte(kind), 0)}}
	if options != nil {
		all = append(all, netlink.Attribute{Type: tcaOptions, Data: options})
	}
	text, err := netlink.MarshalAttributes(all)
	if err != nil {
		return err
	}
	_, err = c.Execute(netlink.Message{
		Header: netlink.Header{Type: verb, Flags: netlink.Request | netlink.Acknowledge | flags}, Data: append(body, text...)})
	return err
}
