package faults

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

type configParams struct {
	File string `yaml:"file"`
	Line string `yaml:"line"`
}

func newConfigReload(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, configParams{})
	if err == nil {
		err = checkFile(p.File)
	}
	if strings.ContainsAny(p.Line, "\r\n") {
		err = errors.Join(err, fmt.Errorf("line is %q; valid: one line", p.Line))
	}
	if err != nil {
		return nil, err
	}
	f, err := newSetting("config.bad-reload", p, p.spec, p.sees)
	if err != nil {
		return nil, err
	}
	return started{f}, nil
}

// started is a fault that may bring its target down: its revert starts it.
type started struct{ Fault }

// Check implements [Particular].
func (f started) Check(t Target) error {
	p, ok := f.Fault.(Particular)
	if !ok {
		return nil
	}
	return p.Check(t)
}

// Undo implements [Fault].
func (f started) Undo(t Target) []Undo {
	return append(f.Fault.Undo(t), Undo{Node: t.Node.Name(), Verb: "start"})
}

// Revert implements [Fault].
func (f started) Revert(ctx context.Context, t Target) error {
	err := f.Fault.Revert(ctx, t)
	n, ok := t.Node.(startable)
	if !ok {
		return errors.Join(err, fmt.Errorf("%s cannot be started", t.Node.Name()))
	}
	_, startErr := revive(ctx, n)
	return errors.Join(err, startErr)
}

// of finds the software, and the line that is added to its file.
func (p configParams) of(t Target) (by software, file, line string, err error) {
	by, err = softwareOf(t, p.File)
	file, line = by.config, by.mistake
	if p.File != "" {
		file = p.File
	}
	if p.Line != "" {
		line = p.Line
	}
	return by, file, line, err
}

func (p configParams) spec(t Target) (SettingSpec, error) {
	by, file, line, err := p.of(t)
	return SettingSpec{File: file, Do: SettingAppend, Text: line + "\n", Reload: by.reload}, err
}

// sees looks into the file as the server finds it, asks the server's own check
// of it, and tells from the outside what became of the server.
func (p configParams) sees(ctx context.Context, t Target, known phase) (Evidence, error) {
	by, file, line, err := p.of(t)
	if err != nil {
		return Evidence{}, err
	}
	found, err := touch(ctx, t.Node, Touch{Try: TryRun, Run: []string{"grep", "-qxF", "--", line, file}})
	if err != nil {
		return Evidence{}, err
	}
	if found.Down {
		return Evidence{Effective: known == held, Detail: "the server is down"}, nil
	}
	if found.Code != 0 {
		return Evidence{Detail: file + " has no such line"}, nil
	}
	check, err := touch(ctx, t.Node, Touch{Try: TryRun, Run: by.check})
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Effective: true, Detail: outcome(ctx, t, check)}
	if line == by.mistake && by.name == "postfix" {
		return p.refuses(ctx, t, e)
	}
	return e, nil
}

// outcome says what became of the server: its own check of the file, and
// whether it serves.
func outcome(ctx context.Context, t Target, check Felt) string {
	words := "the server takes the file"
	if check.Code != 0 {
		words = fmt.Sprintf("the server refuses the file (%s)", last(string(check.Output)))
	}
	switch v := look(ctx, t, nil); {
	case t.Reach == nil:
		return words
	case v.detail != "it greets":
		return words + " and is down: " + v.detail
	case check.Code != 0:
		return words + " and goes on with what it had"
	}
	return words + " and goes on with it"
}

// refuses looks for the effect of Postfix's mistake: nobody's mail is taken.
func (p configParams) refuses(ctx context.Context, t Target, e Evidence) (Evidence, error) {
	for _, service := range overSMTP {
		v, err := own(t, service)
		if err != nil {
			continue
		}
		shows, words, err := smtpLook{say: until[SMTPRcpt], shows: func(s Sight, _ error) bool {
			return strings.Contains(string(s.Bytes), "\r\n554 5.7.1 ")
		}}.at(ctx, passage{from: t.Node, service: service, to: []netip.AddrPort{v.To}})
		e.Effective, e.Detail = shows, e.Detail+"; a recipient is answered with "+words
		return e, err
	}
	return e, nil
}
