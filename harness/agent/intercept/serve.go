package intercept

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
)

// Serve is the proxy: it carries out the rules that it is told, until the
// session is over.
func Serve(ctx context.Context, session *mux.Session) error {
	s := &server{ctx: ctx, played: map[string]*played{}}
	return session.Serve(ctx, func(ctx context.Context, q mux.Question) {
		_ = q.Answer(s.do(ctx, q))
	})
}

// server holds the rules that stand.
type server struct {
	ctx    context.Context
	mu     sync.Mutex
	played map[string]*played
}

func (s *server) do(_ context.Context, q mux.Question) (any, error) {
	switch q.Verb {
	case verbPut:
		var r faults.Rule
		if err := json.Unmarshal(q.Body, &r); err != nil {
			return nil, err
		}
		return s.put(r)
	case verbTake:
		var o takeOrder
		if err := q.Decode(&o); err != nil {
			return nil, err
		}
		s.take(key(o.Mechanism, o.ID), nil)
		return nil, nil
	case verbRules:
		return s.rules(), nil
	}
	return nil, fmt.Errorf("unknown verb %q", q.Verb)
}

// put plays a rule. One that stands already as it is put is only prolonged, and
// goes on counting.
func (s *server) put(r faults.Rule) (putReply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := key(r.Mechanism, r.ID)
	p := s.played[name]
	if p == nil || string(p.rule.Spec) != string(r.Spec) {
		fresh, err := newPlayed(r)
		if err != nil {
			return putReply{}, err
		}
		if err := s.alone(name, fresh); err != nil {
			return putReply{}, err
		}
		if err := fresh.listen(s.ctx); err != nil {
			return putReply{}, err
		}
		if p != nil {
			p.end()
		}
		p, s.played[name] = fresh, fresh
	}
	p.last(r.TTL, func() { s.take(name, p) })
	return putReply{Ports: p.ports, Reset: p.reset}, nil
}

// alone: a connection passes one proxy, so no other rule may have the address.
func (s *server) alone(name string, fresh *played) error {
	for other, p := range s.played {
		for _, to := range fresh.to {
			if other != name && slices.Contains(p.to, to) {
				return fmt.Errorf("connections to %s already pass the proxy of rule %s: one rule at a time can play them", to, other)
			}
		}
	}
	return nil
}

// take ends a rule and what it plays; only this one where one is named.
func (s *server) take(name string, only *played) {
	s.mu.Lock()
	p := s.played[name]
	if p == nil || only != nil && p != only {
		s.mu.Unlock()
		return
	}
	delete(s.played, name)
	s.mu.Unlock()
	p.end()
}

func (s *server) rules() rulesReply {
	s.mu.Lock()
	defer s.mu.Unlock()
	var reply rulesReply
	for _, name := range slices.Sorted(maps.Keys(s.played)) {
		p := s.played[name]
		reply.Rules = append(reply.Rules, standing{p.rule.Mechanism, faults.Standing{
			ID: p.rule.ID, Spec: p.rule.Spec, By: "proxy", Left: time.Until(p.until), Counters: p.meter.Counts(), Looks: p.looks.Counts(),
		}})
	}
	return reply
}
