package security

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// hello is how we introduce ourselves, as the probes do.
const hello = "probe.drill.test"

// wrongPassword is nobody's.
const wrongPassword = "not-the-password"

// envelope is a question about relaying: who may send what to whom.
type envelope struct{ question, from, to string }

// relayQuestions are those about mail that nobody here has to take, another one
// first in each round.
func (i Interview) relayQuestions(round int) []envelope {
	if i.Open {
		return nil
	}
	stranger, away := "stranger@"+i.Foreign, "relay-check@"+i.Foreign
	_, local, _ := strings.Cut(i.Account.Address, "@")
	all := []envelope{
		{ledger.AskRelay, stranger, away},
		{ledger.AskRelayForged, i.Account.Address, away},
		{ledger.AskRelayRouted, stranger, fmt.Sprintf("relay-check%%%s@%s", i.Foreign, local)},
	}
	if i.Service == topology.MSA {
		all = append(all, envelope{ledger.AskNoAuth, stranger, i.Account.Address})
	}
	first := round % len(all)
	return append(all[first:], all[:first]...)
}

// reply reads an SMTP reply (RFC 5321, section 4.2): its code, 0 if it did not
// come, and its lines.
func (t *talk) reply() (code int, lines []string) {
	for range linesMost {
		text := t.line()
		if t.broken != nil {
			return 0, nil
		}
		n, err := strconv.Atoi(text[:min(3, len(text))])
		if err != nil {
			t.broken = fmt.Errorf("%.80q is no SMTP reply", text)
			return 0, nil
		}
		lines = append(lines, text[min(4, len(text)):])
		if len(text) < 4 || text[3] != '-' {
			return n, lines
		}
	}
	t.broken = errLong
	return 0, nil
}

func (t *talk) ask(command, shown string) (code int, lines []string) {
	t.say(command, shown)
	return t.reply()
}

// stranger offers each envelope and takes it back (RSET). A server that turns us
// away altogether refuses all of them.
func (t *talk) stranger(all []envelope) {
	code, _ := t.reply()
	if refuses(code) == "" {
		code, _ = t.ask("EHLO "+hello, "")
	}
	for _, e := range all {
		what := refuses(code)
		if what == "" {
			what = t.offer(e)
		}
		t.found(e.question, what)
	}
	t.say("QUIT", "")
}

// offer tells whether the recipient is taken. No content follows.
func (t *talk) offer(e envelope) string {
	code, _ := t.ask("MAIL FROM:<"+e.from+">", "")
	if code/100 == 2 {
		code, _ = t.ask("RCPT TO:<"+e.to+">", "")
	}
	what := refuses(code)
	if code/100 == 2 {
		what = ledger.SecurityTaken
	}
	said := len(t.said)
	if code != 421 { // it has hung up (RFC 5321, section 3.8)
		t.ask("RSET", "")
	}
	t.said = t.said[:said] // belongs to no question
	return what
}

func refuses(code int) string {
	return either(code >= 400, ledger.SecurityRefused, "")
}

// guest looks at what is offered before and after TLS, and logs in with a
// password that is wrong.
func guest(t *talk) {
	var offers map[string]string
	if code, _ := t.reply(); code/100 == 2 {
		offers = t.ehlo()
	}
	t.found(ledger.AskStartTLS, offered(offers, "STARTTLS"))
	t.found(ledger.AskClearAuth, offered(offers, "AUTH"))
	if _, ok := offers["STARTTLS"]; ok {
		t.ask("STARTTLS", "")
		t.found(ledger.AskCertificate, t.secure())
		offers = t.ehlo()
	}
	if _, ok := offers["AUTH"]; t.guesses && (ok || t.Service == topology.MSA) {
		t.found(ledger.AskWrongPassword, t.logIn(offers))
	}
	t.say("QUIT", "")
}

// ehlo gives the keywords that are offered (RFC 5321, section 4.1.1.1); nil: the
// server did not answer, or refused.
func (t *talk) ehlo() map[string]string {
	code, lines := t.ask("EHLO "+hello, "")
	if code/100 != 2 {
		return nil
	}
	offers := map[string]string{}
	for _, line := range lines[1:] {
		keyword, rest, _ := strings.Cut(line, " ")
		offers[strings.ToUpper(keyword)] = rest
	}
	return offers
}

func offered(offers map[string]string, keyword string) string {
	if offers == nil {
		return ""
	}
	_, ok := offers[keyword]
	return either(ok, ledger.SecurityOffered, ledger.SecurityAbsent)
}

// logIn tries AUTH PLAIN (RFC 4954) with a wrong password.
func (t *talk) logIn(offers map[string]string) string {
	if _, ok := offers["AUTH"]; !ok {
		return offered(offers, "AUTH")
	}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + t.Account.User + "\x00" + wrongPassword))
	code, _ := t.ask("AUTH PLAIN "+secret, "AUTH PLAIN (a wrong password)")
	if code/100 == 2 {
		return ledger.SecurityTaken
	}
	return refuses(code)
}
