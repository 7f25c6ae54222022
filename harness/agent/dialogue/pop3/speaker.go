package pop3

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex"
)

// speaker follows one script.
type speaker struct{ faults.POP3Script }

// New reads a script and makes its speaker.
func New(script json.RawMessage) (dialogue.Speaker, error) {
	var s speaker
	err := dialogue.Read(script, &s.POP3Script)
	return s, err
}

// Speak implements [dialogue.Speaker].
func (s speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	p := &play{Talk: duplex.New(ctx, client, server, m), script: s.POP3Script}
	return p.Run(p.obey, p.hand)
}

// play is the dialogue on one connection.
type play struct {
	*duplex.Talk
	script  faults.POP3Script
	greeted bool
}

// obey hands one command on, or answers it as the script has it.
func (p *play) obey(l duplex.Line) error {
	verb, args, _ := strings.Cut(strings.TrimRight(string(l.Text), "\r\n"), " ")
	c := &duplex.Command{Verb: strings.ToUpper(verb), Text: args}
	for _, own := range p.script.Errors {
		if own.Command == c.Verb && p.Hit(own.Share) {
			return p.refuse(l, "-ERR "+faults.Coded(own.Code, own.Text))
		}
	}
	if p.Look && p.script.Cut && c.Verb == "RETR" { // it has not logged in
		return p.Reset()
	}
	p.Ask(c)
	if _, err := p.Client.Hand(l, p.Server); err != nil {
		return err
	}
	switch c.Verb {
	case "AUTH":
		return p.Converse(c, false, p.obey)
	case "STLS":
		return p.Upgrade(c)
	}
	return nil
}

// refuse answers a command that the server does not get.
func (p *play) refuse(l duplex.Line, text string) error {
	if _, err := p.Client.Hand(l, io.Discard); err != nil {
		return err
	}
	p.Meter.Add("replies")
	p.Meter.Note(text)
	return p.Say(text + "\r\n")
}
