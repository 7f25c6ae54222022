package scenarios

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// checkZones checks the records (RFC 1035, section 5).
func (d *Document) checkZones(t *Topology, path string, names []string) {
	for _, zone := range slices.Sorted(maps.Keys(t.Zones)) {
		for i, r := range t.Zones[zone] {
			at := item(under(path, zone), i)
			d.known(at+".node", r.Node, names)
			d.checkAnswer(r, at)
			if r.Value != "" {
				d.checkValue(r, zone, at+".value")
			}
		}
	}
}

// checkAnswer: exactly one of value and node, and node for addresses only.
func (d *Document) checkAnswer(r Record, at string) {
	value, node := d.has(at+".value"), d.has(at+".node")
	switch {
	case value == node:
		d.wrong(at, "a record has either `value` or `node`", "")
	case node && r.Type != "" && r.Type != "A" && r.Type != "AAAA":
		d.wrong(at+".node", fmt.Sprintf("`node` stands for addresses; a record of type %s has a `value`", r.Type), "")
	}
}

var mxForm = regexp.MustCompile(`^([0-9]{1,5}) +(\S+)$`)

func (d *Document) checkValue(r Record, zone, at string) {
	switch r.Type {
	case "MX":
		m := mxForm.FindStringSubmatch(r.Value)
		if m == nil {
			d.wrong(at, fmt.Sprintf("MX value %s is not of the form `preference host.`", quote(r.Value)), "")
			return
		}
		if m[2] != "." { // RFC 7505: a null MX
			d.checkTarget(m[2], zone, at)
		}
	case "CNAME", "NS", "PTR":
		d.checkTarget(r.Value, zone, at)
	case "A", "AAAA":
		if a, err := netip.ParseAddr(r.Value); err != nil || a.Is4() != (r.Type == "A") {
			d.wrong(at, fmt.Sprintf("%s is no address for a record of type %s", quote(r.Value), r.Type), "")
		}
	}
}

// checkTarget keeps names inside the drill, and catches the dot that zone
// files are famous for.
func (d *Document) checkTarget(host, zone, at string) {
	full, absolute := strings.CutSuffix(host, ".")
	inside := d.formIn(domainForm)
	switch {
	case !absolute && domainForm.pattern.MatchString(host):
		d.wrong(at, fmt.Sprintf("%s without a final dot means %s.%s", quote(host), host, zone), "")
	case absolute && !inside.pattern.MatchString(full):
		d.wrong(at, fmt.Sprintf("%s is not %s", quote(host), inside.words), "")
	}
}
