package netrules

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// Each rule on packets is a table of its own: it is put and taken in one
// transaction, keeps its counters whatever happens to the others, and composes
// with them, because the kernel asks every table and a drop is final.

// Filter lets a rule on packets stand for at most ttl. One that stands under the
// same id is replaced. prefix begins the names of all our tables.
func Filter(namespace, prefix, id string, spec faults.PacketSpec, ttl time.Duration) error {
	last, err := verdict(spec.Action)
	if err != nil {
		return err
	}
	return install(namespace, prefix, id, spec, ttl, nil, func(string) []expr.Any { return []expr.Any{last} })
}

// install lets the lines of a spec stand. first are expressions that every
// packet has to pass, last is what becomes of those that meet the rule, by chain.
func install(namespace, prefix, id string, spec faults.PacketSpec, ttl time.Duration, first []expr.Any, last func(chain string) []expr.Any) error {
	rules, err := compile(spec, first, last)
	if err != nil {
		return err
	}
	return within(namespace, func(c *nftables.Conn) error {
		if err := strike(c, tableOf(prefix, id)); err != nil {
			return err
		}
		if err := lay(c, tableOf(prefix, id), rules, ttl); err != nil {
			return err
		}
		return c.Flush()
	})
}

// Unfilter takes a rule away; one that does not stand is left alone.
func Unfilter(namespace, prefix, id string) error {
	return within(namespace, func(c *nftables.Conn) error {
		if err := strike(c, tableOf(prefix, id)); err != nil {
			return err
		}
		return c.Flush()
	})
}

// Filtered is a rule as the kernel lists it.
type Filtered struct {
	ID   string
	Left time.Duration // until it ends by itself
	// Counters and Looks are named as in package faults: of the system's own
	// packets, and of the drill's visits.
	Counters, Looks map[string]uint64
}

// Filters lists the rules that are in force.
func Filters(namespace, prefix string) (found []Filtered, err error) {
	err = within(namespace, func(c *nftables.Conn) error {
		tables, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
		if err != nil {
			return fmt.Errorf("list tables: %w", err)
		}
		for _, t := range tables {
			id, ours := strings.CutPrefix(t.Name, prefix+ruleMark)
			if !ours {
				continue
			}
			f, err := read(c, t, id)
			if err != nil {
				return err
			}
			if f.Left > 0 {
				found = append(found, f)
			}
		}
		return nil
	})
	return found, err
}

// ruleMark stands between the prefix of our tables and the id of a rule.
const ruleMark = "_rule_"

func tableOf(prefix, id string) string { return prefix + ruleMark + id }

// strike queues the removal of a table, if it is there.
func strike(c *nftables.Conn, name string) error {
	tables, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		if t.Name == name {
			c.DelTable(t)
		}
	}
	return nil
}

// read asks the kernel for one rule. Its time-out is that of the elements which
// every one of its lines has to pass.
func read(c *nftables.Conn, t *nftables.Table, id string) (Filtered, error) {
	f := Filtered{ID: id, Counters: map[string]uint64{}, Looks: map[string]uint64{}}
	set, err := c.GetSetByName(t, setName)
	if err != nil {
		return f, fmt.Errorf("find set %s of %s: %w", setName, t.Name, err)
	}
	elements, err := c.GetSetElements(set)
	if err != nil {
		return f, fmt.Errorf("list set %s of %s: %w", setName, t.Name, err)
	}
	for _, e := range elements {
		f.Left = max(f.Left, e.Expires)
	}
	for _, name := range []string{"input", "output", "input" + visits, "output" + visits} {
		rules, err := c.GetRules(t, &nftables.Chain{Name: name, Table: t})
		if err != nil {
			return f, fmt.Errorf("list rules of %s: %w", t.Name, err)
		}
		into := f.Counters
		if strings.HasSuffix(name, visits) {
			into = f.Looks
		}
		for _, r := range rules {
			count(r, into)
		}
	}
	return f, nil
}

// count adds the counters of one line under the names that it was given.
func count(r *nftables.Rule, into map[string]uint64) {
	names := strings.Split(string(r.UserData), ",") // none for the way to the visits' chain
	for _, e := range r.Exprs {
		if c, ok := e.(*expr.Counter); ok && len(names) > 0 {
			into[names[0]] += c.Packets
			names = names[1:]
		}
	}
}

// visits ends the names of the chains that the drill's own looks go to.
const visits = "_visits"

// lay queues a table with its set and its lines.
func lay(c *nftables.Conn, name string, lines []line, ttl time.Duration) error {
	table := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: name})
	set := &nftables.Set{Table: table, Name: setName, KeyType: nftables.TypeNFProto, HasTimeout: true}
	if err := c.AddSet(set, lasting(ttl)); err != nil {
		return err
	}
	chains := map[string]*nftables.Chain{}
	for dir, hook := range map[string]*nftables.ChainHook{"input": nftables.ChainHookInput, "output": nftables.ChainHookOutput} {
		chains[dir+visits] = c.AddChain(&nftables.Chain{Table: table, Name: dir + visits})
		chains[dir] = c.AddChain(&nftables.Chain{
			Table: table, Name: dir, Type: nftables.ChainTypeFilter, Hooknum: hook,
			Priority: nftables.ChainPriorityMangle, // after connection tracking
		})
		for _, end := range []uint32{sourcePort, destinationPort} {
			c.AddRule(&nftables.Rule{Table: table, Chain: chains[dir], Exprs: append(visitor(end),
				&expr.Verdict{Kind: expr.VerdictGoto, Chain: dir + visits})})
		}
	}
	for _, l := range lines {
		exprs := append(alive(set, l.chain), l.exprs...)
		c.AddRule(&nftables.Rule{Table: table, Chain: chains[l.chain], Exprs: exprs, UserData: []byte(strings.Join(l.counters, ","))})
	}
	return nil
}

// alive passes packets that are not of the loopback while the set has its
// elements.
func alive(set *nftables.Set, chain string) []expr.Any {
	device := expr.MetaKeyIIFNAME
	if strings.HasPrefix(chain, "output") {
		device = expr.MetaKeyOIFNAME
	}
	return drop(set, device)[:4]
}

// line is one rule of a chain, with the names of its counters.
type line struct {
	chain    string
	counters []string
	exprs    []expr.Any
}

// compile writes the lines of a spec: for each direction, protocol family, and
// end of the ports; and the same for visits, which are counted apart.
func compile(s faults.PacketSpec, first []expr.Any, last func(chain string) []expr.Any) ([]line, error) {
	if s.Action == "reset" || s.Beyond > 0 || s.Flows == "existing" {
		s.Protocol = "tcp"
	}
	var lines []line
	for _, chain := range chainsOf(s.Direction) {
		for _, ends := range endsOf(s, chain) {
			exprs := slices.Concat(first, flow(s), ends, spared(s))
			lines = append(lines,
				finish(s, chain, exprs, last(chain)), finish(s, chain+visits, exprs, last(chain)))
		}
	}
	if len(lines) == 0 {
		return nil, errors.New("packets: no peer has an address of the family")
	}
	return lines, nil
}

func chainsOf(direction string) []string {
	switch direction {
	case "to":
		return []string{"output"}
	case "from":
		return []string{"input"}
	}
	return []string{"output", "input"}
}

// endsOf are the matches on addresses and ports, one for each way in which a
// packet can match.
func endsOf(s faults.PacketSpec, chain string) [][]expr.Any {
	var all [][]expr.Any
	for _, peer := range peersOf(s, chain) {
		if len(s.Ports) == 0 {
			all = append(all, append(peer, protocol(s.Protocol)...))
			continue
		}
		for _, port := range s.Ports {
			for _, offset := range []uint32{sourcePort, destinationPort} {
				one := append(append([]expr.Any{}, peer...), protocolOrBoth(s.Protocol)...)
				all = append(all, append(one, portIs(offset, port, port)...))
			}
		}
	}
	return all
}

// peersOf matches the other end; without peers, the family alone.
func peersOf(s faults.PacketSpec, chain string) [][]expr.Any {
	if len(s.Peers) == 0 {
		return [][]expr.Any{family(s.Family)}
	}
	var all [][]expr.Any
	for _, a := range s.Peers {
		a = a.Unmap()
		if s.Family == "" || (s.Family == "ipv4") == a.Is4() {
			all = append(all, address(a, chain))
		}
	}
	return all
}

func family(name string) []expr.Any {
	proto, ok := map[string]byte{"ipv4": unix.NFPROTO_IPV4, "ipv6": unix.NFPROTO_IPV6}[name]
	if !ok {
		return nil
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{proto}},
	}
}

// address matches the peer: the source of what comes in, the destination of
// what goes out (RFC 791, section 3.1; RFC 8200, section 3).
func address(a netip.Addr, chain string) []expr.Any {
	name, offset := "ipv4", uint32(12)
	if a.Is6() {
		name, offset = "ipv6", 8
	}
	data := a.AsSlice()
	if chain == "output" {
		offset += uint32(len(data))
	}
	return append(family(name),
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: uint32(len(data))},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: data})
}
