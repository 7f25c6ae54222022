package netrules

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// view is one item of a snapshot: what is asked for, and how one thing of it
// reads. A thing that reads empty is left out.
type view struct {
	name string
	kind netlink.HeaderType // of rtnetlink(7)
	body []byte
	line func([]byte) string
}

var views = []view{
	{"link", unix.RTM_GETLINK, make([]byte, unix.SizeofIfInfomsg), linkLine},
	{"address", unix.RTM_GETADDR, make([]byte, unix.SizeofIfAddrmsg), addressLine},
	{"route", unix.RTM_GETROUTE, make([]byte, unix.SizeofRtMsg), routeLine},
	{"qdisc", unix.RTM_GETQDISC, make([]byte, sizeofTcMsg), qdiscLine},
}

// Snapshot lists what a namespace holds, in text that can be compared: links,
// addresses, routes, queueing disciplines and the nftables rules of everybody.
// Counters, time-outs and other things that move by themselves are left out.
func Snapshot(namespace string) (map[string]string, error) {
	c, err := dial(namespace, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	all := map[string]string{}
	for _, v := range views {
		things, err := dump(c, v.kind, v.body)
		if err != nil {
			return nil, fmt.Errorf("list every %s in %s: %w", v.name, namespace, err)
		}
		var lines []string
		for _, m := range things {
			if line := v.line(m.Data); line != "" {
				lines = append(lines, line)
			}
		}
		slices.Sort(lines)
		all[v.name] = strings.Join(lines, "\n")
	}
	all["nft"], err = ruleset(namespace)
	return all, err
}

// linkLine keeps of a link's flags only whether it is up by its administrator:
// whether its other end is there shows a moment later.
func linkLine(m []byte) string {
	if len(m) < unix.SizeofIfInfomsg {
		return ""
	}
	a := attributes(m, unix.SizeofIfInfomsg)
	up := binary.NativeEndian.Uint32(m[8:])&unix.IFF_UP != 0
	return fmt.Sprintf("%d %s up=%v mtu=%d qdisc=%s queue=%d master=%d address=%x", number(m[4:]), word(a[unix.IFLA_IFNAME]), up,
		number(a[unix.IFLA_MTU]), word(a[unix.IFLA_QDISC]), number(a[unix.IFLA_TXQLEN]), number(a[unix.IFLA_MASTER]), a[unix.IFLA_ADDRESS])
}

// addressLine leaves out that an IPv6 address is still being tried.
func addressLine(m []byte) string {
	if len(m) < unix.SizeofIfAddrmsg {
		return ""
	}
	a := attributes(m, unix.SizeofIfAddrmsg)
	flags := number(a[unix.IFA_FLAGS]) &^ (unix.IFA_F_TENTATIVE | unix.IFA_F_OPTIMISTIC)
	return fmt.Sprintf("%d %s/%d local=%s broadcast=%s scope=%d flags=%#x label=%s", number(m[4:]), shownAddress(a[unix.IFA_ADDRESS]), m[1],
		shownAddress(a[unix.IFA_LOCAL]), shownAddress(a[unix.IFA_BROADCAST]), m[3], flags, word(a[unix.IFA_LABEL]))
}

// routeLine leaves out those by which the kernel itself takes in what is for its
// addresses: of an IPv6 address it comes when the address was tried (RFC 4862).
func routeLine(m []byte) string {
	if len(m) < unix.SizeofRtMsg || binary.NativeEndian.Uint32(m[8:])&unix.RTM_F_CLONED != 0 {
		return ""
	}
	a := attributes(m, unix.SizeofRtMsg)
	if number(a[unix.RTA_TABLE]) == unix.RT_TABLE_LOCAL && m[5] == unix.RTPROT_KERNEL {
		return ""
	}
	return fmt.Sprintf("%s/%d via=%s out=%d table=%d priority=%d source=%s protocol=%d scope=%d type=%d metrics=%x paths=%x",
		shownAddress(a[unix.RTA_DST]), m[1], shownAddress(a[unix.RTA_GATEWAY]), number(a[unix.RTA_OIF]), number(a[unix.RTA_TABLE]),
		number(a[unix.RTA_PRIORITY]), shownAddress(a[unix.RTA_PREFSRC]), m[5], m[6], m[7], a[unix.RTA_METRICS], a[unix.RTA_MULTIPATH])
}

// Of struct tcmsg and the attributes behind it (linux/rtnetlink.h).
const (
	sizeofTcMsg = 20
	tcaKind     = 1
	tcaOptions  = 2
)

func qdiscLine(m []byte) string {
	if len(m) < sizeofTcMsg {
		return ""
	}
	a := attributes(m, sizeofTcMsg)
	return fmt.Sprintf("%d handle=%x parent=%x %s %x", number(m[4:]), number(m[8:]), number(m[12:]), word(a[tcaKind]), a[tcaOptions])
}

// shownAddress reads an IP address; what is none reads "-".
func shownAddress(b []byte) string {
	if ip, ok := netip.AddrFromSlice(b); ok {
		return ip.String()
	}
	return "-"
}
