package imap

import (
	"regexp"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue/duplex"
)

// noise is what follows where TLS was agreed on: not a record of TLS (RFC 8446,
// 5.1), which begins with a type from 20 to 23.
const noise = "\x00\x00drill: this is not TLS\r\n"

func (p *play) startTLS(c *duplex.Command, l duplex.Line) error {
	switch p.script.StartTLS {
	case faults.TLSStrip:
		return p.give(l, "refusals", c.Tag+" BAD STARTTLS is not offered")
	case faults.TLSFail:
		return p.give(l, "refusals", c.Tag+" NO [UNAVAILABLE] TLS is not available at the moment")
	case faults.TLSGarbage:
		p.Settle()
		p.Meter.Add("garbage")
		return p.Part(c.Tag + " OK Begin TLS negotiation now\r\n" + noise)
	}
	return p.pass(c, l)
}

// listed finds a list of capabilities: untagged data, or a response code
// (RFC 9051, 7.1 and 7.2.2).
var listed = regexp.MustCompile(`(?i)(?:^\* |\[)CAPABILITY ([^\]\r\n]+)`)

// offered changes the capabilities where an answer lists them. What is to
// fail is offered until somebody has logged in, whether the server has it or not.
func (p *play) offered(text []byte) []byte {
	at := listed.FindSubmatchIndex(text)
	if at == nil {
		return text
	}
	before, all, after := string(text[:at[2]]), strings.Split(string(text[at[2]:at[3]]), " "), string(text[at[3]:])
	kept := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return strings.EqualFold(s, "STARTTLS") })
	had := len(kept) < len(all)
	switch strips := p.script.StartTLS == faults.TLSStrip; {
	case strips && had:
		p.Meter.Add("stripped")
		return []byte(before + strings.Join(kept, " ") + after)
	case !strips && !had && !p.inside.Load():
		return []byte(before + strings.Join(append(all, "STARTTLS"), " ") + after)
	}
	return text
}
