package scenarios

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// checkTopology looks for names that point nowhere and nodes that cannot be
// started. prefix is the path of the topology in the file, with its dot.
func (d *Document) checkTopology(t *Topology, prefix string) {
	names := t.names()
	for _, n := range t.Nodes {
		if slices.Contains(names, n.Site) {
			d.wrong(under(prefix+"nodes", n.Name)+".site", fmt.Sprintf("site %q has the name of a node", n.Site), "")
		}
		d.checkNode(n, under(prefix+"nodes", n.Name), names)
	}
	d.checkAccess(t, prefix)
	links := map[string]bool{}
	for i, l := range t.Links {
		path := item(prefix+"links", i)
		d.known(path+".from", l.From, names)
		d.known(path+".to", l.To, names)
		switch {
		case slices.Contains(names, l.Name):
			d.wrong(path+".name", fmt.Sprintf("link %q has the name of a node", l.Name), "")
		case slices.Contains(t.sites(), l.Name) && l.Name != "":
			d.wrong(path+".name", fmt.Sprintf("link %q has the name of a site", l.Name), "")
		case links[l.Name] && l.Name != "":
			d.wrong(path+".name", fmt.Sprintf("link %q is there twice", l.Name), "")
		}
		links[l.Name] = true
	}
	d.checkZones(t, prefix+"zones", names)
}

// checkAccess refuses ways in that lead nowhere.
func (d *Document) checkAccess(t *Topology, prefix string) {
	known := t.names()
	for _, n := range t.Nodes {
		known = append(known, cmp.Or(n.Host, n.Name+"."+t.mailDomain()))
	}
	for zone, records := range t.Zones {
		for _, r := range records {
			known = append(known, r.Name+"."+zone)
		}
	}
	for key, way := range map[string]string{"imap": t.Access.IMAP, "submission": t.Access.Submission} {
		if way != "" && !slices.Contains(known, way) {
			d.wrong(prefix+"access."+key, fmt.Sprintf("%q is neither a node nor a host that the topology has an address of", way), way, known...)
		}
	}
}

// keptNames are the nodes that every drill has.
var keptNames = []struct{ name, role string }{{"dns1", "dns"}, {"outside", "outside"}}

// names lists the nodes, with the name server and the vantage that every drill
// has even if the file has not.
func (t *Topology) names() []string {
	var names []string
	for _, n := range t.Nodes {
		names = append(names, n.Name)
	}
	for _, kept := range keptNames {
		if !t.hasRole(kept.role) && !slices.Contains(names, kept.name) {
			names = append(names, kept.name)
		}
	}
	return names
}

func (t *Topology) hasRole(role string) bool {
	return slices.ContainsFunc(t.Nodes, func(n Node) bool { return slices.Contains(n.Roles, role) })
}

// known refuses the name of a node that there is not.
func (d *Document) known(path, name string, names []string) {
	if name != "" && !slices.Contains(names, name) {
		d.wrong(path, fmt.Sprintf("unknown node %q", name), name, names...)
	}
}

func (d *Document) checkNode(n Node, path string, names []string) {
	d.duplicates(path+".roles", n.Roles)
	d.known(path+".mail.deliver_to", n.Mail.DeliverTo, names)
	if n.Defects != nil {
		for i, t := range n.Defects.LoseWhile {
			d.known(item(path+".defects.lose_while", i)+".node", t.Node, names)
		}
	}
	d.checkServer(n, path)
	d.checkOwn(n, path)
	d.checkQueue(n, path)
	d.checkVolumes(n, path+".volumes")
	if strings.Contains(n.Server, "postfix") && len(n.Mail.Domains) > 0 && !d.has(path+".mail.deliver_to") {
		d.wrong(path+".mail.domains", "mail for these domains goes nowhere: `deliver_to` is missing", "")
	}
	for _, kept := range keptNames {
		if n.Name == kept.name && !slices.Contains(n.Roles, kept.role) {
			d.wrong(path, fmt.Sprintf("the name %q is kept for a node with the role %s", n.Name, kept.role), "")
		}
	}
}

// LeastDisk is the smallest file system that has a journal and room for mail,
// in bytes.
const LeastDisk = 16 << 20

// LeastXFS is the smallest file system that mkfs.xfs(8) makes, in bytes.
const LeastXFS = 300 << 20

func (d *Document) checkVolumes(n Node, path string) {
	seen := map[string]bool{}
	for i, v := range n.Volumes {
		at := item(path, i)
		if seen[v.Name] && v.Name != "" {
			d.wrong(at+".name", fmt.Sprintf("volume %q is there twice", v.Name), "")
		}
		seen[v.Name] = true
		switch {
		case v.From != "" && d.has(at+".size"):
			d.wrong(at+".from", "a volume with a `size` is a disk that is made for the drill; it begins empty", "")
		case v.Shared && d.has(at+".size"):
			d.wrong(at+".shared", "a volume with a `size` is a disk of one node; it cannot be shared", "")
		case v.Options != "" && !d.has(at+".size"):
			d.wrong(at+".options", "only a volume with a `size` is a file system of its own, which takes options", "")
		case v.Type != "" && !d.has(at+".size"):
			d.wrong(at+".type", "only a volume with a `size` is a file system of its own, which has a type", "")
		case v.Type == "xfs" && v.Size > 0 && v.Size < LeastXFS:
			d.wrong(at+".size", fmt.Sprintf("%s is too small for XFS; at least %s are needed", v.Size, Size(LeastXFS)), "")
		case v.Size > 0 && v.Size < LeastDisk:
			d.wrong(at+".size", fmt.Sprintf("%s is too small for a file system with a journal; at least %s are needed", v.Size, Size(LeastDisk)), "")
		}
	}
}

// checkServer refuses a node of which nobody knows what it runs.
func (d *Document) checkServer(n Node, path string) {
	if d.has(path+".image") || d.has(path+".build") || d.has(path+".attached") || !d.has(path) {
		return
	}
	typical := slices.ContainsFunc(n.Roles, func(r string) bool { return r != "other" })
	switch {
	case n.Server == "custom":
		d.wrong(path+".server", "server custom takes an `image`, or a `build`; both are missing", "")
	case !d.has(path+".server") && !d.has(path+".roles"):
		d.wrong(path, fmt.Sprintf("node %q has neither roles, server nor image", n.Name), "")
	case !d.has(path+".server") && !typical && len(n.Roles) > 0:
		d.wrong(path, fmt.Sprintf("node %q has no server, and its roles name none: `server` or `image` is missing", n.Name), "")
	}
}

func (d *Document) checkQueue(n Node, path string) {
	command := d.has(path + ".queue_command")
	if n.Queue == "exec" && !command {
		d.wrong(path+".queue", "queue exec takes a `queue_command`, which is missing", "")
	}
	if command && n.Queue != "exec" {
		d.wrong(path+".queue_command", "`queue_command` belongs to queue exec", "")
	}
}

// powerful are capabilities by which a container gets at its host (capabilities(7)).
var powerful = []string{"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "SYS_TIME", "SYSLOG", "MAC_ADMIN", "MAC_OVERRIDE", "BPF", "PERFMON", "DAC_READ_SEARCH", "WAKE_ALARM", "BLOCK_SUSPEND", "CHECKPOINT_RESTORE"}

// Powerful tells whether a capability, without CAP_, is one that no node may have.
func Powerful(capability string) bool { return slices.Contains(powerful, capability) }

// checkOwn checks what only a node of one's own image has, and finds the folder of
// its build.
func (d *Document) checkOwn(n Node, path string) {
	custom := n.Image != "" || n.Build != nil || n.Server == "custom" || n.Attached != ""
	if n.Attached != "" {
		for _, key := range []string{"build", "container", "command", "env", "files", "volumes", "certificates", "settings", "standby"} {
			if d.has(path + "." + key) {
				d.wrong(path+"."+key, fmt.Sprintf("%s runs already: `%s` belongs to a node that is made for the drill", n.Attached, key), "")
			}
		}
	}
	for _, key := range []string{"build", "container", "accounts", "remove_accounts", "certificates"} {
		if d.has(path+"."+key) && !custom {
			d.wrong(path+"."+key, fmt.Sprintf("`%s` belongs to a node with an image of one's own", key), "")
		}
	}
	if n.Build != nil && n.Build.Context != "" && !filepath.IsAbs(n.Build.Context) {
		n.Build.Context = filepath.Join(filepath.Dir(d.File), n.Build.Context)
	}
	if n.Container == nil {
		return
	}
	for i, c := range n.Container.CapAdd {
		if Powerful(c) {
			d.wrong(item(path+".container.cap_add", i), fmt.Sprintf("%s would let the container out of the drill", c), "")
		}
	}
}
