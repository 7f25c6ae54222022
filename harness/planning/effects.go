package planning

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/scenarios"
)

// effects say what a fault does that can do several things, by its id and what its
// parameter chooses; what is not here is said by the title of the fault.
var effects = map[string]string{
	"dns.spf missing":   "the SPF record is missing",
	"dns.spf wrong":     "the SPF record is wrong",
	"dns.spf tempfail":  "the SPF record cannot be had",
	"dns.dkim missing":  "the DKIM key is missing in DNS",
	"dns.dkim wrong":    "the DKIM key in DNS is another one",
	"dns.dkim tempfail": "the DKIM key cannot be had from DNS",

	"dns.dmarc missing":  "the DMARC policy is missing",
	"dns.dmarc wrong":    "the DMARC policy is wrong",
	"dns.dmarc tempfail": "the DMARC policy cannot be had",

	"dns.dnsbl lists-everything": "the block list lists everybody",
	"dns.dnsbl timeout":          "the block list does not answer",
	"dns.dnsbl servfail":         "the block list answers with errors",

	"dns.mta-sts missing":  "the MTA-STS record is missing",
	"dns.mta-sts mismatch": "the MTA-STS record has changed",
	"dns.tlsa missing":     "the TLSA record is missing",
	"dns.tlsa mismatch":    "the TLSA record does not match the certificate",

	"smtp.starttls strip":   "STARTTLS is not offered any more",
	"smtp.starttls fail":    "STARTTLS is refused",
	"smtp.starttls garbage": "TLS of mail servers breaks at its start",
	"imap.starttls strip":   "STARTTLS of IMAP is not offered any more",
	"imap.starttls fail":    "STARTTLS of IMAP is refused",
	"imap.starttls garbage": "TLS of IMAP breaks at its start",

	"dep.directory down":  "the directory of recipients does not answer",
	"dep.directory slow":  "the directory of recipients answers late",
	"dep.directory empty": "the directory of recipients is empty",
	"dep.directory wrong": "the directory of recipients has wrong entries",

	"dep.filter down":       "the mail filter does not answer",
	"dep.filter slow":       "the mail filter answers late",
	"dep.filter accept-all": "the mail filter lets everything pass",
	"dep.filter reject-all": "the mail filter refuses everything for good",
	"dep.filter tempfail":   "the mail filter refuses everything for now",

	"dep.smarthost down": "the smart host does not answer",
	"dep.smarthost 4xx":  "the smart host refuses all mail for now",
	"dep.smarthost 5xx":  "the smart host refuses all mail for good",
	"dep.smarthost auth": "the smart host does not take the password any more",
	"dep.smarthost slow": "the smart host answers late",
}

// concerning say what a fault does to the things that a parameter names.
var concerning = map[string]string{
	"storage.delete": "%s is deleted",
	"net.partition":  "no packet passes to and from %s",
}

// choices are the parameters that say what a fault does, or to what.
var choices = []string{"effect", "mode", "path", "peers"}

// effectOf is what the parameter of a fault chooses that can do several things; ""
// of all others.
func effectOf(kind faults.Kind, with scenarios.Params) string {
	for _, p := range kind.Params {
		if !slices.Contains(choices, p.Name) {
			continue
		}
		if texts := with.Texts(p.Name); len(texts) > 0 {
			return enumerated(texts)
		}
		return strings.TrimPrefix(p.Default, "[]")
	}
	return ""
}

// trouble says what a fault does, and to whom.
func trouble(s Step) string {
	what := orElse(effects[s.Kind.ID+" "+s.Effect], lowered(s.Kind.Title))
	if form := concerning[s.Kind.ID]; form != "" && s.Effect != "" {
		what = fmt.Sprintf(form, s.Effect)
	}
	if link, ends := between(s.Targets); ends {
		return fmt.Sprintf("%s, between %s", what, link)
	}
	return fmt.Sprintf("%s, on %s", what, enumerated(s.On))
}

// Troubles are what the faults of a plan do, and to whom, in its order.
func Troubles(p *Plan) (said []string) {
	for _, s := range p.Steps {
		if s.IsFault() {
			said = append(said, trouble(s))
		}
	}
	return said
}

// between names the ends of links, if the targets are links only.
func between(targets []Aimed) (string, bool) {
	var ends []string
	for _, t := range targets {
		if t.Link == nil {
			return "", false
		}
		ends = append(ends, t.Link.From+" and "+t.Link.To)
	}
	return strings.Join(ends, ", between "), len(ends) > 0
}
