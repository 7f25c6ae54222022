package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// fullName is a name with its final dot, in lower case.
func fullName(name string) string { return dns.CanonicalName(name) }

// owner is the full name of a record.
func (z Zone) owner(r Record) string {
	switch {
	case r.Name == "@" || r.Name == "":
		return fullName(z.Name)
	case strings.HasSuffix(r.Name, "."):
		return fullName(r.Name)
	}
	return fullName(r.Name + "." + z.Name)
}

// zoneOf finds the longest zone that a name is in.
func (t Target) zoneOf(name string) (best Zone, found bool) {
	for _, z := range t.Zones {
		if dns.IsSubDomain(fullName(z.Name), name) && (!found || len(z.Name) > len(best.Name)) {
			best, found = z, true
		}
	}
	return best, found
}

// writtenFor are the records of a topology that answer a question.
func (t Target) writtenFor(q asked) (found []Record) {
	z, _ := t.zoneOf(q.name)
	for _, r := range z.Records {
		if z.owner(r) == q.name && r.Type == q.qtype {
			found = append(found, r)
		}
	}
	return found
}

// lines are the right answers to a question, as lines of a zone file. Of a node
// whose addresses are not known yet there are none.
func (t Target) lines(q asked) (found []string, err error) {
	z, _ := t.zoneOf(q.name)
	for _, r := range t.writtenFor(q) {
		for _, value := range t.values(r) {
			rr, err := recordOf(z, q.name, r, value)
			if err != nil {
				return nil, err
			}
			found = append(found, rr.String())
		}
	}
	return found, nil
}

func (t Target) values(r Record) (values []string) {
	if r.Node == "" {
		return []string{r.Value}
	}
	p, _ := t.Peer(r.Node)
	for _, a := range p.Addresses {
		if a = a.Unmap(); (r.Type == "A") == a.Is4() {
			values = append(values, a.String())
		}
	}
	return values
}

// recordOf reads one record as a line of its zone's file.
func recordOf(z Zone, owner string, r Record, value string) (dns.RR, error) {
	seconds := int(max(r.TTL, time.Second) / time.Second)
	line := fmt.Sprintf("%s %d IN %s %s\n", owner, seconds, r.Type, value)
	p := dns.NewZoneParser(strings.NewReader(line), fullName(z.Name), "")
	rr, ok := p.Next()
	if !ok {
		return nil, fmt.Errorf("record %q: %w", strings.TrimSpace(line), p.Err())
	}
	return rr, nil
}

// parsed reads lines with whole names.
func parsed(lines []string) (found []dns.RR, err error) {
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil || rr == nil {
			return nil, fmt.Errorf("record %q cannot be read: %v", line, err)
		}
		found = append(found, rr)
	}
	return found, nil
}

// dataIn are the sorted data of the lines that have the type.
func dataIn(lines []string, qtype string) []string {
	all, _ := parsed(lines)
	var data []string
	for _, rr := range all {
		if dns.Type(rr.Header().Rrtype).String() == qtype {
			data = append(data, dataOf(rr))
		}
	}
	slices.Sort(data)
	return data
}

// mustHave says what is missing where a topology has no such record.
func (t Target) mustHave(q asked) error {
	if len(t.writtenFor(q)) > 0 {
		return nil
	}
	return fmt.Errorf("the topology has no record %s: write one under `zones`", q)
}

// exchangers are the MX records of a domain, the most preferred first.
func (t Target) exchangers(name string) ([]*dns.MX, error) {
	q := asked{name, "MX"}
	if err := t.mustHave(q); err != nil {
		return nil, err
	}
	lines, err := t.lines(q)
	if err != nil {
		return nil, err
	}
	all, err := parsed(lines)
	var found []*dns.MX
	for _, rr := range all {
		found = append(found, rr.(*dns.MX))
	}
	slices.SortStableFunc(found, func(a, b *dns.MX) int { return int(a.Preference) - int(b.Preference) })
	return found, err
}
