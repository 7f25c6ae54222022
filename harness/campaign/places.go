package campaign

import (
	"errors"
	"slices"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Place is a fault that can be put on something of the system.
type Place struct {
	Kind faults.Kind
	On   string
	With []string
	Role string
}

// LeftOut is a kind of fault that is not tried, and why.
type LeftOut struct {
	Fault string `json:"fault"`
	Why   string `json:"why"`
}

// destroying are the kinds that are a loss themselves: a disk that is gone takes
// mail with it, which no schedule has to find. Named, they are tried all the same.
var destroying = []string{"smtp.accept-and-drop", "smtp.dsn-suppressed", "storage.disk-lost", "storage.delete",
	"storage.ransom", "storage.rollback", "storage.corrupt", "node.replace", "node.upgrade"}

// samples are values for parameters, by kind; each of them is drawn as often. A
// kind that is not here is tried as it is by default. Process names depend on the
// server: those that do not fit are refused by the plan.
var samples = map[string]func(topology.Node) [][]string{
	"process.kill":  processes,
	"process.stop":  processes,
	"resource.fds":  processes,
	"net.loss":      values("rate=10%", "rate=30%", "rate=60%"),
	"net.latency":   values("delay=100ms", "delay=1s"),
	"net.bandwidth": values("rate=128kbit/s", "rate=1Mbit/s"),
	"node.flap":     values("period=2s", "period=5s"),
	"node.stop":     values("grace=10s", "grace=1s"),
}

func values(one ...string) func(topology.Node) [][]string {
	return func(topology.Node) (all [][]string) {
		for _, v := range one {
			all = append(all, []string{v})
		}
		return all
	}
}

// servers are the processes worth killing, by server.
var servers = []struct {
	server string
	names  []string
}{
	{"postfix", []string{"master", "qmgr", "smtpd", "cleanup"}},
	{"dovecot", []string{"lmtp", "imap", "auth"}},
	{"cyrus", []string{"lmtpd", "imapd"}},
	{"haproxy", []string{"haproxy"}},
}

func processes(n topology.Node) (all [][]string) {
	for _, s := range servers {
		for _, name := range s.names {
			if strings.Contains(n.Server, s.server) {
				all = append(all, []string{"name=" + name})
			}
		}
	}
	return all
}

// Places lists what can be broken, in the order of the catalogue and the file,
// and which kinds are left out.
func (b *Base) Places() (places []Place, left []LeftOut) {
	for _, k := range faults.Catalogue {
		if !b.wanted(k.ID) {
			continue
		}
		found, why := b.placesOf(k)
		if len(found) == 0 {
			left = append(left, LeftOut{k.ID, why})
		}
		places = append(places, found...)
	}
	return places, left
}

// wanted tells whether a kind was asked for; one that destroys, by its name.
func (b *Base) wanted(kind string) bool {
	if len(b.options.Faults) == 0 {
		return true
	}
	return slices.ContainsFunc(b.options.Faults, func(f string) bool {
		return f == kind || strings.HasSuffix(f, ".") && strings.HasPrefix(kind, f)
	})
}

func (b *Base) placesOf(k faults.Kind) (found []Place, why string) {
	if slices.Contains(destroying, k.ID) && !slices.Contains(b.options.Faults, k.ID) {
		return nil, "it destroys mail or replaces a server, which is a finding by itself; --fault " + k.ID + " tries it"
	}
	for _, target := range b.targets(k) {
		for _, with := range b.samplesOf(k, target.node) {
			p := Place{Kind: k, On: target.name, With: with, Role: target.role}
			if err := b.fits(p); err != nil {
				why = reason(err)
				continue
			}
			found = append(found, p)
		}
	}
	if why == "" {
		why = "nothing here is of the kind that it is aimed at"
	}
	return found, why
}

func (b *Base) samplesOf(k faults.Kind, n topology.Node) [][]string {
	if of, ok := samples[k.ID]; ok {
		return of(n)
	}
	return [][]string{nil}
}

// fits asks the planner for a drill of this fault alone.
func (b *Base) fits(p Place) error {
	_, err := b.Compile(Schedule{N: 1, Entries: []Entry{p.entry("a", time.Second)}})
	return err
}

// entry puts the fault into a schedule, at its start.
func (p Place) entry(id string, held time.Duration) Entry {
	e := Entry{ID: id, Fault: p.Kind.ID, On: []string{p.On}, With: p.With, Role: p.Role, Stage: Steady, For: held}
	if p.Kind.Momentary {
		e.For = 0
	}
	return e
}

// reason is a mistake without its position, which is in no file of the user's.
func reason(err error) string {
	var p scenarios.Problem
	if errors.As(err, &p) {
		return p.Message
	}
	return err.Error()
}

type target struct {
	name, role string
	node       topology.Node
}

// targets are what a kind may be aimed at. The sender outside the fault domain
// stays whole, and so does the vantage.
func (b *Base) targets(k faults.Kind) (all []target) {
	t := b.plan.Topology
	add := func(name, role string, n topology.Node) {
		if len(b.options.On) == 0 || slices.Contains(b.options.On, name) {
			all = append(all, target{name, role, n})
		}
	}
	var sites []string
	for _, n := range t.Nodes {
		if n.Has(topology.Outside) || n.Has(topology.Relay) {
			continue
		}
		if k.Takes(faults.AtNode) {
			add(n.Name, roleOf(n), n)
		}
		if n.Site != "" && k.Takes(faults.AtSite) && !slices.Contains(sites, n.Site) {
			sites = append(sites, n.Site)
			add(n.Site, "site", n)
		}
	}
	for _, l := range t.Links {
		from, _ := t.Node(l.From)
		to, _ := t.Node(l.To)
		if k.Takes(faults.AtLink) {
			add(l.Name, roleOf(from)+"-"+roleOf(to), from)
		}
	}
	return all
}

// roleOf names what a node is, its first role.
func roleOf(n topology.Node) string {
	if len(n.Roles) == 0 {
		return string(topology.Other)
	}
	return string(n.Roles[0])
}
