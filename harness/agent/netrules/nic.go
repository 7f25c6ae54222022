package netrules

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Unplugged is what was there before the interfaces of a namespace were put
// down: the kernel forgets routes and IPv6 addresses with that.
type Unplugged struct {
	links     []int32 // that were up, by index
	addresses []netlink.Message
	routes    []netlink.Message
	shown     map[string]string
}

// Unplug puts down every interface that is up, except the loopback.
func Unplug(namespace string) (*Unplugged, error) {
	shown, err := Snapshot(namespace)
	if err != nil {
		return nil, err
	}
	c, err := dial(namespace, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	u := &Unplugged{shown: shown}
	if u.addresses, err = dump(c, unix.RTM_GETADDR, make([]byte, unix.SizeofIfAddrmsg)); err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	if u.routes, err = dump(c, unix.RTM_GETROUTE, make([]byte, unix.SizeofRtMsg)); err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	up, err := interfaces(c, func(flags uint32) bool { return flags&unix.IFF_UP != 0 })
	if err != nil {
		return nil, err
	}
	for _, link := range up {
		if err := setUp(c, link, false); err != nil {
			return nil, errors.Join(err, u.Plug(namespace))
		}
		u.links = append(u.links, link)
	}
	return u, nil
}

// Down tells whether everything that was put down still is.
func (u *Unplugged) Down(namespace string) (bool, error) {
	c, err := dial(namespace, unix.NETLINK_ROUTE)
	if err != nil {
		return false, err
	}
	defer c.Close()
	down, err := interfaces(c, func(flags uint32) bool { return flags&unix.IFF_UP == 0 })
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(u.links, func(l int32) bool { return !slices.Contains(down, l) }), nil
}

// settling bounds the wait for a network that is as it was: the kernel tries
// addresses of IPv6 for a second or two before it uses them (RFC 4862, section
// 5.4).
const settling = 10 * time.Second

// Plug puts the interfaces up again, gives back the addresses and routes that
// are missing, and returns when all is as it was.
func (u *Unplugged) Plug(namespace string) error {
	c, err := dial(namespace, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, link := range u.links {
		if err := setUp(c, link, true); err != nil {
			return err
		}
	}
	end := time.Now().Add(settling)
	for {
		if err := u.giveBack(c); err != nil {
			return err
		}
		differs, err := u.differs(namespace)
		if err != nil || differs == "" {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the interfaces are up, but not all is as it was: %s", differs)
		}
		time.Sleep(25 * time.Millisecond) // the kernel announces single changes, and not that all is as it was
	}
}

// giveBack adds what is missing. A route may have to wait for the one that its
// gateway is behind: the next time.
func (u *Unplugged) giveBack(c *netlink.Conn) error {
	for _, lost := range []struct {
		was      []netlink.Message
		get, add netlink.HeaderType
		size     int
		line     func([]byte) string
	}{
		{u.addresses, unix.RTM_GETADDR, unix.RTM_NEWADDR, unix.SizeofIfAddrmsg, addressLine},
		{u.routes, unix.RTM_GETROUTE, unix.RTM_NEWROUTE, unix.SizeofRtMsg, routeLine},
	} {
		now, err := dump(c, lost.get, make([]byte, lost.size))
		if err != nil {
			return err
		}
		for _, m := range lost.was {
			line := lost.line(m.Data)
			if line == "" || ownMaking(lost.add, m.Data) || slices.ContainsFunc(now, func(n netlink.Message) bool { return lost.line(n.Data) == line }) {
				continue
			}
			_, err := c.Execute(netlink.Message{
				Header: netlink.Header{Type: lost.add, Flags: netlink.Request | netlink.Acknowledge | netlink.Create | netlink.Excl}, Data: m.Data,
			})
			if err != nil && !passing(err) {
				return fmt.Errorf("give back %s: %w", line, err)
			}
		}
	}
	return nil
}

// ownMaking tells a route that the kernel makes itself, with its address.
func ownMaking(kind netlink.HeaderType, m []byte) bool {
	const protocol = 5 // of struct rtmsg
	return kind == unix.RTM_NEWROUTE && m[protocol] == unix.RTPROT_KERNEL
}

// passing are answers that another attempt may not get: it is there already, or
// what it stands on is not.
func passing(err error) bool {
	return slices.ContainsFunc([]error{unix.EEXIST, unix.ENETUNREACH, unix.EHOSTUNREACH, unix.ENETDOWN, unix.EINVAL}, func(e error) bool { return errors.Is(err, e) })
}

// differs names what is not as it was.
func (u *Unplugged) differs(namespace string) (string, error) {
	now, err := Snapshot(namespace)
	for _, item := range []string{"address", "route"} {
		if err == nil && now[item] != u.shown[item] {
			return fmt.Sprintf("missing %s: %q, too many: %q", item, beyond(u.shown[item], now[item]), beyond(now[item], u.shown[item])), nil
		}
	}
	return "", err
}

// beyond are the lines of one text that the other has not.
func beyond(text, other string) []string {
	has := strings.Split(other, "\n")
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return slices.Contains(has, line) })
}

// interfaces lists those with such flags, without the loopback.
func interfaces(c *netlink.Conn, such func(flags uint32) bool) (found []int32, err error) {
	all, err := dump(c, unix.RTM_GETLINK, make([]byte, unix.SizeofIfInfomsg))
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	for _, m := range all {
		if len(m.Data) < unix.SizeofIfInfomsg {
			continue
		}
		if flags := binary.NativeEndian.Uint32(m.Data[8:]); flags&unix.IFF_LOOPBACK == 0 && such(flags) {
			found = append(found, int32(binary.NativeEndian.Uint32(m.Data[4:])))
		}
	}
	return found, nil
}

// setUp puts an interface up or down (struct ifinfomsg, rtnetlink(7)).
func setUp(c *netlink.Conn, link int32, up bool) error {
	body := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(body[4:], uint32(link))
	if up {
		binary.NativeEndian.PutUint32(body[8:], unix.IFF_UP)
	}
	binary.NativeEndian.PutUint32(body[12:], unix.IFF_UP)
	_, err := c.Execute(netlink.Message{Header: netlink.Header{Type: unix.RTM_NEWLINK, Flags: netlink.Request | netlink.Acknowledge}, Data: body})
	if err != nil {
		return fmt.Errorf("put interface %d up %v: %w", link, up, err)
	}
	return nil
}
