package inspect

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"maildrill/harness/intake/postfix"
	"maildrill/harness/topology"
)

// notice is how long before its end a certificate should be on somebody's list.
const notice = 30 * day

// securityRules are about what a server lets others do, and what it proves.
var securityRules = []Rule{{
	ID: "open-relay", Risk: Exposure, Drill: "relay-rule-lost-open-relay",
	Why:    "Anybody's mail to anybody is passed on. The address is on block lists within hours, and then nobody takes the good mail.",
	Remedy: "reject_unauth_destination in smtpd_relay_restrictions, and mynetworks of one's own networks.",
	look:   ofPostfix(openRelay),
}, {
	ID: "backup-mx-takes-anybody", Risk: Exposure, Drill: "backup-mx-validates",
	Why:    "A backup that does not know the recipients takes mail for those who do not exist, finds out later, and notifies senders who never wrote (backscatter).",
	Remedy: "relay_recipient_maps, or reject_unverified_recipient.",
	look:   ofPostfix(takesAnybody),
}, {
	ID: "filter-fails-open", Risk: Exposure, Drill: "filter-down-fail-open",
	Why:    "While the filter is down everything passes. That may be meant; then it should be known.",
	Remedy: "milter_default_action = tempfail, if late mail is better than unfiltered mail.",
	look:   ofPostfix(failsOpen),
}, {
	ID: "password-in-clear", Risk: Exposure,
	Why:    "Without TLS a password can be read on the way.",
	Remedy: "smtpd_tls_auth_only = yes, or smtpd_tls_security_level = encrypt for submission.",
	look:   ofPostfix(passwordInClear),
}, {
	ID: "certificate-ends-soon", Risk: Outage, Drill: "expired-certificate-unnoticed",
	Why:    "A server with an expired certificate runs, and nobody who checks speaks to it any more.",
	Remedy: "Renew it, reload the server, and watch the date from outside.",
	look:   each(endsSoon),
}, {
	ID: "certificate-renewed-not-reloaded", Risk: Outage, Drill: "expired-certificate-unnoticed",
	Why:    "A server reads its certificate when it starts. One that was renewed in the file is served after a reload, and until then the old one is, to its end and beyond.",
	Remedy: "Have who renews it reload the servers (certbot --deploy-hook, acme.sh --reloadcmd), and watch the date from outside.",
	look:   notReloaded,
}}

// closers end a list of restrictions for who is neither known nor a recipient's.
var closers = []string{"reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit"}

func openRelay(_ system, n node) (hits []hit) {
	for _, network := range n.main.Words("mynetworks") {
		if strings.HasSuffix(network, "/0") {
			hits = append(hits, hit{n.Name, n.setting("mynetworks"), "mynetworks has " + network + ", which is everybody"})
		}
	}
	for _, s := range n.listeners() {
		main := n.main.With(s.Overrides)
		rules := slices.Concat(main.Words("smtpd_relay_restrictions"), main.Words("smtpd_recipient_restrictions"))
		if !slices.ContainsFunc(rules, func(r string) bool { return slices.Contains(closers, r) }) {
			hits = append(hits, hit{n.Name, n.setting("smtpd_relay_restrictions"), fmt.Sprintf("no restriction ends with a refusal for port %s", s.Name)})
		}
	}
	return hits
}

// listeners are the entries of master.cf that take mail by SMTP; one as by default
// if there is no master.cf.
func (n node) listeners() []postfix.Service {
	if n.master.File == "" {
		return []postfix.Service{{Name: "smtp"}}
	}
	return n.master.Listeners("smtpd")
}

func takesAnybody(_ system, n node) []hit {
	if len(n.main.Words("relay_domains")) == 0 || len(n.main.Words("relay_recipient_maps")) > 0 {
		return nil
	}
	for _, list := range []string{"smtpd_recipient_restrictions", "smtpd_relay_restrictions"} {
		if slices.Contains(n.main.Words(list), "reject_unverified_recipient") {
			return nil
		}
	}
	return []hit{{n.Name, n.setting("relay_domains"), fmt.Sprintf("%s takes mail for every address of %s", n.Name, n.main.Value("relay_domains"))}}
}

func failsOpen(_ system, n node) []hit {
	if len(n.main.Words("smtpd_milters")) == 0 || n.main.Value("milter_default_action") != "accept" {
		return nil
	}
	return []hit{{n.Name, n.setting("milter_default_action"), "milter_default_action is accept"}}
}

func passwordInClear(_ system, n node) (hits []hit) {
	for _, s := range n.listeners() {
		main := n.main.With(s.Overrides)
		if main.Value("smtpd_sasl_auth_enable") == "yes" && main.Value("smtpd_tls_auth_only") != "yes" &&
			main.Value("smtpd_tls_security_level") != "encrypt" && main.Value("smtpd_tls_wrappermode") != "yes" {
			hits = append(hits, hit{n.Name, at(masterFile, s.Line), fmt.Sprintf("port %s takes passwords without TLS", s.Name)})
		}
	}
	return hits
}

// endsSoon reads every certificate among the node's files.
func endsSoon(s system, n node) (hits []hit) {
	for _, name := range slices.Sorted(maps.Keys(n.files)) {
		for _, c := range certificates(n.files[name]) {
			if left := c.NotAfter.Sub(s.Now); left < notice {
				hits = append(hits, hit{n.Name, name, fmt.Sprintf("the certificate of %s %s", subject(c), until(c.NotAfter, left))})
			}
		}
	}
	return hits
}

var (
	renews  = regexp.MustCompile(`(?i)certbot|acme|lego|dehydrated`)
	reloads = regexp.MustCompile(`(?i)reload|deploy[-_]hook|post[-_]hook|renew[-_]hook|\bHUP\b`)
)

// notReloaded finds who renews certificates on a volume that servers have too, and
// tells nobody.
func notReloaded(s system) (hits []hit) {
	for _, n := range s.nodes {
		told := strings.Join(n.Command, " ")
		for key, value := range n.Env {
			told += " " + key + "=" + value
		}
		for _, text := range n.files {
			told += string(text)
		}
		if n.Server != "custom" || !renews.MatchString(strings.Join(append(n.Command, n.Name, n.Image), " ")) || reloads.MatchString(told) {
			continue
		}
		for _, server := range s.nodes {
			if server.Name != n.Name && !server.Has(topology.Other) && share(n.Volumes, server.Volumes) {
				hits = append(hits, hit{server.Name, "", fmt.Sprintf("%s renews the certificates of %s, and nothing reloads it", n.Name, server.Name)})
			}
		}
	}
	return hits
}

// share tells whether two nodes have a volume together.
func share(a, b []topology.Volume) bool {
	return slices.ContainsFunc(a, func(v topology.Volume) bool {
		return v.Shared && slices.ContainsFunc(b, func(w topology.Volume) bool { return w.Shared && w.Name == v.Name })
	})
}

func until(end time.Time, left time.Duration) string {
	date := end.UTC().Format(time.DateOnly)
	if left < 0 {
		return "has ended on " + date
	}
	return fmt.Sprintf("ends on %s, in %d days", date, int(left/day))
}

func subject(c *x509.Certificate) string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.CommonName
}

func certificates(file []byte) (found []*x509.Certificate) {
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			found = append(found, c)
		}
	}
	return found
}
