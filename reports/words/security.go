package words

import (
	"fmt"
	"strings"

	"maildrill/harness/record"
)

// questions say in words what was asked about security.
var questions = map[string]string{
	"relay":           "mail of strangers for elsewhere is refused",
	"relay.forged":    "the same under the name of a local user",
	"relay.routed":    "the same with the route in the local part",
	"auth.none":       "no submission without a log-in",
	"auth.wrong":      "a wrong password is refused",
	"auth.clear":      "no log-in offered before TLS that was not before",
	"tls.offered":     "STARTTLS is offered as before",
	"tls.certificate": "the certificate is the one of before",
}

// Question is what was asked, in words.
func Question(id string) string {
	if said, ok := questions[id]; ok {
		return said
	}
	return Plain(id)
}

// Security says what was found of the guards of the mail servers, a line each;
// none where nothing was asked.
func Security(r record.Record) []string {
	s := r.Security
	if s == nil {
		return nil
	}
	var all record.SecurityTally
	for _, c := range s.Checks {
		all.Asked, all.Held = all.Asked+c.All.Asked, all.Held+c.All.Held
		all.Unanswered += c.All.Unanswered
	}
	lines := []string{fmt.Sprintf("asked %d times: held %d, BROKEN %d, no answer %d; %d answers while a fault was in effect",
		all.Asked, all.Held, s.Broken, all.Unanswered, s.Degraded)}
	if s.Broken == 0 {
		lines[0] = strings.Replace(lines[0], "BROKEN", "broken", 1)
	}
	if len(s.Untold) > 0 {
		lines = append(lines, "NOT ANSWERED after the first fault began: "+List(s.Untold))
	}
	return lines
}

// Breached says what was let through, on one line.
func Breached(b record.Breach) string {
	said := fmt.Sprintf("%.3f s: %s of %s: %s", b.At, Plain(b.Service), Plain(b.Node), Plain(b.Question))
	said += ": " + Cut(Plain(b.Found), 16)
	if b.Before != "" && b.Before != b.Found {
		said += ", was " + Cut(Plain(b.Before), 16)
	}
	return said
}

// Dialogue is what was said, on one line.
func Dialogue(b record.Breach) string { return Plain(strings.ReplaceAll(b.Said, "\n", " | ")) }
