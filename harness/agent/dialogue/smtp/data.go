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
	for _, r := range p.mail.recipients {
		if own := p.hit(faults.SMTPEOD, r.address); own != nil {
			return own
		}
	}
	return nil
}

func (p *play) data(command string) error {
	if own := p.hit(faults.SMTPData, ""); own != nil {
		return p.give(own)
	}
	if len(p.mail.recipients) == 0 {
		return p.pass(command) // the server refuses it
	}
	verdict := p.verdict()
	if verdict != nil || p.known() == 0 {
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
	}
	sum := sha256.New()
	if err := p.client.message(io.MultiWriter(p.server, sum)); err != nil {
		return err
	}
	if p.script.Cut == faults.StallAtEOD {
		p.meter.Add("messages")
		return p.stall()
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
// one for each recipient that it knows, and tells the client; or cuts.
func (p *play) verdicts(sum [sha256.Size]byte) error {
	var said strings.Builder
	accepted := false
	for i, r := range p.mail.recipients {
		if r.withheld != nil {
			p.meter.Add("replies")
			said.WriteString(written(r.withheld))
			continue
		}
		if i > 0 && !p.lmtp {
			break
		}
		got, err := p.server.reply()
		if err != nil {
			return err
		}
		accepted = accepted || got.ok()
		said.WriteString(got.text())
	}
	if p.script.Cut == faults.CutAfterEOD && accepted && !(p.script.Once && p.again(p.identity(sum))) {
		p.meter.Add("messages")
		p.meter.Note("swallowed: " + strings.TrimSpace(said.String()))
		return p.reset()
	}
	p.mail = mail{}
	return p.answer(said.String())
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
