package faults

import (
	"fmt"
	"slices"
)

// Claim is something of the system that a fault changes while it is held, or
// that must stay as it is for the fault to be told from others.
type Claim struct {
	Node string // whose it is
	Of   Part
	// Exclusive: the fault changes it. Otherwise it, or its proof, rests on it,
	// as others may too.
	Exclusive bool
}

// Part is a part of a node that can be claimed.
type Part interface {
	// meets tells whether the two have something in common.
	meets(Part) bool
	// of names it, as that of a node.
	of(node string) string
}

// String names what is claimed: "the way from relay1 to mx1:25".
func (c Claim) String() string { return c.Of.of(c.Node) }

// Claimer is a Fault that says what it claims while it is held. Only names in the
// target are read: the nodes need not run. One that does not say takes the whole
// of its node.
type Claimer interface{ Claims(Target) []Claim }

// ClaimsOf are the claims of a fault on a target.
func ClaimsOf(f Fault, t Target) []Claim {
	if c, ok := f.(Claimer); ok {
		return c.Claims(t)
	}
	return whole(t)
}

// Clash finds what keeps two faults from being on at the same time: something
// that one of them changes, and that the other changes too or rests on.
func Clash(a, b []Claim) (of, with Claim, found bool) {
	for _, mine := range a {
		for _, theirs := range b {
			if mine.Node == theirs.Node && (mine.Exclusive || theirs.Exclusive) && mine.Of.meets(theirs.Of) {
				return mine, theirs, true
			}
		}
	}
	return Claim{}, Claim{}, false
}

// thing is a part that is one with its name.
type thing string

// life is the node as a whole: that it runs, and answers.
const life thing = "life"

func (r thing) meets(o Part) bool { return r == o }

func (r thing) of(node string) string {
	if r == life {
		return node + " as a whole"
	}
	return fmt.Sprintf("the %s of %s", string(r), node)
}

// way is one property of the way that connections take from a node to a port of
// another. Port 0 stands for all of them.
type way struct {
	trait string
	to    string
	port  int
}

// Properties of a way. A fault that closes it hides all others; packets that are
// lost and packets that are late can be told apart.
const (
	wayOpen        = "way"
	wayLoss        = "packet loss on the way"
	wayPace        = "pace on the way"
	wayCopies      = "order and number of packets on the way"
	wayConnections = "connections"
)

func (w way) meets(o Part) bool {
	other, ok := o.(way)
	return ok && w.trait == other.trait && w.to == other.to && (w.port == other.port || w.port == 0 || other.port == 0)
}

func (w way) of(node string) string {
	text := fmt.Sprintf("the %s from %s to %s", w.trait, node, w.to)
	if w.port > 0 {
		text += fmt.Sprintf(":%d", w.port)
	}
	return text
}

// rests is a claim on what must stay as it is, takes one on what is changed.
func rests(node string, r Part) Claim { return Claim{Node: node, Of: r} }
func takes(node string, r Part) Claim { return Claim{Node: node, Of: r, Exclusive: true} }

// whole takes the target's node: it is killed, stopped, frozen or replaced.
func whole(t Target) []Claim { return []Claim{takes(t.Node.Name(), life)} }

// alive are claims on nodes that must run and answer.
func alive(nodes ...string) (all []Claim) {
	for _, n := range nodes {
		all = append(all, rests(n, life))
	}
	return all
}

// besides are all nodes but one, by name.
func (t Target) besides(node string) (names []string) {
	for _, p := range t.Peers {
		if p.Name != node {
			names = append(names, p.Name)
		}
	}
	return names
}

// claiming is a work that leaves something of its node to others.
type claiming interface{ claims(Target) []Claim }

// Claims implements [Claimer].
func (f aimed[N]) Claims(t Target) []Claim {
	if w, ok := f.work.(claiming); ok {
		return w.claims(t)
	}
	return whole(t)
}

// claims takes the processes of one name.
func (f *processKill) claims(t Target) []Claim { return ofProcess(t, f.name) }
func (f *processStop) claims(t Target) []Claim { return ofProcess(t, f.name) }

func ofProcess(t Target, name string) []Claim {
	node := t.Node.Name()
	return []Claim{rests(node, life), takes(node, thing("process "+name))}
}

// claims follow from what the rules are about. Of a mechanism that nothing is
// said about here one fault at a time is on a node.
func (f *ruled) claims(t Target) []Claim {
	var all []Claim
	if f.mechanism != Settings {
		all = alive(t.Node.Name())
	}
	if t.Link != nil {
		all = append(all, alive(t.Link.To.Name)...)
	}
	rules, err := f.place(t)
	if err != nil || len(rules) == 0 {
		return append(all, takes(t.Node.Name(), thing("state of "+f.mechanism)))
	}
	for _, p := range rules {
		all = append(all, f.claimsOf(t, p)...)
	}
	return all
}

func (f *ruled) claimsOf(t Target, p placed) []Claim {
	node := p.on.Name()
	switch spec := p.spec.(type) {
	case PacketSpec:
		return spec.claims(t, f.names)
	case InterfaceSpec:
		return PacketSpec{Action: "drop"}.claims(t, nil)
	case LimitSpec:
		return []Claim{takes(node, thing("limit on "+spec.Resource))}
	case SettingSpec:
		file := takes(node, thing("file "+spec.File))
		if spec.Do == SettingCertify { // a bad certificate waits for the next start, whoever makes it
			return []Claim{file}
		}
		return append(alive(node), file)
	case FileSpec:
		return []Claim{takes(node, thing("volume "+spec.Volume))}
	case DiskSpec:
		// A disk is changed for another while its server is down.
		return []Claim{takes(node, thing("volume "+spec.Volume)), {Node: node, Of: life, Exclusive: spec.Do == DiskLose}}
	}
	return []Claim{takes(node, thing("state of "+f.mechanism))}
}

// claims of a rule on packets: the ways between the node and those at the other
// end, which are everybody where nobody is named.
func (s PacketSpec) claims(t Target, peers []string) []Claim {
	self := t.Node.Name()
	named := peers
	if t.Link != nil {
		named = []string{t.Link.To.Name}
	}
	others := named
	if len(others) == 0 {
		others = t.besides(self)
	}
	var all []Claim
	for _, o := range others {
		all = append(append(all, alive(o)...), s.between(self, o)...)
	}
	if len(named) > 0 && s.cuts() {
		all = append(all, witnesses(t, named)...)
	}
	return all
}

// cuts tells whether nothing at all passes. The proof of that looks at all others;
// of other rules it makes do with one way that is free of them ([treated]).
func (s PacketSpec) cuts() bool { return s.Share == 0 && s.Longer == 0 && !s.Treats() }

// between are the claims on the ways from each of two nodes to the other.
func (s PacketSpec) between(self, other string) (all []Claim) {
	ports := []int{0}
	if len(s.Ports) > 0 {
		ports = nil
	}
	for _, p := range s.Ports {
		ports = append(ports, int(p))
	}
	for _, port := range ports {
		if s.Beyond == 0 { // a limit is on connections that others make
			all = append(all, s.along(self, other, port)...)
		}
		if s.Flows != "new" || s.Direction != "to" {
			all = append(all, s.along(other, self, port)...)
		}
	}
	return all
}

func (s PacketSpec) along(from, to string, port int) []Claim {
	open, loss := way{wayOpen, to, port}, way{wayLoss, to, port}
	pace, copies := way{wayPace, to, port}, way{wayCopies, to, port}
	switch {
	case s.Action == DelayPackets && s.Share == 0:
		return []Claim{rests(from, open), takes(from, pace)}
	case s.Action == DelayPackets: // some of them, which is what reorders
		return []Claim{rests(from, open), takes(from, pace), takes(from, copies)}
	case s.Action == RatePackets: // a full line drops
		return []Claim{rests(from, open), takes(from, pace), takes(from, loss)}
	case s.Action == DuplicatePackets:
		return []Claim{rests(from, open), takes(from, copies)}
	case s.Share > 0: // a broken packet is a lost one
		return []Claim{rests(from, open), takes(from, loss)}
	}
	return []Claim{takes(from, open), rests(from, loss), rests(from, pace)}
}

// witnesses are the nodes that must still answer the target while its way to
// some others is cut. An answer may be late, but not be lost.
func witnesses(t Target, cut []string) (all []Claim) {
	self := t.Node.Name()
	for _, o := range t.besides(self) {
		if !slices.Contains(cut, o) {
			all = append(append(all, alive(o)...), rests(self, way{trait: wayOpen, to: o}), rests(self, way{trait: wayLoss, to: o}))
		}
	}
	return all
}

// Whole is a claim on a node as a whole, for those who change whether it runs.
func Whole(node string) []Claim { return []Claim{takes(node, life)} }

// Contested are the claims on what is changed.
func Contested(claims []Claim) []Claim {
	return slices.DeleteFunc(slices.Clone(claims), func(c Claim) bool { return !c.Exclusive })
}
