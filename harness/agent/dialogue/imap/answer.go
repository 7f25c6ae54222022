package imap

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue/duplex"
)

// statuses are the answers that end in a text: no literal is announced there
// (RFC 9051, 7.1).
var statuses = []string{"OK", "NO", "BAD", "BYE", "PREAUTH"}

// hand hands on one answer of the server's, in whole.
func (p *play) hand(l duplex.Line) error {
	if p.ends && p.script.Bye.At == faults.IMAPGreeting {
		return p.bye()
	}
	tag, status := words(l.Text)
	plain := tag != "*" || slices.Contains(statuses, status)
	c := p.closes(tag, status)
	switch {
	case tag == "+":
		p.More()
	case tag == "*" && status == "PREAUTH":
		p.inside.Store(true)
	case c != nil:
		c.Accepted = status == "OK"
		p.inside.CompareAndSwap(false, c.Accepted && logsIn(c.Verb))
		if p.script.Delay > 0 && (len(p.script.Late) == 0 || slices.Contains(p.script.Late, c.Verb)) {
			p.Delay(p.script.Delay)
		}
	}
	if p.script.StartTLS != "" && (plain || status == "CAPABILITY") {
		l.Text = p.offered(l.Text)
	}
	err := p.Tell(c, func(client io.Writer) error {
		return parts(p.Server, l, client, func(bool) bool { return !plain })
	})
	if err != nil || c == nil || !c.Accepted {
		return err
	}
	return p.follow(c)
}

// follow does what comes after a command that succeeded.
func (p *play) follow(c *duplex.Command) error {
	switch {
	case logsIn(c.Verb) && p.ends && p.script.Bye.At == faults.IMAPLogin:
		return p.bye()
	case c.Verb == "STARTTLS", c.Verb == "COMPRESS":
		return p.Hear()
	}
	return nil
}

// closes finds the command that an answer ends. One that the server could not
// read has no tag (RFC 9051, 7.1.3).
func (p *play) closes(tag, status string) *duplex.Command {
	return p.First(func(c *duplex.Command) bool { return c.Tag == tag || tag == "*" && status == "BAD" })
}

// words are the first two of an answer: its tag, and its status or kind in
// capitals.
func words(text []byte) (tag, status string) {
	fields := bytes.SplitN(bytes.TrimRight(text, "\r\n"), []byte(" "), 3)
	if len(fields) > 1 {
		status = strings.ToUpper(string(fields[1]))
	}
	return string(fields[0]), status
}
