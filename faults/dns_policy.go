package faults

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Effects on records that say how a domain's mail is to be trusted.
const (
	gone      = "missing"
	wrong     = "wrong"
	tempFail  = "tempfail"
	mismatch  = "mismatch"
	listsAll  = "lists-everything"
	timesOut  = "timeout"
	servFails = "servfail"
)

// onPolicy are the parameters of what happens to such records.
type onPolicy struct {
	Name    string   `yaml:"name"`
	Effect  string   `yaml:"effect"`
	Clients []string `yaml:"clients"`
}

// policy is a record that is told by how it begins.
type policy struct {
	owner string // full
	tag   string // "v=spf1"
	false string // what it says when it is wrong
}

// plan leaves the other texts of the name alone.
func (p onPolicy) plan(t Target, of policy, valid ...string) (namePlan, error) {
	if !slices.Contains(valid, p.Effect) {
		return namePlan{}, oneOf("effect", p.Effect, valid...)
	}
	q := asked{of.owner, "TXT"}
	written, err := t.lines(q)
	if err != nil {
		return namePlan{}, err
	}
	var rest []string
	for _, l := range written {
		if rr, err := dns.NewRR(l); err == nil && !of.is(rr) {
			rest = append(rest, l)
		}
	}
	if len(rest) == len(written) {
		return namePlan{}, fmt.Errorf("the topology has no TXT record of %s that begins with %s: write one under `zones`", of.owner, of.tag)
	}
	switch p.Effect {
	case tempFail:
		return dnsServFail{Name: of.owner, Type: "TXT", Clients: p.Clients}.plan(t)
	case wrong, mismatch:
		rest = append(rest, line(of.owner, "TXT", fmt.Sprintf("%q", of.false)))
	}
	return swapped(t, q, rest, p.Clients)
}

func (of policy) is(rr dns.RR) bool {
	txt, ok := rr.(*dns.TXT)
	return ok && strings.HasPrefix(strings.Join(txt.Txt, ""), of.tag)
}

type (
	dnsSPF    onPolicy
	dnsDMARC  onPolicy
	dnsMTASTS onPolicy
)

func (p dnsSPF) nodes() []string    { return p.Clients }
func (p dnsDMARC) nodes() []string  { return p.Clients }
func (p dnsMTASTS) nodes() []string { return p.Clients }

func (p onPolicy) domain(t Target) string { return fullName(orElse(p.Name, t.Domain)) }

// plan: RFC 7208, section 4.5; "-all" alone lets nobody send.
func (p dnsSPF) plan(t Target) (namePlan, error) {
	return onPolicy(p).plan(t, policy{onPolicy(p).domain(t), "v=spf1", "v=spf1 -all"}, gone, wrong, tempFail)
}

// plan: RFC 7489, section 6.1.
func (p dnsDMARC) plan(t Target) (namePlan, error) {
	of := policy{"_dmarc." + onPolicy(p).domain(t), "v=DMARC1", "v=DMARC1; p=reject; adkim=s; aspf=s"}
	return onPolicy(p).plan(t, of, gone, wrong, tempFail)
}

// plan: RFC 8461, section 3.1. A changed id has senders fetch the policy again.
func (p dnsMTASTS) plan(t Target) (namePlan, error) {
	of := policy{"_mta-sts." + onPolicy(p).domain(t), "v=STSv1", "v=STSv1; id=19700101000000"}
	return onPolicy(p).plan(t, of, gone, mismatch)
}

// dnsDKIM is dns.dkim.
type dnsDKIM struct {
	Name     string   `yaml:"name"`
	Selector string   `yaml:"selector"`
	Effect   string   `yaml:"effect"`
	Clients  []string `yaml:"clients"`
}

// strangeKey is the public key of RFC 8463, appendix A.2: nobody signs with it.
const strangeKey = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

func (p dnsDKIM) nodes() []string { return p.Clients }

// plan: RFC 6376, section 3.6.2.1. The tag "v" is optional there, and is asked for.
func (p dnsDKIM) plan(t Target) (namePlan, error) {
	if p.Selector == "" {
		return namePlan{}, fmt.Errorf("selector is empty: name that of the key record")
	}
	on := onPolicy{p.Name, p.Effect, p.Clients}
	of := policy{fullName(p.Selector + "._domainkey." + on.domain(t)), "v=DKIM1", strangeKey}
	return on.plan(t, of, gone, wrong, tempFail)
}

// dnsBlocklist is dns.dnsbl.
type dnsBlocklist struct {
	Zone    string   `yaml:"zone"`
	Effect  string   `yaml:"effect"`
	Clients []string `yaml:"clients"`
}

func (p dnsBlocklist) nodes() []string { return p.Clients }

// plan asks for the test entry that is never listed (RFC 5782, section 5).
func (p dnsBlocklist) plan(t Target) (namePlan, error) {
	zone := fullName(p.Zone)
	if p.Zone == "" || !slices.ContainsFunc(t.Zones, func(z Zone) bool { return fullName(z.Name) == zone }) {
		return namePlan{}, fmt.Errorf("the topology has no zone %q: write that of the list under `zones`", p.Zone)
	}
	plan := namePlan{clients: p.Clients, asks: asked{"1.0.0.127." + zone, "A"},
		spec: NameSpec{Match: []NameMatch{{Name: "*." + zone}}}}
	switch p.Effect {
	case listsAll:
		lines := []string{line("*."+zone, "A", "127.0.0.2"), line("*."+zone, "TXT", `"listed"`)}
		plan.spec.Effect = NameEffect{Reply: ReplyRecords, Records: lines}
		plan.sign = func(a told) bool { return slices.Equal(a.data, []string{"127.0.0.2"}) }
	case timesOut:
		plan.spec.Effect.Reply, plan.sign, plan.tcp = ReplySilence, isSilent, true
	case servFails:
		plan.spec.Effect.Reply, plan.sign = ReplyServFail, isCode("SERVFAIL")
	default:
		return plan, oneOf("effect", p.Effect, listsAll, timesOut, servFails)
	}
	return plan, nil
}

// dnsTLSA is dns.tlsa.
type dnsTLSA struct {
	Host    string   `yaml:"host"`
	Port    int      `yaml:"port"`
	Effect  string   `yaml:"effect"`
	Clients []string `yaml:"clients"`
}

func (p dnsTLSA) nodes() []string { return p.Clients }

// plan: RFC 6698, section 3; RFC 7672 for mail.
func (p dnsTLSA) plan(t Target) (namePlan, error) {
	if p.Effect != gone && p.Effect != mismatch {
		return namePlan{}, oneOf("effect", p.Effect, gone, mismatch)
	}
	host := fullName(p.Host)
	if p.Host == "" {
		hosts, err := t.exchangers(fullName(t.Domain))
		if err != nil {
			return namePlan{}, err
		}
		host = fullName(hosts[0].Mx)
	}
	name := fmt.Sprintf("_%d._tcp.%s", p.Port, host)
	var lines []string
	if p.Effect == mismatch {
		lines = []string{line(name, "TLSA", "3 1 1 "+strings.Repeat("00", 32))}
	}
	return swapped(t, asked{name, "TLSA"}, lines, p.Clients)
}
