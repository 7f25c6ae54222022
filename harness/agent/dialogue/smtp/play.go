package smtp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	pattern "path"
	"slices"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// errOver ends a dialogue in order.
var errOver = errors.New("the dialogue is over")

// play is the dialogue on one connection.
type play struct {
	*speaker
	ctx            context.Context
	client, server *end
	wires          [2]net.Conn // the connections themselves, under TLS or not
	meter          *dialogue.Meter
	look           bool
	name           string // by which the server greeted
	mail           mail
}

// mail is the transaction that is open (RFC 5321, 3.3).
type mail struct {
	open       bool
	sender     string
	recipients []recipient
	chunks     *chunks
}

// recipient is one that was accepted. withheld is the reply after the message,
// of one of which the server does not know.
type recipient struct {
	address  string
	withheld *faults.SMTPReply
}

func (p *play) run() error {
	err := p.greet()
	for err == nil {
		var command string
		if command, err = p.command(); err == nil {
			err = p.obey(command)
		}
	}
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}

// command waits for the client. When the rule is taken, the dialogue ends
// between two commands: no message is at stake there.
func (p *play) command() (string, error) {
	if p.ctx.Err() != nil {
		return "", errOver
	}
	stop := context.AfterFunc(p.ctx, func() { _ = p.client.SetReadDeadline(time.Unix(1, 0)) })
	line, err := p.client.line()
	if !stop() {
		return "", errOver
	}
	return line, err
}

func (p *play) greet() error {
	r, err := p.server.reply()
	if err != nil {
		return err
	}
	if words := strings.Fields(r.lines[0][4:]); len(words) > 0 {
		p.name = words[0]
	}
	if p.script.BannerDelay > 0 {
		p.meter.Add("delays")
		p.wait(p.script.BannerDelay)
	}
	if own := p.hit(faults.SMTPConnect); own != nil {
		return errors.Join(p.give(own), errOver)
	}
	return p.client.say(r.text())
}

func (p *play) obey(command string) error {
	switch verb(command) {
	case "EHLO", "HELO", "LHLO":
		return p.hello(command)
	case "STARTTLS":
		return p.startTLS(command)
	case "AUTH":
		return p.auth(command)
	case "MAIL":
		return p.from(command)
	case "RCPT":
		return p.to(command)
	case "DATA":
		return p.data(command)
	case "BDAT":
		return p.bdat(command)
	case "RSET":
		p.mail = mail{}
	case "QUIT":
		if own := p.hit(faults.SMTPQuit); own != nil {
			return errors.Join(p.give(own), errOver)
		}
		return errors.Join(p.pass(command), errOver)
	}
	return p.pass(command)
}

// pass hands a command on, and the answer back.
func (p *play) pass(command string) error {
	_, err := p.relay(command)
	return err
}

func (p *play) relay(command string) (reply, error) {
	r, err := p.server.ask(command)
	if err != nil {
		return r, err
	}
	return r, p.answer(r.text())
}

// answer gives a reply, as slowly as the script has it.
func (p *play) answer(text string) error {
	if p.script.ReplyDelay > 0 {
		p.meter.Add("delays")
		p.wait(p.script.ReplyDelay)
	}
	return p.client.say(text)
}

// wait sleeps, unless the rule is taken. A look need not wait as long as others.
func (p *play) wait(d time.Duration) {
	if p.look {
		d = min(d, faults.LookWait)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
}

// hit tells which reply of the script's is given in a phase, if any: a share of
// the occasions, however many recipients one of them is about.
func (p *play) hit(phase faults.SMTPPhase, recipients ...string) *faults.SMTPReply {
	for i := range p.script.Replies {
		r := &p.script.Replies[i]
		if r.Phase != phase {
			continue
		}
		if p.look || meant(r, recipients) && rand.Float64() < r.Share {
			return r
		}
	}
	return nil
}

// meant tells whether a reply is for one of the recipients, where there are any.
func meant(r *faults.SMTPReply, recipients []string) bool {
	if r.Match == "" || r.Phase != faults.SMTPRcpt && r.Phase != faults.SMTPEOD {
		return true
	}
	return slices.ContainsFunc(recipients, func(recipient string) bool {
		ok, err := pattern.Match(strings.ToLower(r.Match), recipient)
		return err == nil && ok
	})
}

// give gives a reply of the script's, and counts it.
func (p *play) give(r *faults.SMTPReply) error {
	p.meter.Add("replies")
	p.meter.Note(strings.TrimSpace(written(r)))
	return p.answer(written(r))
}

func written(r *faults.SMTPReply) string {
	if r.Enhanced == "" {
		return fmt.Sprintf("%d %s\r\n", r.Code, r.Text)
	}
	return fmt.Sprintf("%d %s %s\r\n", r.Code, r.Enhanced, r.Text)
}

// refuse gives a reply that a part of the script has of its own.
func (p *play) refuse(what string, code int, enhanced, text string) error {
	p.meter.Add(what)
	return p.answer(written(&faults.SMTPReply{Code: code, Enhanced: enhanced, Text: text}))
}

// readTime is what a look is given to read what was said before a reset, which
// throws away what was not read yet.
const readTime = 50 * time.Millisecond

// reset cuts both ends off.
func (p *play) reset() error {
	if p.look {
		p.wait(readTime)
	}
	for _, c := range p.wires {
		dialogue.Reset(c)
	}
	return errOver
}

// peer is the client's address.
func (p *play) peer() string {
	host, _, err := net.SplitHostPort(p.client.RemoteAddr().String())
	if err != nil {
		return p.client.RemoteAddr().String()
	}
	return host
}
