package netrules

import (
	"fmt"
	"os"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

const (
	setName = "cut"
	loop    = "lo\x00"
)

// families are the protocols that a cut drops, as the kernel's nfproto.
var families = []nftables.SetElement{
	{Key: []byte{unix.NFPROTO_IPV4}},
	{Key: []byte{unix.NFPROTO_IPV6}},
}

// Cut drops every packet in and out of the namespace except on loopback,
// without an answer and flows that are established included, for at most ttl.
// Cutting again starts the time anew and keeps the counters.
//
// namespace is a path such as /proc/<pid>/ns/net; table is the name of our
// table in the inet family.
func Cut(namespace, table string, ttl time.Duration) error {
	return within(namespace, func(c *nftables.Conn) error {
		rules, err := find(c, table)
		if err != nil {
			return err
		}
		set := rules.set
		if set == nil {
			if set, err = build(c, table); err != nil {
				return err
			}
		}
		c.FlushSet(set)
		if err := c.SetAddElements(set, lasting(ttl)); err != nil {
			return err
		}
		return c.Flush()
	})
}

// Mend removes our table. A namespace without it is left alone.
func Mend(namespace, table string) error {
	return within(namespace, func(c *nftables.Conn) error {
		rules, err := find(c, table)
		if err != nil || rules.table == nil {
			return err
		}
		c.DelTable(rules.table)
		return c.Flush()
	})
}

// Count tells how many packets met the cut, and whether it is in force.
func Count(namespace, table string) (packets uint64, on bool, err error) {
	err = within(namespace, func(c *nftables.Conn) error {
		rules, err := find(c, table)
		if err != nil || rules.set == nil {
			return err
		}
		elements, err := c.GetSetElements(rules.set)
		if err != nil {
			return fmt.Errorf("list set %s: %w", setName, err)
		}
		on = len(elements) > 0
		packets, err = dropped(c, rules)
		return err
	})
	return packets, on, err
}

// within runs f on a netlink connection into the namespace.
func within(namespace string, f func(*nftables.Conn) error) error {
	ns, err := os.Open(namespace)
	if err != nil {
		return fmt.Errorf("open network namespace: %w", err)
	}
	defer ns.Close()
	c, err := nftables.New(nftables.WithNetNSFd(int(ns.Fd())))
	if err != nil {
		return fmt.Errorf("open nftables: %w", err)
	}
	if err := f(c); err != nil {
		return fmt.Errorf("nftables in %s: %w", namespace, err)
	}
	return nil
}

// build queues the table, the set and a rule in each direction.
func build(c *nftables.Conn, name string) (*nftables.Set, error) {
	table := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: name})
	set := &nftables.Set{Table: table, Name: setName, KeyType: nftables.TypeNFProto, HasTimeout: true}
	if err := c.AddSet(set, nil); err != nil {
		return nil, err
	}
	directions := []struct {
		name   string
		hook   *nftables.ChainHook
		device expr.MetaKey
	}{
		{"input", nftables.ChainHookInput, expr.MetaKeyIIFNAME},
		{"output", nftables.ChainHookOutput, expr.MetaKeyOIFNAME},
	}
	for _, d := range directions {
		chain := c.AddChain(&nftables.Chain{
			Table: table, Name: d.name, Type: nftables.ChainTypeFilter,
			Hooknum: d.hook, Priority: nftables.ChainPriorityRaw,
		})
		c.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: drop(set, d.device)})
	}
	return set, nil
}

// drop is the rule `meta iifname != "lo" meta nfproto @cut counter drop`.
func drop(set *nftables.Set, device expr.MetaKey) []expr.Any {
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, loop)
	return []expr.Any{
		&expr.Meta{Key: device, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: name},
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Lookup{SourceRegister: 1, SetName: set.Name, SetID: set.ID},
		&expr.Counter{},
		&expr.Verdict{Kind: expr.VerdictDrop},
	}
}

func lasting(ttl time.Duration) []nftables.SetElement {
	elements := make([]nftables.SetElement, len(families))
	for i, f := range families {
		elements[i] = nftables.SetElement{Key: f.Key, Timeout: ttl}
	}
	return elements
}
