package channel

import (
	"slices"
	"strings"
)

// Radius is what is down during the exercise.
type Radius struct {
	Mail  []string // mail domains
	Zones []string // DNS zones
	Nodes []string // nodes of the drill and their hosts
	Words []string // what has no name of its own: directory, sso, vpn
}

// RadiusOf reads the words of `breaks`: mail:DOMAIN, dns:ZONE, node:NAME, or a
// word.
func RadiusOf(breaks []string) Radius {
	var r Radius
	for _, b := range breaks {
		r.add(b)
	}
	return r
}

func (r *Radius) add(what string) {
	list, name := &r.Words, what
	kind, of, named := strings.Cut(what, ":")
	lists := map[string]*[]string{"mail": &r.Mail, "dns": &r.Zones, "node": &r.Nodes}
	if named && lists[kind] != nil {
		list, name = lists[kind], of
	}
	if name = domain(name); name != "" && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

// And is both together.
func (r Radius) And(other Radius) Radius {
	join := func(a, b []string) []string {
		all := slices.Concat(a, b)
		slices.Sort(all)
		return slices.Compact(all)
	}
	return Radius{join(r.Mail, other.Mail), join(r.Zones, other.Zones), join(r.Nodes, other.Nodes), join(r.Words, other.Words)}
}

// domain makes names comparable.
func domain(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
}

// within tells if a name is the domain or lies below it.
func within(name, of string) bool {
	name, of = domain(name), domain(of)
	return of != "" && (name == of || strings.HasSuffix(name, "."+of))
}

func first(list []string, fits func(string) bool) (string, bool) {
	i := slices.IndexFunc(list, fits)
	if i < 0 {
		return "", false
	}
	return list[i], true
}

// host says why a host cannot be reached, or nothing.
func (r Radius) host(name string) (broken, why string) {
	if name = domain(name); name == "" {
		return "", ""
	}
	if z, ok := first(r.Zones, func(z string) bool { return within(name, z) }); ok {
		return "dns:" + z, name + " lies in the zone " + z + ", and nobody finds it while that zone is broken"
	}
	if n, ok := first(r.Nodes, func(n string) bool { return r.isNode(name, n) }); ok {
		return "node:" + n, name + " is a host of the drill, and may be stopped"
	}
	return "", ""
}

// isNode compares the whole name, or the first word of one that lies in a domain
// of the drill: mx1.drill.test is mx1.
func (r Radius) isNode(name, node string) bool {
	name, node = domain(name), domain(node)
	if name == node {
		return true
	}
	label, rest, ok := strings.Cut(name, ".")
	ours := func(d string) bool { return within(rest, d) }
	return ok && label == node && (slices.ContainsFunc(r.Mail, ours) || slices.ContainsFunc(r.Zones, ours))
}

// mail says why mail of a domain does not arrive, or nothing.
func (r Radius) mail(name string) (broken, why string) {
	if m, ok := first(r.Mail, func(m string) bool { return within(name, m) }); ok {
		return "mail:" + m, "mail of " + domain(name) + " is what the exercise breaks"
	}
	if z, ok := first(r.Zones, func(z string) bool { return within(name, z) }); ok {
		return "dns:" + z, "mail of " + domain(name) + " is not found while the zone " + z + " is broken"
	}
	return "", ""
}
