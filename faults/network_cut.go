package faults

import (
	"errors"
	"fmt"
	"slices"
)

// decodePath reads the parameters of a fault on a path.
func decodePath(decode func(any) error, with *route) error {
	if err := decode(with); err != nil {
		return err
	}
	return with.check()
}

// cut makes a fault that takes an action on all packets of a path.
func cut(kind string, p route, action string, in ...error) (Fault, error) {
	c := closed{route: p, in: in, spare: true}
	return newRuled(kind, []any{p, action}, &ruled{
		mechanism: Packets, names: p.Peers, check: p.meets,
		place: func(t Target) ([]placed, error) {
			spec := p.spec(t)
			spec.Action = action
			return []placed{{t.Node, spec}}, nil
		},
		sees: c.sees,
	})
}

var errNoIPv6 = errors.New("the topology has no IPv6: set `ipv6: true`")

// meets refuses a path without anybody at its other end.
func (p route) meets(t Target) error {
	if slices.Contains(p.Peers, t.Node.Name()) {
		return fmt.Errorf("it is its own peer; packets to itself take no network")
	}
	if t.Link != nil && len(p.Peers) > 0 {
		return errors.New("`peers` are those of the link; leave them out")
	}
	if p.Family == "ipv6" && !t.IPv6 {
		return errNoIPv6
	}
	return nil
}

func newPartition(decode func(any) error) (Fault, error) {
	p := route{Direction: "both", Family: "any"}
	if err := decodePath(decode, &p); err != nil {
		return nil, err
	}
	return cut("net.partition", p, "drop", ErrNoAnswer)
}

func newIsolate(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	return cut("net.isolate", route{}, "drop", ErrNoAnswer)
}

// smtpPort is that of mail between hosts (RFC 5321, section 4.5.4.2).
const smtpPort = 25

func newEgressBlock(decode func(any) error) (Fault, error) {
	with := struct {
		Port int `yaml:"port"`
	}{Port: smtpPort}
	if err := decode(&with); err != nil {
		return nil, err
	}
	p := route{Port: with.Port, Direction: "to"}
	if p.Port < 1 || p.Port > 65535 {
		return nil, fmt.Errorf("port is %d; valid: 1 to 65535", p.Port)
	}
	return newRuled("net.egress-block", with, &ruled{
		mechanism: Packets,
		place: func(t Target) ([]placed, error) {
			// Only new connections: what clients have opened is answered on.
			return []placed{{t.Node, PacketSpec{Ports: []uint16{uint16(p.Port)}, Protocol: "tcp", Direction: "to", Flows: "new", Action: "drop"}}}, nil
		},
		sees: closed{route: p, in: []error{ErrNoAnswer}}.sees,
	})
}

func newHalfOpen(decode func(any) error) (Fault, error) {
	p := route{Direction: "from", Family: "any"}
	if err := decodePath(decode, &p); err != nil {
		return nil, err
	}
	if p.Direction == "both" || p.Direction == "" {
		return nil, errors.New("direction is both; valid: to, from: net.partition cuts both")
	}
	return cut("net.half-open", p, "drop", ErrNoAnswer)
}

func newReset(decode func(any) error) (Fault, error) {
	p := route{Direction: "both", Family: "any"}
	if err := decodePath(decode, &p); err != nil {
		return nil, err
	}
	f, err := cut("net.reset", p, "reset", ErrRefused, ErrReset)
	if err != nil {
		return nil, err
	}
	// A port on which nobody listens is refused without a fault too.
	r := f.(ruledFault)
	r.check = func(t Target) error { return errors.Join(p.meets(t), p.listens(t)) }
	return r, nil
}

// listens refuses a path at whose other end nobody listens.
func (p route) listens(t Target) error {
	if len(p.others(t)) == 0 {
		return errors.New("say to whom: `peers`, or aim it at a link")
	}
	for _, o := range p.others(t) {
		port := p.knock(t, o)
		open := false
		for _, own := range o.Services {
			open = open || own == int(port)
		}
		if !open {
			return fmt.Errorf("nothing listens on port %d of %s, so a refused connection would prove nothing", port, o.Name)
		}
	}
	return nil
}

func newIPv6Broken(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	p := route{Family: "ipv6"}
	f, err := cut("net.ipv6-broken", p, "drop", ErrNoAnswer)
	if err != nil {
		return nil, err
	}
	r := f.(ruledFault)
	r.check = func(t Target) error {
		if !t.IPv6 {
			return errNoIPv6
		}
		return nil
	}
	return r, nil
}
