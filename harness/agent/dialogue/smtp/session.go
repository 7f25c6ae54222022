package smtp

import (
	"fmt"
	"strconv"
	"strings"

	"maildrill/faults"
)

// hello hands the greeting of the client on. What the script takes away is not
// offered (RFC 5321, 4.1.1.1).
func (p *play) hello(command string) error {
	if own := p.hit(faults.SMTPHelo); own != nil {
		return p.give(own)
	}
	r, err := p.server.ask(command)
	if err != nil {
		return err
	}
	if r.ok() { // else nothing has changed (RFC 5321, 4.1.4)
		p.mail = mail{}
	}
	if r.ok() && verb(command) != "HELO" {
		r.lines = p.offered(r.lines)
	}
	return p.answer(r.text())
}

// lures tells that a client is to meet what becomes of STARTTLS, whether the
// server has it or not.
func (p *play) lures() bool {
	fails := p.script.StartTLS == faults.TLSFail || p.script.StartTLS == faults.TLSGarbage
	return (fails || p.script.Certificate != "") && !p.secure()
}

// offered changes the extensions in a reply to EHLO.
func (p *play) offered(lines []string) []string {
	kept := lines[:1:1]
	if p.lures() {
		kept = append(kept, lines[0][:3]+"-STARTTLS\r\n")
	}
	for _, l := range lines[1:] {
		word := ""
		if len(l) > 4 {
			word, _, _ = strings.Cut(strings.ToUpper(strings.TrimRight(l[4:], "\r\n")), " ")
		}
		switch {
		case word == "STARTTLS" && p.script.StartTLS == faults.TLSStrip:
			p.meter.Add("stripped")
			continue
		case word == "STARTTLS" && (p.lures() || p.script.Certificate != ""):
			continue
		case word == "SIZE" && p.script.SizeLimit > 0:
			l = fmt.Sprintf("%s-SIZE %d\r\n", l[:3], lower(l[4:], p.script.SizeLimit))
		}
		kept = append(kept, l)
	}
	for i, l := range kept {
		mark := "-"
		if i == len(kept)-1 {
			mark = " "
		}
		text := l[3:]
		if text[0] == ' ' || text[0] == '-' {
			text = text[1:]
		}
		kept[i] = l[:3] + mark + text
	}
	return kept
}

// lower is the server's own limit, if that is lower: "SIZE 1000". Zero is none
// (RFC 1870, 4).
func lower(offer string, limit int64) int64 {
	_, text, _ := strings.Cut(strings.TrimSpace(offer), " ")
	if own, err := strconv.ParseInt(text, 10, 64); err == nil && own > 0 {
		return min(own, limit)
	}
	return limit
}

// auth plays the exchange of AUTH (RFC 4954), however many steps it has.
func (p *play) auth(command string) error {
	if p.script.AuthDelay > 0 {
		p.meter.Add("delays")
		p.wait(p.script.AuthDelay)
	}
	if own := p.hit(faults.SMTPAuth); own != nil {
		return p.give(own)
	}
	for {
		r, err := p.relay(command)
		if err != nil || r.code != 334 {
			return err
		}
		if command, err = p.client.line(); err != nil {
			return err
		}
	}
}

func (p *play) from(command string) error {
	sender, params := path(command)
	if own := p.hit(faults.SMTPMail); own != nil {
		return p.give(own)
	}
	if limit := p.script.SizeLimit; limit > 0 && sizeOf(params) > limit {
		return p.tooBig()
	}
	if p.script.RateLimit > 0 && (p.look || p.full()) {
		return p.refuse("refusals", 450, "4.7.1", "Too many messages, try again later")
	}
	r, err := p.relay(command)
	if r.ok() {
		p.mail = mail{open: true, sender: sender}
	}
	return err
}

// tooBig is how a message beyond the limit is refused (RFC 1870, 6.1).
func (p *play) tooBig() error {
	p.meter.Add("refusals")
	return p.answer(written(p.beyond()))
}

func (p *play) beyond() *faults.SMTPReply {
	return &faults.SMTPReply{Code: 552, Enhanced: "5.3.4", Text: fmt.Sprintf("Message is larger than %d bytes", p.script.SizeLimit)}
}

func (p *play) to(command string) error {
	address, _ := path(command)
	if own := p.hit(faults.SMTPRcpt, address); own != nil {
		return p.give(own)
	}
	if p.script.Greylist > 0 && (p.look || p.grey(p.peer()+" "+p.mail.sender+" "+address)) {
		return p.refuse("refusals", 450, "4.2.0", "Greylisted, try again later")
	}
	if withheld := p.withhold(address); withheld != nil {
		p.mail.recipients = append(p.mail.recipients, recipient{address, withheld})
		return p.answer("250 2.1.5 OK\r\n")
	}
	r, err := p.relay(command)
	if r.ok() {
		p.mail.recipients = append(p.mail.recipients, recipient{address: address})
	}
	return err
}

// withhold tells that the server is not to know of a recipient, and what is
// said of it after the message: over LMTP one that the script refuses then, and
// that of a look.
func (p *play) withhold(address string) *faults.SMTPReply {
	if !p.mail.open {
		return nil
	}
	if p.lmtp || p.look {
		if own := p.hit(faults.SMTPEOD, address); own != nil {
			return own
		}
	}
	if p.look && (p.script.Cut != "" || p.drops()) {
		return &faults.SMTPReply{Phase: faults.SMTPEOD, Code: 250, Enhanced: "2.0.0", Text: "Message accepted"}
	}
	return nil
}

// drops tells whether the message of the transaction is accepted and dropped.
func (p *play) drops() bool {
	return p.script.Drop == faults.DropAll || p.script.Drop == faults.DropNullSender && p.mail.sender == ""
}
