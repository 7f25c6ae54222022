package faults

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// swapped is a plan in which a name has other records of some types; with none
// of a type it has no such record.
func swapped(t Target, q asked, lines, clients []string) (namePlan, error) {
	effect := NameEffect{Reply: ReplyRecords, Records: lines}
	wrong := dataIn(lines, q.qtype)
	sign := func(a told) bool { return !a.silent && !a.cut && a.rcode == "NOERROR" && slices.Equal(a.data, wrong) }
	if len(wrong) == 0 {
		effect, sign = NameEffect{Reply: ReplyNoData}, hasNone
	}
	plan := namePlan{clients: clients, asks: q, sign: sign,
		spec: NameSpec{Match: []NameMatch{{Name: q.name, Types: []string{q.qtype}}}, Effect: effect}}
	if err := t.mustHave(q); err != nil {
		return plan, err
	}
	if _, err := parsed(lines); err != nil {
		return plan, err
	}
	right, err := t.lines(q)
	if err == nil && len(wrong) > 0 && slices.Equal(dataIn(right, q.qtype), wrong) {
		err = fmt.Errorf("%s is so already: nothing would change", q)
	}
	return plan, err
}

// line writes a record with the time to live that records have by themselves.
func line(name, qtype, value string) string { return fmt.Sprintf("%s 5 IN %s %s", name, qtype, value) }

// onName are the parameters of what happens to the records of a domain.
type onName struct {
	Name    string   `yaml:"name"`
	Clients []string `yaml:"clients"`
}

func (p onName) of(t Target) string { return fullName(orElse(p.Name, t.Domain)) }

// The kinds that change MX records.
type (
	mxMissing    onName
	mxNull       onName
	mxFlipped    onName
	mxBackupOnly onName
)

func (p mxMissing) nodes() []string    { return p.Clients }
func (p mxNull) nodes() []string       { return p.Clients }
func (p mxFlipped) nodes() []string    { return p.Clients }
func (p mxBackupOnly) nodes() []string { return p.Clients }

func (p mxMissing) plan(t Target) (namePlan, error) {
	return swapped(t, asked{onName(p).of(t), "MX"}, nil, p.Clients)
}

// plan: RFC 7505, section 3.
func (p mxNull) plan(t Target) (namePlan, error) {
	name := onName(p).of(t)
	return swapped(t, asked{name, "MX"}, []string{line(name, "MX", "0 .")}, p.Clients)
}

// plan gives the first host the last one's preference, and so on.
func (p mxFlipped) plan(t Target) (namePlan, error) {
	name := onName(p).of(t)
	hosts, err := ranked(t, name)
	if err != nil {
		return namePlan{}, err
	}
	var lines []string
	for i, mx := range hosts {
		lines = append(lines, line(name, "MX", fmt.Sprintf("%d %s", hosts[len(hosts)-1-i].Preference, mx.Mx)))
	}
	return swapped(t, asked{name, "MX"}, lines, p.Clients)
}

func (p mxBackupOnly) plan(t Target) (namePlan, error) {
	name := onName(p).of(t)
	hosts, err := ranked(t, name)
	if err != nil {
		return namePlan{}, err
	}
	last := hosts[len(hosts)-1].Preference
	var lines []string
	for _, mx := range hosts {
		if mx.Preference == last {
			lines = append(lines, line(name, "MX", fmt.Sprintf("%d %s", last, mx.Mx)))
		}
	}
	return swapped(t, asked{name, "MX"}, lines, p.Clients)
}

// ranked are the exchangers of a domain that has a backup.
func ranked(t Target, name string) ([]*dns.MX, error) {
	hosts, err := t.exchangers(name)
	if err == nil && hosts[0].Preference == hosts[len(hosts)-1].Preference {
		err = fmt.Errorf("%s has no MX of a second preference: it has no backup", name)
	}
	return hosts, err
}

// mxWrong is dns.mx.wrong.
type mxWrong struct {
	Name    string   `yaml:"name"`
	Host    string   `yaml:"host"`
	Clients []string `yaml:"clients"`
}

func (p mxWrong) nodes() []string { return p.Clients }
func (p mxWrong) plan(t Target) (namePlan, error) {
	name := onName{Name: p.Name}.of(t)
	host := fullName(orElse(p.Host, "old-mx."+name))
	return swapped(t, asked{name, "MX"}, []string{line(name, "MX", "10 "+host)}, p.Clients)
}

// dnsStale is dns.stale.
type dnsStale struct {
	Name    string        `yaml:"name"`
	Type    string        `yaml:"type"`
	Records []string      `yaml:"records"`
	TTL     time.Duration `yaml:"ttl"`
	Clients []string      `yaml:"clients"`
}

func (p dnsStale) nodes() []string { return p.Clients }
func (p dnsStale) plan(t Target) (namePlan, error) {
	if len(p.Records) == 0 {
		return namePlan{}, errors.New("records: write the values that the name had before, as in a zone file: [\"10 old.drill.test.\"]")
	}
	seconds := uint32(p.TTL / time.Second)
	if seconds < 1 {
		return namePlan{}, fmt.Errorf("ttl %v is less than 1s", p.TTL)
	}
	name := onName{Name: p.Name}.of(t)
	zone, _ := t.zoneOf(name)
	var lines []string
	for _, value := range p.Records {
		rr, err := recordOf(zone, name, Record{Type: p.Type, TTL: p.TTL}, value)
		if err != nil {
			return namePlan{}, err
		}
		lines = append(lines, rr.String())
	}
	plan, err := swapped(t, asked{name, p.Type}, lines, p.Clients)
	old := plan.sign
	plan.sign = func(a told) bool { return old(a) && a.ttl == seconds }
	plan.stale = true
	return plan, err
}

// wrongAddress is dns.wrong-address.
type wrongAddress struct {
	Name    string   `yaml:"name"`
	Target  string   `yaml:"target"`
	Clients []string `yaml:"clients"`
}

func (p wrongAddress) nodes() []string {
	if p.Target == "" {
		return p.Clients
	}
	return append([]string{p.Target}, p.Clients...)
}

// nobody is an address that is given to no host (RFC 5737).
const nobody = "192.0.2.1"

func (p wrongAddress) plan(t Target) (namePlan, error) {
	name := fullName(p.Name)
	if p.Name == "" {
		hosts, err := t.exchangers(fullName(t.Domain))
		if err != nil {
			return namePlan{}, err
		}
		name = fullName(hosts[0].Mx)
	}
	address := nobody
	if peer, ok := t.Peer(p.Target); ok {
		for _, a := range slices.Backward(peer.Addresses) {
			if a = a.Unmap(); a.Is4() {
				address = a.String()
			}
		}
	}
	return swapped(t, asked{name, "A"}, []string{line(name, "A", address)}, p.Clients)
}

// ptrMissing is dns.ptr-missing.
type ptrMissing struct {
	Of      string   `yaml:"of"`
	Clients []string `yaml:"clients"`
}

func (p ptrMissing) nodes() []string { return append([]string{p.Of}, p.Clients...) }

// plan: the name server makes the reverse zones of the nodes' addresses.
func (p ptrMissing) plan(t Target) (namePlan, error) {
	peer, ok := t.Peer(p.Of)
	if !ok {
		return namePlan{}, fmt.Errorf("of: no node %q; name the one whose addresses lose their names", p.Of)
	}
	if err := t.mustHave(asked{fullName(peer.Host), "A"}); err != nil {
		return namePlan{}, fmt.Errorf("%s has no name to lose: %w", p.Of, err)
	}
	plan := namePlan{clients: p.Clients, sign: isCode("NXDOMAIN"), spec: NameSpec{Effect: NameEffect{Reply: ReplyNXDomain}}}
	for i, a := range peer.Addresses {
		name, err := dns.ReverseAddr(a.Unmap().String())
		if err != nil {
			return plan, err
		}
		if i == 0 {
			plan.asks = asked{strings.ToLower(name), "PTR"}
		}
		plan.spec.Match = append(plan.spec.Match, NameMatch{Name: strings.ToLower(name)})
	}
	return plan, nil
}
