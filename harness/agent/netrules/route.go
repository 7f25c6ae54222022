package netrules

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Seal removes the default routes of the namespace, of both IP versions: what
// is on no network of the drill cannot be reached, whatever the firewall of the
// engine's host allows. A namespace without any is left alone.
func Seal(namespace string) error {
	ns, err := os.Open(namespace)
	if err != nil {
		return fmt.Errorf("open network namespace: %w", err)
	}
	defer ns.Close()
	c, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{NetNS: int(ns.Fd())})
	if err != nil {
		return fmt.Errorf("open rtnetlink: %w", err)
	}
	defer c.Close()
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		if err := removeDefaults(c, family); err != nil {
			return fmt.Errorf("remove default routes in %s: %w", namespace, err)
		}
	}
	return nil
}

func removeDefaults(c *netlink.Conn, family byte) error {
	query := make([]byte, unix.SizeofRtMsg)
	query[0] = family
	routes, err := c.Execute(netlink.Message{
		Header: netlink.Header{Type: unix.RTM_GETROUTE, Flags: netlink.Request | netlink.Dump}, Data: query,
	})
	if err != nil {
		return fmt.Errorf("list routes: %w", err)
	}
	for _, r := range routes {
		if !leadsOut(r.Data) {
			continue
		}
		_, err := c.Execute(netlink.Message{
			Header: netlink.Header{Type: unix.RTM_DELROUTE, Flags: netlink.Request | netlink.Acknowledge}, Data: r.Data,
		})
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// leadsOut tells a default route through a gateway (rtnetlink(7)): the prefix
// is empty, the table the main one, and a gateway is named. The kernel's own
// "unreachable" entries have none.
func leadsOut(route []byte) bool {
	const dstLen, table = 1, 4
	if len(route) < unix.SizeofRtMsg || route[dstLen] != 0 || route[table] != unix.RT_TABLE_MAIN {
		return false
	}
	for rest := route[unix.SizeofRtMsg:]; len(rest) >= unix.SizeofRtAttr; {
		length := int(binary.NativeEndian.Uint16(rest))
		if length < unix.SizeofRtAttr || length > len(rest) {
			return false
		}
		if binary.NativeEndian.Uint16(rest[2:]) == unix.RTA_GATEWAY {
			return true
		}
		rest = rest[min(len(rest), (length+3)&^3):]
	}
	return false
}
