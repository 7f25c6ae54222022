package channel

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"maildrill/scenarios"
)

const elsewhere = "take a channel that needs none of it: a telephone, or a service outside"

// channel looks at one channel: what it says that it needs, and what its kind
// needs.
func (l *linter) channel(at string, c scenarios.Channel) {
	for i, on := range c.DependsOn {
		if broken, why, perhaps := l.radius.meets(on); broken != "" {
			l.add(severity(perhaps), fmt.Sprintf("%s.depends_on[%d]", at, i), fmt.Sprintf("channel %s %s: %s", c.ID, isDown(perhaps), reason(on, broken)), why, elsewhere)
		}
	}
	switch c.Kind {
	case "webhook", "ntfy", "matrix":
		l.web(at, c)
	case "exec":
		l.command(at, c)
	case "email":
		l.email(at, c)
	}
}

func isDown(perhaps bool) string {
	if perhaps {
		return "may be down"
	}
	return "is down"
}

// hosted are formats of services whose addresses are secrets.
var hosted = []string{"slack", "teams", "mattermost"}

func (l *linter) web(at string, c scenarios.Channel) {
	for _, u := range addressesIn(c.URL) {
		l.reach(at+".url", c.ID, u.Hostname())
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			l.add(Warning, at+".url", fmt.Sprintf("channel %s has no TLS", c.ID), "everybody on the way reads it, and its token", "give https://")
		}
	}
	if c.URL != "" && slices.Contains(hosted, c.Format) {
		l.add(Warning, at+".url", fmt.Sprintf("the address of channel %s stands in the file", c.ID),
			"whoever has the address of a "+c.Format+" webhook may write there", "put it into a file or a variable, and name that in `url_from`")
	}
	if c.URLFrom != "" && c.Format != "slack" && c.Format != "teams" && len(c.DependsOn) == 0 {
		l.add(Warning, at+".url_from", fmt.Sprintf("nobody sees where channel %s is", c.ID),
			"its address is a secret, so its host was not compared with what is down", "say with `depends_on` what it needs, such as dns:ZONE")
	}
}

func (l *linter) reach(at, id, host string) {
	if broken, why := l.radius.host(host); broken != "" {
		l.add(Error, at, fmt.Sprintf("channel %s is down: its host needs %s", id, broken), why, elsewhere)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return domain(host) == "localhost" || ip != nil && ip.IsLoopback()
}

// mailers are programs that send mail by the system's own way.
var mailers = []string{"mail", "mailx", "s-nail", "sendmail", "mutt", "neomutt", "msmtp", "ssmtp", "swaks"}

func (l *linter) command(at string, c scenarios.Channel) {
	for i, arg := range c.Command {
		here := fmt.Sprintf("%s.command[%d]", at, i)
		for _, u := range addressesIn(arg) {
			l.reach(here, c.ID, u.Hostname())
		}
		for _, address := range mailIn(arg) {
			l.mailed(here, c.ID, "the command writes to "+address, domainOf(address))
		}
	}
	down := len(l.radius.Mail) > 0 || slices.Contains(l.radius.Words, "mail")
	if down && len(c.Command) > 0 && slices.Contains(mailers, path.Base(c.Command[0])) {
		l.add(Warning, at+".command[0]", fmt.Sprintf("channel %s sends mail with %s", c.ID, path.Base(c.Command[0])),
			"the exercise breaks mail", "take kind email with a provider outside, or another kind")
	}
}

// email needs mail of its sender's domain, its server, and mail of the domains
// of those it writes to, which [linter.contact] looks at.
func (l *linter) email(at string, c scenarios.Channel) {
	if host, _, err := net.SplitHostPort(c.Server); err == nil {
		if broken, why := l.radius.host(host); broken != "" {
			l.add(Error, at+".server", fmt.Sprintf("channel %s is down: its server needs %s", c.ID, broken), why, elsewhere)
		} else {
			l.mailed(at+".server", c.ID, "its server is in the domain under test", host)
		}
	}
	if strings.Contains(c.From, "@") {
		l.mailed(at+".from", c.ID, "its sender is in the domain under test", domainOf(c.From))
	}
	if slices.Contains(l.radius.Words, "mail") {
		l.add(Error, at+".kind", fmt.Sprintf("channel %s is mail, and mail is down", c.ID), "the exercise breaks mail", elsewhere)
	}
}

func (l *linter) mailed(at, id, what, of string) {
	if broken, why := l.radius.mail(of); broken != "" {
		l.add(Error, at, fmt.Sprintf("channel %s is e-mail that is down (%s): %s", id, broken, what), why, elsewhere)
	}
}

var (
	webAddress  = regexp.MustCompile(`(?i)https?://[^\s<>"']+`)
	mailAddress = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]`)
)

// addressesIn finds web addresses in a text such as "wiki: https://...".
func addressesIn(text string) (found []*url.URL) {
	for _, s := range webAddress.FindAllString(text, 20) {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			found = append(found, u)
		}
	}
	return found
}

// mailIn finds e-mail addresses that are no part of a web address.
func mailIn(text string) []string {
	return mailAddress.FindAllString(webAddress.ReplaceAllString(text, " "), 20)
}
