package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// spares looks whether what the fault is not about is still answered rightly:
// another question, and the same question of another client.
func (p namePlan) spares(ctx context.Context, t Target, l nameLook, asker Node) (hurt bool, words string) {
	words = "no other question to compare with"
	if q, right, ok := p.untouched(t); ok && asker != nil {
		other := nameLook{server: l.server, asked: q, wait: answerWait}
		a := twice(ctx, other, asker, func(a told) bool { return isRight(a, right) })
		hurt = !isRight(a, right)
		words = fmt.Sprintf("%s: %s", q, a)
	}
	if n := p.stranger(t); n != nil {
		a := twice(ctx, l, n, func(a told) bool { return a.failed != nil || !p.sign(a) })
		hurt = hurt || a.failed == nil && p.sign(a)
		words += fmt.Sprintf(", %s asks %s: %s", n.Name(), l.asked, a)
	}
	return hurt, words
}

// twice asks again where one answer is not good: it may be late for reasons of
// its own.
func twice(ctx context.Context, l nameLook, from Node, good func(told) bool) told {
	a := l.from(ctx, from)
	if !good(a) {
		a = l.from(ctx, from)
	}
	return a
}

func isRight(a told, right []string) bool {
	return a.failed == nil && !a.silent && a.rcode == "NOERROR" && slices.Equal(a.data, right)
}

// untouched is a question that no client's rule is about, with its right answer:
// of the zone in question if there is one.
func (p namePlan) untouched(t Target) (q asked, right []string, ok bool) {
	mine, _ := t.zoneOf(p.asks.name)
	for _, z := range append([]Zone{mine}, t.Zones...) {
		for _, r := range z.Records {
			q = asked{z.owner(r), r.Type}
			if (NameSpec{Match: p.spec.Match}).Meets(q.name, q.qtype, netip.Addr{}) {
				continue
			}
			lines, err := t.lines(q)
			if right = dataIn(lines, q.qtype); err == nil && len(right) > 0 {
				return q, right, true
			}
		}
	}
	return asked{}, nil, false
}

// stranger is a node that the fault is not for; nil if it is for all.
func (p namePlan) stranger(t Target) Node {
	if len(p.clients) == 0 {
		return nil
	}
	for _, n := range t.others(askerRoles...) {
		if !slices.Contains(p.clients, n.Name()) {
			return n
		}
	}
	return nil
}

// caches says who may still have an answer of before.
func (p namePlan) caches(ctx context.Context, t Target, at phase) string {
	const none = "maildrill's servers keep no answers: each lookup asks the name server"
	if !p.stale {
		return none
	}
	last := "nobody of the system's own was given the old records so far"
	if r, ok := t.Node.(Ruler); ok && at == held {
		standing, _ := r.Rules(ctx, Names)
		ours, _ := json.Marshal(p.spec)
		for _, s := range standing {
			if bytes.Equal(s.Spec, ours) && !s.Last.IsZero() {
				last = "the old records were last given at " + s.Last.UTC().Format(time.RFC3339Nano)
			}
		}
		return none + "; " + last + ", and a cache may keep them for their TTL from then"
	}
	return none
}
