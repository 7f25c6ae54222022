package workload

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// mail is one message with its envelope.
type mail struct {
	from       string
	recipients []string
	envelopeID string // ENVID (RFC 3461), where DSN is offered
	content    []byte // lines ended by CRLF, the last one too
}

// envelope offers the sender and each recipient. The endings are by recipient;
// nil means that the server took it. MAIL and all RCPT go out together where the
// server allows it (RFC 2920).
func (d *dialogue) envelope(m mail) []*ending {
	commands := []string{d.mailFrom(m)}
	for _, to := range m.recipients {
		commands = append(commands, d.rcptTo(to))
	}
	if d.offered("PIPELINING") {
		if err := d.write([]byte(strings.Join(commands, ""))); err != nil {
			return repeat(&ending{phase: ledger.PhaseMail, err: err}, len(m.recipients))
		}
		commands = nil
	}
	next := func(p ledger.Phase, i int) *ending {
		if commands != nil {
			if err := d.write([]byte(commands[i])); err != nil {
				return &ending{phase: p, err: err}
			}
		}
		_, end := d.expect(p, 2)
		return end
	}
	if end := next(ledger.PhaseMail, 0); end != nil {
		return repeat(end, len(m.recipients))
	}
	return d.recipients(len(m.recipients), next)
}

// recipients hears about each recipient. When the connection is lost, those
// that the server refused before stay refused, the others were not attempted.
func (d *dialogue) recipients(n int, next func(ledger.Phase, int) *ending) []*ending {
	ends := make([]*ending, n)
	for i := range ends {
		ends[i] = next(ledger.PhaseRcpt, i+1)
		if ends[i] != nil && ends[i].class() == broken {
			for j := range ends {
				if j > i || ends[j] == nil {
					ends[j] = ends[i]
				}
			}
			break
		}
	}
	return ends
}

func repeat(e *ending, n int) []*ending {
	ends := make([]*ending, n)
	for i := range ends {
		ends[i] = e
	}
	return ends
}

func (d *dialogue) mailFrom(m mail) string {
	command := "MAIL FROM:<" + m.from + ">"
	if d.offered("SIZE") {
		command += fmt.Sprintf(" SIZE=%d", len(m.content))
	}
	if d.offered("DSN") {
		command += " RET=HDRS ENVID=" + m.envelopeID
	}
	return command + "\r\n"
}

func (d *dialogue) rcptTo(address string) string {
	command := "RCPT TO:<" + address + ">"
	if d.offered("DSN") {
		command += " ORCPT=rfc822;" + xtext(address)
	}
	return command + "\r\n"
}

// xtext is the encoding of RFC 3461, section 4.
func xtext(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// block is how much content is written under one deadline.
const block = 64 << 10

// content sends DATA and the message, but not its last line end, which belongs
// to the terminator. Nil is success.
func (d *dialogue) content(m mail) *ending {
	if _, end := d.ask(ledger.PhaseData, 3, "DATA"); end != nil {
		return end
	}
	// A line that begins with a dot gets another (RFC 5321, section 4.5.2).
	stuffed := bytes.ReplaceAll(bytes.TrimSuffix(m.content, []byte("\r\n")), []byte("\r\n."), []byte("\r\n.."))
	for len(stuffed) > 0 {
		n := min(block, len(stuffed))
		if err := d.write(stuffed[:n]); err != nil {
			return &ending{phase: ledger.PhaseContent, err: err}
		}
		stuffed = stuffed[n:]
	}
	return nil
}

// terminate writes the terminator with one write and waits for the reply. From
// here on an error proves nothing.
func (d *dialogue) terminate(patience time.Duration) ending {
	if err := d.write([]byte("\r\n.\r\n")); err != nil {
		return ending{phase: ledger.PhaseReply, err: err}
	}
	got, err := d.read(patience)
	switch {
	case err != nil:
		return ending{phase: ledger.PhaseReply, err: err}
	case got.code >= 400:
		return ending{phase: ledger.PhaseReply, reply: got}
	case got.code >= 300:
		return ending{phase: ledger.PhaseReply, reply: got, err: got.unexpected()}
	}
	return ending{phase: ledger.PhaseDone, reply: got}
}
