package faults

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"slices"
)

// storming is a fault that sends clients to the target.
type storming struct {
	aimed[Ruler]
	spec    LoadSpec
	service string
}

// newStorm makes one. meets is what must be counted for it to be effective; the
// service is that of the target to which the clients come.
func newStorm(kind string, params any, service string, spec LoadSpec, meets string) (Fault, error) {
	switch {
	case spec.Sessions < 1 || spec.Sessions > 2000:
		return nil, fmt.Errorf("sessions is %d; valid: 1 to 2000", spec.Sessions)
	case !(spec.Rate >= 0 && spec.Rate <= 1000): // not a number is refused too
		return nil, fmt.Errorf("rate is %v; valid: 0 to 1000 in a second", spec.Rate)
	case spec.Most < 0:
		return nil, fmt.Errorf("count is %d; valid: 0 (no end) and more", spec.Most)
	case spec.Size < 0 || spec.Size > 50<<20:
		return nil, fmt.Errorf("size is %d; valid: 0 to 50 MiB", spec.Size)
	}
	spec.Protocol = "smtp"
	if service == "imap" {
		spec.Protocol = "imap"
	}
	if err := addresses(spec); err != nil {
		return nil, err
	}
	s := storming{spec: spec, service: service}
	r := &ruled{mechanism: Load, place: s.place}
	r.sees = func(ctx context.Context, t Target, p phase) (Evidence, error) {
		return s.sees(ctx, t, p, r.ruleID(t), meets)
	}
	made, err := newRuled(kind, params, r)
	if err == nil {
		s.aimed = made.(ruledFault).aimed
	}
	return s, err
}

// addresses refuses what no server takes as an address: all of the mail would be
// turned down, and the fault never be in effect. The sender is not looked at
// where it is the account.
func addresses(spec LoadSpec) error {
	all := slices.Clone(spec.Rcpt)
	if spec.From != spec.User {
		all = append(all, spec.From)
	}
	for _, text := range all {
		if a, err := mail.ParseAddress(text); text != "" && (err != nil || a.Address != text) {
			return fmt.Errorf("%q is no address; valid: a mailbox and its domain, such as u1@drill.test", text)
		}
	}
	return nil
}

// Names implements [Named].
func (s storming) Names() []string {
	if s.spec.Client == "" {
		return nil
	}
	return []string{s.spec.Client}
}

// Check implements [Particular].
func (s storming) Check(t Target) error {
	p, _ := t.Peer(t.Node.Name())
	if p.Services[s.service] == 0 {
		return fmt.Errorf("it has no service %s", s.service)
	}
	if _, err := s.client(t); err != nil {
		return err
	}
	if s.spec.Manner == Send && (len(s.spec.Rcpt) == 0 || slices.Contains(s.spec.Rcpt, "")) {
		return errors.New("`to` is missing: the mailboxes to which the mail goes")
	}
	if s.spec.User == "" && (s.spec.Manner == Guess || s.service == "submission") {
		return errors.New("`user` is missing: whose account it is about")
	}
	return nil
}

// client is where the clients come from.
func (s storming) client(t Target) (string, error) {
	for _, p := range t.Peers {
		if p.Name == s.spec.Client || s.spec.Client == "" && slices.Contains(p.Roles, "outside") {
			return p.Name, nil
		}
	}
	return "", errors.New("there is no node from which the clients could come; name one in `client`")
}

func (s storming) place(t Target) ([]placed, error) {
	if err := s.Check(t); err != nil {
		return nil, err
	}
	p, _ := t.Peer(t.Node.Name())
	if len(p.Addresses) == 0 {
		return nil, errors.New("its address is not known")
	}
	spec := s.spec
	spec.Client, _ = s.client(t)
	spec.To = netip.AddrPortFrom(p.Addresses[0], uint16(p.Services[s.service]))
	return []placed{{t.Node, spec}}, nil
}

// sees asks the kernel of the target for connections of such clients, and the
// clients for what the server answered them. Without a fault a connection is one
// too many.
func (s storming) sees(ctx context.Context, t Target, p phase, id, meets string) (Evidence, error) {
	n, ok := t.Node.(Ruler)
	if !ok {
		return Evidence{}, errors.New("it takes no rules")
	}
	all, err := n.Rules(ctx, Load)
	if err != nil {
		return Evidence{}, fmt.Errorf("read who comes to it: %w", err)
	}
	var seen, met, offered, turned uint64
	for _, r := range all {
		switch r.ID {
		case LoadSeen:
			seen += r.Counters["connections"]
		case id:
			met, offered = r.Counters[meets], r.Counters["offered"]
			turned = r.Counters["denied"] + r.Counters["refused"]
		}
	}
	e := Evidence{Detail: fmt.Sprintf("%d connections of such clients are open, %d attempts were made, %d %s", seen, offered, met, meets)}
	if p != held {
		e.Effective = seen > 0
		return e, nil
	}
	e.Effective = met > 0
	if s.spec.Manner == Hold || s.spec.Manner == Drip {
		asked := float64(s.spec.Sessions)
		e.Effective = met > 0 && seen > 0
		// Those that a server with a limit turns away are met too: it is what limits are for.
		came := min(float64(seen+turned), max(asked, float64(seen)))
		e.Measured = []Measured{{What: "connections", Unit: "1", Asked: asked, Seen: came, Within: came >= 0.9*asked}}
		e.Detail += fmt.Sprintf(", %d turned away", turned)
	}
	return e, nil
}
