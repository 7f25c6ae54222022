package faults

import (
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// onQuestion are the parameters of what happens to questions about a name.
type onQuestion struct {
	Name    string   `yaml:"name"`
	Type    string   `yaml:"type"`
	Clients []string `yaml:"clients"`
}

// at finds the question in whose answer a fault at the name shows.
func (p onQuestion) at(t Target) (NameMatch, asked, error) {
	if p.Name == "*" {
		if len(t.Zones) == 0 {
			return NameMatch{}, asked{}, fmt.Errorf("the topology has no zone")
		}
		return NameMatch{Name: "*.", Types: typesOf(p.Type)}, asked{fullName(t.Zones[0].Name), orElse(p.Type, "SOA")}, nil
	}
	name := orElse(p.Name, t.Domain)
	full := fullName(name)
	q, err := t.questionAt(full, p.Type)
	return NameMatch{Name: full, Types: typesOf(p.Type)}, q, err
}

// questionAt is a question about the name that has an answer.
func (t Target) questionAt(name, qtype string) (asked, error) {
	z, ok := t.zoneOf(name)
	if !ok {
		return asked{}, fmt.Errorf("%s is in no zone of the topology: write one under `zones`", name)
	}
	if qtype != "" {
		q := asked{name, qtype}
		if _, known := dns.StringToType[qtype]; !known {
			return q, fmt.Errorf("unknown record type %q", qtype)
		}
		return q, t.mustHave(q)
	}
	if name == fullName(z.Name) {
		return asked{name, "SOA"}, nil
	}
	for _, r := range z.Records {
		if z.owner(r) == name {
			return asked{name, r.Type}, nil
		}
	}
	return asked{}, fmt.Errorf("the topology has no record of %s: write one under `zones`", name)
}

func typesOf(qtype string) []string {
	if qtype == "" {
		return nil
	}
	return []string{qtype}
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// replied is a plan in which the questions get another reply.
func (p onQuestion) replied(t Target, effect NameEffect, sign func(told) bool) (namePlan, error) {
	m, q, err := p.at(t)
	return namePlan{spec: NameSpec{Match: []NameMatch{m}, Effect: effect}, clients: p.Clients, asks: q, sign: sign}, err
}

// Signs of replies.
func isSilent(a told) bool { return a.silent && a.byTCP != answered }
func hasNone(a told) bool {
	return !a.silent && !a.cut && a.rcode == "NOERROR" && len(a.data) == 0
}
func isCut(a told) bool { return a.cut && a.byTCP == notAnswered }

func isCode(code string) func(told) bool {
	return func(a told) bool { return !a.silent && a.rcode == code }
}

// The kinds that differ in the reply alone.
type (
	dnsDown struct {
		Clients []string `yaml:"clients"`
	}
	dnsTimeout  onQuestion
	dnsServFail onQuestion
	dnsRefused  onQuestion
	dnsLame     onQuestion
)

func (p dnsDown) nodes() []string { return p.Clients }
func (p dnsDown) plan(t Target) (namePlan, error) {
	return dnsTimeout{Name: "*", Clients: p.Clients}.plan(t)
}

func (p dnsTimeout) nodes() []string { return p.Clients }
func (p dnsTimeout) plan(t Target) (namePlan, error) {
	plan, err := onQuestion(p).replied(t, NameEffect{Reply: ReplySilence}, isSilent)
	plan.tcp = true
	return plan, err
}

func (p dnsServFail) nodes() []string { return p.Clients }
func (p dnsServFail) plan(t Target) (namePlan, error) {
	return onQuestion(p).replied(t, NameEffect{Reply: ReplyServFail}, isCode("SERVFAIL"))
}

func (p dnsRefused) nodes() []string { return p.Clients }
func (p dnsRefused) plan(t Target) (namePlan, error) {
	return onQuestion(p).replied(t, NameEffect{Reply: ReplyRefused}, isCode("REFUSED"))
}

func (p dnsLame) nodes() []string { return p.Clients }
func (p dnsLame) plan(t Target) (namePlan, error) {
	return onQuestion(p).replied(t, NameEffect{Reply: ReplyLame}, func(a told) bool { return a.lame })
}

// dnsNXDomain is dns.nxdomain.
type dnsNXDomain struct {
	Name    string   `yaml:"name"`
	Below   bool     `yaml:"below"`
	Clients []string `yaml:"clients"`
}

func (p dnsNXDomain) nodes() []string { return p.Clients }
func (p dnsNXDomain) plan(t Target) (namePlan, error) {
	on := onQuestion{Name: p.Name, Clients: p.Clients}
	plan, err := on.replied(t, NameEffect{Reply: ReplyNXDomain}, isCode("NXDOMAIN"))
	if p.Below && err == nil {
		plan.spec.Match = append(plan.spec.Match, NameMatch{Name: "*." + plan.spec.Match[0].Name})
	}
	return plan, err
}

// dnsTruncated is dns.truncated.
type dnsTruncated struct {
	Name    string   `yaml:"name"`
	Type    string   `yaml:"type"`
	TCP     string   `yaml:"tcp"`
	Clients []string `yaml:"clients"`
}

func (p dnsTruncated) nodes() []string { return p.Clients }
func (p dnsTruncated) plan(t Target) (namePlan, error) {
	if p.TCP != TCPClosed && p.TCP != TCPSilent {
		return namePlan{}, oneOf("tcp", p.TCP, TCPClosed, TCPSilent)
	}
	on := onQuestion{Name: p.Name, Type: p.Type, Clients: p.Clients}
	plan, err := on.replied(t, NameEffect{Reply: ReplyTruncated, TCP: p.TCP}, isCut)
	plan.tcp = true
	return plan, err
}

func oneOf(param, value string, valid ...string) error {
	return fmt.Errorf("%s %q is not one of %s", param, value, strings.Join(valid, ", "))
}

// dnsSlow is dns.slow.
type dnsSlow struct {
	Name    string        `yaml:"name"`
	Type    string        `yaml:"type"`
	Delay   time.Duration `yaml:"delay"`
	Clients []string      `yaml:"clients"`
}

// longestWait is longer than any resolver waits.
const longestWait = 30 * time.Second

func (p dnsSlow) nodes() []string { return p.Clients }
func (p dnsSlow) plan(t Target) (namePlan, error) {
	if p.Delay < 50*time.Millisecond || p.Delay > longestWait {
		return namePlan{}, fmt.Errorf("delay %v is not between 50ms and %v", p.Delay, longestWait)
	}
	on := onQuestion{Name: p.Name, Type: p.Type, Clients: p.Clients}
	late := func(a told) bool { return !a.silent && a.rcode == "NOERROR" && a.after >= p.Delay*8/10 }
	plan, err := on.replied(t, NameEffect{Delay: p.Delay}, late)
	plan.wait = p.Delay + time.Second
	return plan, err
}
