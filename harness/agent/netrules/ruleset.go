package netrules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// sizeofNfGenMsg is the fixed part of every message of nfnetlink.
const sizeofNfGenMsg = 4

// states are the expressions whose data the kernel moves.
var states = []string{"counter", "quota", "limit", "last", "connlimit", "dynset"}

// ruleset lists the tables, chains, sets and rules of every family. It reads
// them raw, because the rules of others may be made of expressions that no
// library knows.
func ruleset(namespace string) (string, error) {
	c, err := dial(namespace, unix.NETLINK_NETFILTER)
	if err != nil {
		return "", err
	}
	defer c.Close()
	var lines []string
	for _, k := range []struct {
		kind netlink.HeaderType
		line func(family byte, data []byte) string
	}{
		{unix.NFT_MSG_GETTABLE, tableLine}, {unix.NFT_MSG_GETCHAIN, chainLine}, {unix.NFT_MSG_GETSET, setLine}, {unix.NFT_MSG_GETRULE, ruleLine},
	} {
		things, err := dump(c, unix.NFNL_SUBSYS_NFTABLES<<8|k.kind, make([]byte, sizeofNfGenMsg))
		if err != nil {
			return "", fmt.Errorf("list nftables in %s: %w", namespace, err)
		}
		var some []string
		for _, m := range things {
			if len(m.Data) >= sizeofNfGenMsg {
				some = append(some, k.line(m.Data[0], m.Data))
			}
		}
		if k.kind != unix.NFT_MSG_GETRULE { // the order of rules matters
			slices.Sort(some)
		}
		lines = append(lines, some...)
	}
	return strings.Join(lines, "\n"), nil
}

func tableLine(family byte, m []byte) string {
	a := attributes(m, sizeofNfGenMsg)
	return fmt.Sprintf("table %d %s flags=%x", family, word(a[unix.NFTA_TABLE_NAME]), a[unix.NFTA_TABLE_FLAGS])
}

func chainLine(family byte, m []byte) string {
	a := attributes(m, sizeofNfGenMsg)
	return fmt.Sprintf("chain %d %s %s hook=%x policy=%x", family, word(a[unix.NFTA_CHAIN_TABLE]), word(a[unix.NFTA_CHAIN_NAME]), a[unix.NFTA_CHAIN_HOOK], a[unix.NFTA_CHAIN_POLICY])
}

func setLine(family byte, m []byte) string {
	a := attributes(m, sizeofNfGenMsg)
	return fmt.Sprintf("set %d %s %s key=%x data=%x", family, word(a[unix.NFTA_SET_TABLE]), word(a[unix.NFTA_SET_NAME]), a[unix.NFTA_SET_KEY_TYPE], a[unix.NFTA_SET_DATA_TYPE])
}

func ruleLine(family byte, m []byte) string {
	a := attributes(m, sizeofNfGenMsg)
	var b strings.Builder
	fmt.Fprintf(&b, "rule %d %s %s", family, word(a[unix.NFTA_RULE_TABLE]), word(a[unix.NFTA_RULE_CHAIN]))
	list, err := netlink.UnmarshalAttributes(a[unix.NFTA_RULE_EXPRESSIONS])
	if err != nil {
		return b.String() + " unreadable"
	}
	for _, e := range list {
		parts := attributes(e.Data, 0)
		name := word(parts[unix.NFTA_EXPR_NAME])
		if slices.Contains(states, name) {
			parts[unix.NFTA_EXPR_DATA] = nil
		}
		fmt.Fprintf(&b, " [%s %x]", name, parts[unix.NFTA_EXPR_DATA])
	}
	return b.String()
}
