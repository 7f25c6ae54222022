package faults

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// proxied is a fault on the ways that connections to some services take.
type proxied struct {
	Fault
	services []string
}

// Check implements [Particular].
func (p proxied) Check(t Target) error {
	_, err := paths(t, p.services)
	return err
}

// passage is a way on which connections meet a rule: from a node, to addresses.
type passage struct {
	from    Node
	service string
	to      []netip.AddrPort
}

// paths are the ways that a fault is about: a link's own, or, of a node, those
// from every other that can take rules.
func paths(t Target, services []string) ([]passage, error) {
	if l := t.Link; l != nil {
		if services != nil && !slices.Contains(services, l.Service) {
			return nil, fmt.Errorf("the link %s is for %s; the fault is about %s", l.Name, l.Service, strings.Join(services, ", "))
		}
		return []passage{{t.Node, l.Service, ports(l.To.Addresses, l.Port)}}, nil
	}
	own, ok := t.Peer(t.Node.Name())
	if !ok {
		return nil, fmt.Errorf("%s is no node of the topology", t.Node.Name())
	}
	var to []netip.AddrPort
	service := ""
	for _, s := range offeredBy(own, services) {
		service, to = s, append(to, ports(own.Addresses, own.Services[s])...)
	}
	if service == "" {
		return nil, fmt.Errorf("%s has none of the services that the fault is about: %s", own.Name, cmp.Or(strings.Join(services, ", "), "any"))
	}
	var all []passage
	for _, p := range t.Peers {
		if _, ok := p.Node.(Ruler); ok && p.Name != own.Name {
			all = append(all, passage{p.Node, service, to})
		}
	}
	return all, nil
}

// offeredBy are the services of a node that are meant, in a fixed order.
func offeredBy(p Peer, services []string) []string {
	var all []string
	for s := range p.Services {
		if services == nil && s != "dns" || slices.Contains(services, s) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

func ports(addresses []netip.Addr, port int) []netip.AddrPort {
	all := make([]netip.AddrPort, 0, len(addresses))
	for _, a := range addresses {
		all = append(all, netip.AddrPortFrom(a, uint16(port)))
	}
	return all
}

// Services of which a script is about; the name is also that of the protocol.
var (
	overSMTP = []string{"smtp", "submission"}
	overLMTP = []string{"lmtp"}
	overIMAP = []string{"imap"}
	overPOP3 = []string{"pop3"}
)

// looker is an attempt of the drill's own on a way: whether the fault shows there,
// and what was seen.
type looker interface {
	at(context.Context, passage) (bool, string, error)
}

// newScripted makes a fault of a script of the protocol of the services. New
// connections meet it, and those that exist are reset.
func newScripted(kind string, params any, services []string, script any, look looker) (Fault, error) {
	text, err := json.Marshal(script)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	spec := func(p passage) any {
		return DialogueSpec{To: p.to, Protocol: services[0], Script: text, Reset: true}
	}
	return newOnWays(kind, params, services, Dialogue, spec, look.at)
}

// wayLook looks for a fault on one way: whether it shows, and what was seen.
type wayLook func(context.Context, passage) (bool, string, error)

// newOnWays makes a fault of one rule on each way to the services.
func newOnWays(kind string, params any, services []string, m Mechanism, spec func(passage) any, look wayLook) (Fault, error) {
	f, err := newRuled(kind, params, &ruled{
		mechanism: m,
		place: func(t Target) ([]placed, error) {
			all, err := paths(t, services)
			var rules []placed
			for _, p := range all {
				rules = append(rules, placed{p.from, spec(p)})
			}
			return rules, err
		},
		sees: func(ctx context.Context, t Target, known phase) (Evidence, error) {
			return seen(ctx, t, services, known, look)
		},
	})
	return proxied{f, services}, err
}

// seen looks on every way: the fault is effective while it is held if it shows
// on all of them, and otherwise if it shows on any.
func seen(ctx context.Context, t Target, services []string, known phase, look wayLook) (Evidence, error) {
	all, err := paths(t, services)
	if err != nil {
		return Evidence{}, err
	}
	shows, what := make([]bool, len(all)), make([]string, len(all))
	looks, ctx := errgroup.WithContext(ctx)
	for i, p := range all {
		looks.Go(func() (err error) {
			if len(p.to) == 0 {
				return fmt.Errorf("no address is known on the way from %s", p.from.Name())
			}
			if shows[i], what[i], err = look(ctx, p); err != nil {
				return fmt.Errorf("look from %s: %w", p.from.Name(), err)
			}
			what[i] = p.from.Name() + " sees " + what[i]
			return nil
		})
	}
	err = looks.Wait()
	return Evidence{
		Effective: slices.Contains(shows, true) && (known != held || !slices.Contains(shows, false)),
		Detail:    strings.Join(what, "; "),
	}, err
}
