package smtp

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"

	"maildrill/faults"
)

// known counts the recipients of which the server knows.
func (p *play) known() int {
	n := 0
	for _, r := range p.mail.recipients {
		if r.withheld == nil {
			n++
		}
	}
	return n
}

// verdict is the script's reply to a message that does not reach the server;
// nil: it does.
func (p *play) verdict() *faults.SMTPReply {
	if p.drops() {
		return &faults.SMTPReply{Code: 250, Enhanced: "2.0.0", Text: "Message accepted"}
	}
	if p.lmtp {
		return nil // by recipient: see withhold
	}
	var to []string
	for _, r := range p.mail.recipients {
		to = append(to, r.address)
	}
	return p.hit(faults.SMTPEOD, to...)
}

func (p *play) data(command string) error {
	if own := p.hit(faults.SMTPData); own != nil {
		return p.give(own)
	}
	var verdict *faults.SMTPReply
	mailed := len(p.mail.recipients) > 0
	if mailed {
		verdict = p.verdict()
	}
	if mailed && (verdict != nil || p.known() == 0) {
		if err := p.answer("354 End data with <CR><LF>.<CR><LF>\r\n"); err != nil {
			return err
		}
		if err := p.client.message(io.Discard); err != nil {
			return err
		}
		return p.keep(verdict)
	}
	r, err := p.relay(command)
	if err != nil || r.code != 354 {
		return err
	}
	if !mailed { // the server refuses it after the end (RFC 2920, 3.1)
		return p.handAll()
	}
	return p.hand()
}

// keep answers for a message that the server does not get, and lets the server
// forget the transaction.
func (p *play) keep(verdict *faults.SMTPReply) error {
	if p.look && p.script.Cut == faults.StallAtEOD {
		return p.stall()
	}
	if p.look && p.script.Cut != "" {
		return p.reset()
	}
	if _, err := p.server.ask("RSET\r\n"); err != nil {
		return err
	}
	if verdict != nil && accepts(verdict) {
		p.meter.Add("messages")
		p.meter.Note("dropped: from <" + p.mail.sender + ">")
	}
	var said strings.Builder
	for _, r := range p.mail.recipients {
		own := verdict
		if own == nil {
			own = r.withheld
		}
		if own == nil {
			continue
		}
		if verdict == nil || !accepts(verdict) {
			p.meter.Add("replies")
		}
		said.WriteString(written(own))
		if !p.lmtp {
			break
		}
	}
	p.mail = mail{}
	return p.answer(said.String())
}

// hand gives the message to the server, as the script has it, and the answer to
// the client.
func (p *play) hand() error {
	switch {
	case p.script.Cut == faults.CutBeforeEOD:
		return p.cutBefore()
	case p.script.SizeLimit > 0:
		return p.handSmall()
	case p.script.Cut == faults.StallAtEOD:
		if err := p.client.message(p.server); err != nil {
			return err
		}
		p.meter.Add("messages")
		return p.stall()
	}
	return p.handAll()
}

func (p *play) handAll() error {
	sum := sha256.New()
	if err := p.client.message(io.MultiWriter(p.server, sum)); err != nil {
		return err
	}
	if err := p.server.say(".\r\n"); err != nil {
		return err
	}
	return p.verdicts([sha256.Size]byte(sum.Sum(nil)))
}

// cutBefore lets a part of the message through.
func (p *play) cutBefore() error {
	part := bounded{limit: min(p.script.CutAfter, longestMessage)}
	if err := p.client.message(&part); err != nil {
		return err
	}
	p.meter.Add("messages")
	return errors.Join(p.server.say(part.String()), p.reset())
}

// handSmall hands on a message that is within the limit.
func (p *play) handSmall() error {
	all := bounded{limit: min(p.script.SizeLimit, longestMessage)}
	if err := p.client.message(&all); err != nil {
		return err
	}
	if all.size > all.limit {
		// The server waits for the message: there is no way back but the end.
		return errors.Join(p.tooBig(), errOver)
	}
	if err := p.server.say(all.String() + ".\r\n"); err != nil {
		return err
	}
	return p.verdicts(sha256.Sum256(all.Bytes()))
}

// verdicts reads what the server says of the message, one reply, or over LMTP
// one for each recipient that it knows, and tells the client; or cuts. What a
// cut may swallow is held back until all of it is known.
func (p *play) verdicts(sum [sha256.Size]byte) error {
	about := p.mail.recipients
	if !p.lmtp {
		about = []recipient{{}}
	}
	var said strings.Builder
	accepted := false
	for _, r := range about {
		text, ok, err := p.saidOf(r)
		if err == nil && p.script.Cut != faults.CutAfterEOD {
			err = p.answer(text)
		}
		if err != nil {
			return err
		}
		accepted = accepted || ok
		said.WriteString(text)
	}
	if p.script.Cut == faults.CutAfterEOD {
		return p.swallow(sum, said.String(), accepted)
	}
	p.mail = mail{}
	return nil
}

// saidOf is what the client is to hear of a recipient, and whether the server
// has the message for it.
func (p *play) saidOf(r recipient) (text string, accepted bool, err error) {
	if r.withheld != nil {
		p.meter.Add("replies")
		return written(r.withheld), false, nil
	}
	got, err := p.server.reply()
	return got.text(), got.ok(), err
}

// swallow cuts where the server has taken a message, once or always.
func (p *play) swallow(sum [sha256.Size]byte, said string, accepted bool) error {
	if !accepted || p.script.Once && p.again(p.identity(sum)) {
		p.mail = mail{}
		return p.answer(said)
	}
	p.meter.Add("messages")
	p.meter.Note("swallowed: " + strings.TrimSpace(said))
	return p.reset()
}

// identity tells one message from others: its text and its envelope.
func (p *play) identity(sum [sha256.Size]byte) [sha256.Size]byte {
	text := string(sum[:]) + p.mail.sender
	for _, r := range p.mail.recipients {
		text += "\n" + r.address
	}
	return sha256.Sum256([]byte(text))
}

// stall says nothing until the client goes away, or the rule is taken.
func (p *play) stall() error {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, p.client.r)
	}()
	select {
	case <-gone:
	case <-p.ctx.Done():
	}
	return p.reset()
}

func accepts(r *faults.SMTPReply) bool { return r.Code/100 == 2 }
