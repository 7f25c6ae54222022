package pop3

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"maildrill/harness/agent/dialogue/duplex"
)

// hand hands on one answer of the server's, in whole. What is no answer passes.
func (p *play) hand(l duplex.Line) error {
	accepted := bytes.HasPrefix(l.Text, []byte("+OK"))
	var c *duplex.Command
	switch {
	case !accepted && !bytes.HasPrefix(l.Text, []byte("-ERR")):
		// An empty challenge is "+ ", and of some servers only "+" (RFC 5034, 4).
		if bytes.HasPrefix(l.Text, []byte("+ ")) || string(bytes.TrimRight(l.Text, "\r\n")) == "+" {
			p.More()
		}
	case p.greeted:
		c = p.First(func(*duplex.Command) bool { return true })
	default:
		p.greeted = true
	}
	if c == nil {
		return p.Tell(nil, func(client io.Writer) error { _, err := p.Server.Hand(l, client); return err })
	}
	c.Accepted = accepted
	if p.script.Delay > 0 && (len(p.script.Late) == 0 || slices.Contains(p.script.Late, c.Verb)) {
		p.Delay(p.script.Delay)
	}
	err := p.Tell(c, func(client io.Writer) error { return p.answer(c, l, client) })
	if err == nil && accepted && c.Verb == "STLS" {
		return p.Hear()
	}
	return err
}

// answer hands on the lines of one answer, or breaks off.
func (p *play) answer(c *duplex.Command, l duplex.Line, client io.Writer) error {
	if _, err := p.Server.Hand(l, client); err != nil || !c.Accepted || !long(c) {
		return err
	}
	if c.Verb != "RETR" || !p.script.Cut || !p.Hit(p.script.CutShare) {
		return p.lines(client, client)
	}
	p.Meter.Add("messages")
	if err := p.lines(&part{client, p.script.CutAfter}, io.Discard); err != nil && !errors.Is(err, errFull) {
		return err
	}
	return p.Reset()
}

// end is the line after the last one. Only an end of CR LF counts, also of the
// line before (RFC 1939, 3).
const end = ".\r\n"

// lines hands on the lines of an answer, and their end.
func (p *play) lines(to, endTo io.Writer) error {
	for fresh := true; ; {
		l, err := p.Server.Line()
		if err != nil {
			_, _ = to.Write(l.Text)
			return err
		}
		if fresh && string(l.Text) == end {
			_, err := io.WriteString(endTo, end)
			return err
		}
		tail, err := p.Server.Hand(l, to)
		if err != nil {
			return err
		}
		fresh = bytes.HasSuffix(tail, []byte("\r\n"))
	}
}

var errFull = errors.New("enough of it has passed")

// part hands on the first bytes.
type part struct {
	to   io.Writer
	left int64
}

// Write hands on what may still pass.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.to.Write(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	if err == nil && p.left == 0 {
		err = errFull
	}
	return n, err
}

// long tells which answers have many lines (RFC 1939, 3; RFC 2449, 5; RFC 6856,
// 3). AUTH without a mechanism lists those that there are, where it is known.
func long(c *duplex.Command) bool {
	switch c.Verb {
	case "RETR", "TOP", "CAPA":
		return true
	case "LIST", "UIDL", "LANG", "AUTH":
		return c.Text == ""
	}
	return false
}
