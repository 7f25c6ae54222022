package intercept

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Lease is how long the kernel leads connections to a proxy that nobody says
// is alive.
const Lease = 4 * time.Second

// User is the user id of the proxy: its own connections are known by it. It is
// one of those that Debian keeps reserved (Debian policy, 9.2.2).
const User = 65025

// redirect leads connections of a namespace to ports of its loopback.
type redirect struct {
	namespace string // a path such as /proc/<pid>/ns/net
	table     string // ours, of the inet family
}

// version is what differs between the two versions of IP: where the destination
// is in the header, and the names of the sets.
type version struct {
	lead, cut      string
	proto          byte
	offset, length uint32
	key            nftables.SetDatatype
}

var versions = []version{
	{"lead4", "cut4", unix.NFPROTO_IPV4, 16, 4, nftables.TypeIPAddr},
	{"lead6", "cut6", unix.NFPROTO_IPV6, 24, 16, nftables.TypeIP6Addr},
}

// way leads connections to an address to a port.
type way struct {
	to    netip.AddrPort
	port  uint16
	reset bool // connections that went past the proxy are reset
	until time.Time
}

// point makes the redirections those of to, all others end. They last for the
// lease, and not beyond the end of their rule.
func (r redirect) point(to []way) error {
	return r.within(func(c *nftables.Conn) error {
		table, err := r.find(c)
		if err != nil {
			return err
		}
		sets := map[string]*nftables.Set{}
		if table == nil {
			err = r.build(c, sets)
		} else {
			err = clear(c, table, sets)
		}
		if err != nil {
			return err
		}
		for _, v := range versions {
			if err := add(c, sets[v.lead], v.leading(to)); err != nil {
				return err
			}
			if err := add(c, sets[v.cut], v.cutting(to)); err != nil {
				return err
			}
		}
		return c.Flush()
	})
}

// clear finds the sets and queues that they are emptied.
func clear(c *nftables.Conn, table *nftables.Table, sets map[string]*nftables.Set) error {
	for _, v := range versions {
		for _, name := range []string{v.lead, v.cut} {
			set, err := c.GetSetByName(table, name)
			if err != nil {
				return fmt.Errorf("find set %s: %w", name, err)
			}
			sets[name] = set
			c.FlushSet(set)
		}
	}
	return nil
}

func add(c *nftables.Conn, set *nftables.Set, elements []nftables.SetElement) error {
	if len(elements) == 0 {
		return nil
	}
	return c.SetAddElements(set, elements)
}

// end removes the table. A namespace without it is left alone.
func (r redirect) end() error {
	return r.within(func(c *nftables.Conn) error {
		table, err := r.find(c)
		if err != nil || table == nil {
			return err
		}
		c.DelTable(table)
		return c.Flush()
	})
}

func (r redirect) within(f func(*nftables.Conn) error) error {
	ns, err := os.Open(r.namespace)
	if err != nil {
		return fmt.Errorf("open network namespace: %w", err)
	}
	defer ns.Close()
	c, err := nftables.New(nftables.WithNetNSFd(int(ns.Fd())))
	if err != nil {
		return fmt.Errorf("open nftables: %w", err)
	}
	if err := f(c); err != nil {
		return fmt.Errorf("redirect connections in %s: %w", r.namespace, err)
	}
	return nil
}

func (r redirect) find(c *nftables.Conn) (*nftables.Table, error) {
	tables, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		if t.Name == r.table {
			return t, nil
		}
	}
	return nil, nil
}

// build queues the table. Its first chain leads new connections away, its second
// resets what went past: by then, what is led away has another destination.
func (r redirect) build(c *nftables.Conn, sets map[string]*nftables.Set) error {
	table := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: r.table})
	lead := c.AddChain(&nftables.Chain{
		Table: table, Name: "lead", Type: nftables.ChainTypeNAT,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityNATDest,
	})
	cut := c.AddChain(&nftables.Chain{
		Table: table, Name: "cut", Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityFilter,
	})
	for _, v := range versions {
		key, err := nftables.ConcatSetType(v.key, nftables.TypeInetService)
		if err != nil {
			return err
		}
		sets[v.lead] = &nftables.Set{Table: table, Name: v.lead, IsMap: true, Concatenation: true, HasTimeout: true, KeyType: key, DataType: nftables.TypeInetService}
		sets[v.cut] = &nftables.Set{Table: table, Name: v.cut, Concatenation: true, HasTimeout: true, KeyType: key}
		for _, name := range []string{v.lead, v.cut} {
			if err := c.AddSet(sets[name], nil); err != nil {
				return err
			}
		}
		c.AddRule(&nftables.Rule{Table: table, Chain: lead, Exprs: v.leads(sets[v.lead])})
		c.AddRule(&nftables.Rule{Table: table, Chain: cut, Exprs: v.cuts(sets[v.cut])})
	}
	return nil
}

// first is the first of the registers of 32 bits (NFT_REG32_00).
const first = unix.NFT_REG32_00

// Flags of TCP (RFC 9293, section 3.1).
const syn, psh, ack = 0x02, 0x08, 0x10

// leads is `meta skuid != User tcp flags syn / syn,ack redirect to : ip daddr .
// tcp dport map @lead4`. Only the first packet of a connection counts: one that
// the kernel has not tracked so far is new to it in the middle.
func (v version) leads(set *nftables.Set) []expr.Any {
	return append(v.theirs(syn|ack, syn),
		&expr.Lookup{SourceRegister: first, DestRegister: 1, IsDestRegSet: true, SetName: set.Name, SetID: set.ID},
		&expr.Redir{RegisterProtoMin: 1})
}

// cuts is `meta skuid != User tcp flags psh / psh ip daddr . tcp dport @cut4
// reject with tcp reset`. A node that only waits for an answer still gets it:
// it sends no data.
func (v version) cuts(set *nftables.Set) []expr.Any {
	return append(v.theirs(psh, psh),
		&expr.Lookup{SourceRegister: first, SetName: set.Name, SetID: set.ID},
		&expr.Reject{Type: unix.NFT_REJECT_TCP_RST})
}

// theirs matches packets of TCP with these flags that are not the proxy's own,
// and loads address and port of their destination from the first register on.
func (v version) theirs(mask, flags byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{v.proto}},
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_TCP}},
		&expr.Meta{Key: expr.MetaKeySKUID, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(User)},
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{mask}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{flags}},
		&expr.Payload{DestRegister: first, Base: expr.PayloadBaseNetworkHeader, Offset: v.offset, Len: v.length},
		&expr.Payload{DestRegister: first + v.length/4, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
	}
}

// leading are the elements of the map, cutting those of the set.
func (v version) leading(to []way) []nftables.SetElement {
	return v.elements(to, func(w way, e *nftables.SetElement) bool {
		e.Val = binary.BigEndian.AppendUint16(nil, w.port)
		return true
	})
}

func (v version) cutting(to []way) []nftables.SetElement {
	return v.elements(to, func(w way, _ *nftables.SetElement) bool { return w.reset })
}

// elements are those of this version of IP that are wanted.
func (v version) elements(to []way, wanted func(way, *nftables.SetElement) bool) []nftables.SetElement {
	var all []nftables.SetElement
	for _, w := range to {
		address, left := w.to.Addr().Unmap().AsSlice(), time.Until(w.until)
		if len(address) != int(v.length) || left < time.Millisecond {
			continue
		}
		e := nftables.SetElement{Timeout: min(Lease, left)}
		e.Key = append(binary.BigEndian.AppendUint16(address, w.to.Port()), 0, 0) // padded to 32 bits
		if wanted(w, &e) {
			all = append(all, e)
		}
	}
	return all
}
