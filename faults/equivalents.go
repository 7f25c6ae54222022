package faults

import (
	"fmt"
	"strings"
)

// Equivalent is something that happens to mail systems and is no kind of its
// own: other kinds do it.
type Equivalent struct {
	Name string
	// Kinds are those that do it, How says with which parameters.
	Kinds []string
	How   string
}

// Equivalents lists what is no kind of its own.
var Equivalents = []Equivalent{
	{"A replication link is cut", []string{"net.partition"}, "on the link between the two stores, with the `port` of the replication if the link has none. One way only: `direction`"},
	{"A replication link is slow", []string{"link.slow"}, "on the link between the two stores. One that loses packets: net.loss on it"},
	{"Both sides of a replication are written to (split brain)", []string{"net.partition"}, "on the link between the two stores, while mail is sent to both"},
	{"A balancer dies", []string{"node.crash"}, "on the balancer. process.kill, if its port is to refuse at once; node.freeze, if it is to hang"},
	{"A balancer takes its backends for dead", []string{"net.partition"}, "from the balancer to all of them: several links in one `on`"},
	{"MX records are moved to another host", []string{"dns.stale"}, "the new records in the zone, the old ones in `records`, for the `clients` whose caches are to hold them"},
	{"The directory or the filter cannot be reached", []string{"net.partition"}, "on the link to it; dep.directory and dep.filter with `effect: down` reset connections instead"},
	{"The smart host's name does not resolve", []string{"dns.servfail", "dns.nxdomain"}, "with the `name` of the smart host"},
	{"The provider blocks outgoing mail", []string{"net.egress-block"}, "on the host that sends"},
	{"A server is restarted", []string{"node.stop"}, "with a short `for:`; node.crash for one that was not shut down"},
	{"A configuration is lost with its host", []string{"node.replace"}, "with or without its volumes"},
	{"Mail goes round in a loop", []string{"load.bounce-storm"}, "as it looks to the mailbox at its end; hop counts end real loops (RFC 5321, section 6.3)"},
	{"The backup MX hands back what it kept", []string{"load.surge"}, "begun `after:` the step that heals, or with the backup's own queue: node.crash on the primary"},
}

// Omission is something that is not in the catalogue. It is the error for those
// who ask for it.
type Omission struct {
	Name, Reason string
	IDs          []string // the kinds that one would look for
}

func (o Omission) Error() string {
	return fmt.Sprintf("%s: it is left out of the catalogue, for %s", o.Name, o.Reason)
}

// LeftOut lists what is not in the catalogue, and why.
var LeftOut = []Omission{
	{Name: "time.skew: a host's clock is wrong", IDs: []string{"time.skew", "clock.skew"}, Reason: "it cannot be proven. Time namespaces shift the monotonic and the boot clock and never CLOCK_REALTIME (time_namespaces(7)), which is the one that mail is stamped by. " +
		"libfaketime has to be in the image when the container is made, and the dynamic linker ignores it for programs that run set-user-ID or set-group-ID (ld.so(8), LD_PRELOAD), as postdrop and postqueue do; servers that clean their environment lose it too (import_environment, postconf(5)). " +
		"A clock that is wrong in a part of a server only is a fault that no real host has. For certificates that expire use tls.certificate"},
	{Name: "The engine is restarted", Reason: "it would end what is not the drill's own"},
	{Name: "DNSSEC that does not validate", IDs: []string{"dns.dnssec"}, Reason: "the drill's resolver is the authoritative server itself, and validates nothing. What a validating resolver answers then is SERVFAIL (RFC 4035, section 5.5): dns.servfail"},
}

// beside writes the sections on what has no row in the catalogue.
func beside() string {
	var b strings.Builder
	b.WriteString("\n## What is not a kind of its own\n\n| what happens | kinds | how |\n|---|---|---|\n")
	for _, e := range Equivalents {
		var links []string
		for _, id := range e.Kinds {
			links = append(links, fmt.Sprintf("[`%s`](#%s)", id, anchor(id)))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", e.Name, strings.Join(links, ", "), e.How)
	}
	b.WriteString("\n## What is left out, and why\n\n| what | why |\n|---|---|\n")
	for _, o := range LeftOut {
		fmt.Fprintf(&b, "| %s | %s |\n", o.Name, o.Reason)
	}
	return b.String()
}
