package imap

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"slices"
	"sync/atomic"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex"
)

// speaker follows one script.
type speaker struct{ faults.IMAPScript }

// New reads a script and makes its speaker.
func New(script json.RawMessage) (dialogue.Speaker, error) {
	var s speaker
	err := dialogue.Read(script, &s.IMAPScript)
	return s, err
}

// Speak implements [dialogue.Speaker].
func (s speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	p := &play{Talk: duplex.New(ctx, client, server, m), script: s.IMAPScript}
	p.ends = s.Bye != nil && p.Hit(s.Bye.Share)
	return p.Run(p.obey, p.hand)
}

// play is the dialogue on one connection.
type play struct {
	*duplex.Talk
	script faults.IMAPScript
	ends   bool        // the script ends this connection by BYE
	inside atomic.Bool // somebody has logged in
	said   int         // commands since then
}

// obey hands one command on, or answers it as the script has it.
func (p *play) obey(l duplex.Line) error {
	c := command(l.Text)
	if c == nil { // the server will say what it thinks of it
		_, err := p.Client.Hand(l, p.Server)
		return err
	}
	if p.leaves(c) {
		p.Settle()
		return p.bye()
	}
	if own := p.answer(c.Verb); own != nil {
		return p.give(l, "replies", c.Tag+" NO "+faults.Coded(own.Code, own.Text))
	}
	if c.Verb == "STARTTLS" && p.script.StartTLS != "" {
		return p.startTLS(c, l)
	}
	return p.pass(c, l)
}

// leaves tells that the session ends instead of an answer to the command. A look
// does not come in: its login, or its second command, is taken for that point.
func (p *play) leaves(c *duplex.Command) bool {
	switch {
	case !p.ends:
		return false
	case p.Look:
		p.said++
		return p.script.Bye.At == faults.IMAPLogin && logsIn(c.Verb) || p.script.Bye.At == faults.IMAPSession && p.said > 1
	case p.script.Bye.At != faults.IMAPSession || !p.inside.Load():
		return false
	}
	p.said++
	return p.said > p.script.Bye.After
}

func (p *play) bye() error {
	text := "* BYE " + faults.Coded(p.script.Bye.Code, p.script.Bye.Text)
	p.Meter.Add("byes")
	p.Meter.Note(text)
	return p.Part(text + "\r\n")
}

// answer tells which answer of the script's a command has, if any.
func (p *play) answer(verb string) *faults.IMAPAnswer {
	for i, own := range p.script.Answers {
		if slices.Contains(own.Commands, verb) && p.Hit(own.Share) {
			return &p.script.Answers[i]
		}
	}
	return nil
}

// give takes a command from the client that the server does not get, and answers
// it. Literals for which the client waits are not asked for (RFC 9051, 4.3).
func (p *play) give(l duplex.Line, what, text string) error {
	if err := parts(p.Client, l, io.Discard, func(waits bool) bool { return !waits }); err != nil {
		return err
	}
	p.Meter.Add(what)
	p.Meter.Note(text)
	return p.Say(text + "\r\n")
}

// pass hands a command on, with its literals and whatever else the server asks
// for before it answers.
func (p *play) pass(c *duplex.Command, l duplex.Line) error {
	p.Ask(c)
	if err := parts(p.Client, l, p.Server, func(waits bool) bool { return !waits || p.Wanted(c) }); err != nil {
		return err
	}
	switch c.Verb {
	case "AUTHENTICATE":
		return p.Converse(c, false, p.obey)
	case "IDLE": // one line: DONE
		return p.Converse(c, true, p.obey)
	case "STARTTLS", "COMPRESS":
		return p.Upgrade(c)
	}
	return nil
}
