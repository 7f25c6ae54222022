package security

import (
	"fmt"
	"strings"

	"maildrill/harness/ledger"
)

// mailReader looks at what IMAP (RFC 9051) offers before TLS, at its certificate,
// and logs in with a password that is wrong.
func mailReader(t *talk) {
	if greeting := t.line(); t.broken == nil && !strings.HasPrefix(greeting, "* OK") {
		t.broken = fmt.Errorf("the greeting was %.80q", greeting)
	}
	can := t.capabilities("c1")
	t.found(ledger.AskStartTLS, listed(can, "STARTTLS", ledger.SecurityOffered, ledger.SecurityAbsent))
	t.found(ledger.AskClearAuth, listed(can, "LOGINDISABLED", ledger.SecurityAbsent, ledger.SecurityOffered))
	if can["STARTTLS"] {
		t.tagged("c2", "STARTTLS", "")
		t.found(ledger.AskCertificate, t.secure())
		can = t.capabilities("c3")
	}
	if t.guesses {
		t.found(ledger.AskWrongPassword, t.login(can))
	}
	t.say("c5 LOGOUT", "")
}

// capabilities asks for them (RFC 9051, section 6.1.1); nil: there was no answer.
func (t *talk) capabilities(tag string) map[string]bool {
	status, data := t.tagged(tag, "CAPABILITY", "")
	if status != "OK" {
		return nil
	}
	can := map[string]bool{}
	for _, line := range data {
		if words := strings.Fields(strings.ToUpper(line)); len(words) > 1 && words[1] == "CAPABILITY" {
			for _, w := range words[2:] {
				can[w] = true
			}
		}
	}
	return can
}

func listed(can map[string]bool, name, yes, no string) string {
	if can == nil {
		return ""
	}
	return either(can[name], yes, no)
}

// login tries a wrong password. BAD is no answer to it.
func (t *talk) login(can map[string]bool) string {
	if can == nil || can["LOGINDISABLED"] {
		return listed(can, "LOGINDISABLED", ledger.SecurityRefused, "")
	}
	command := fmt.Sprintf("LOGIN %q %q", t.Account.User, wrongPassword)
	switch status, _ := t.tagged("c4", command, "LOGIN (a wrong password)"); status {
	case "OK":
		return ledger.SecurityTaken
	case "NO":
		return ledger.SecurityRefused
	}
	return ""
}

// tagged sends a command and reads up to its tagged response: OK, NO or BAD;
// empty if that did not come.
func (t *talk) tagged(tag, command, shown string) (status string, untagged []string) {
	if shown != "" {
		shown = tag + " " + shown
	}
	t.say(tag+" "+command, shown)
	for range linesMost {
		text := t.line()
		if t.broken != nil {
			return "", nil
		}
		if rest, ok := strings.CutPrefix(text, tag+" "); ok {
			status, _, _ = strings.Cut(rest, " ")
			return strings.ToUpper(status), untagged
		}
		untagged = append(untagged, text)
	}
	t.broken = errLong
	return "", nil
}
