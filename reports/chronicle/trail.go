package chronicle

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// trail reads the ledger for the second time, for everything that is said of the
// chosen copies.
type trail struct {
	veil
	chosen map[ledger.Copy]*ProblemCopy
	bySeq  map[uint32][]*ProblemCopy // what is said of a message and no recipient
	owners map[*ProblemCopy]string   // addresses, not masked
}

// tellMost bounds what is told of one copy of each kind.
const tellMost = 20

// trailKinds are those that say something of a copy's way.
var trailKinds = []ledger.Kind{ledger.Intent, ledger.Try, ledger.Outcome, ledger.Seen, ledger.Queued, ledger.Notified, ledger.Raw}

func follow(l ledger.Scanner, chosen map[ledger.Copy]*ProblemCopy, v veil) error {
	if len(chosen) == 0 || l == nil {
		return nil
	}
	t := &trail{veil: v, chosen: chosen, bySeq: map[uint32][]*ProblemCopy{}, owners: map[*ProblemCopy]string{}}
	for k, p := range chosen {
		t.bySeq[k.Seq] = append(t.bySeq[k.Seq], p)
	}
	terse(l)
	if err := ledger.EachOf(l, trailKinds, t.take); err != nil {
		return fmt.Errorf("read the ledger again: %w", err)
	}
	for _, p := range chosen {
		p.LastHop = lastHop(p)
	}
	return nil
}

func (t *trail) take(e ledger.Entry) error {
	if e.Copy.Stream != ledger.StreamWorkload || len(t.bySeq[e.Copy.Seq]) == 0 {
		return nil
	}
	if e.Kind == ledger.Seen && e.Foreign != "" {
		if e.Foreign == "misdelivered" || e.Foreign == "unaddressed" {
			for _, p := range t.bySeq[e.Copy.Seq] {
				t.see(p, &e)
			}
		}
		return nil
	}
	if p := t.chosen[e.Copy]; p != nil {
		t.tell(p, &e)
	}
	return nil
}

func (t *trail) tell(p *ProblemCopy, e *ledger.Entry) {
	switch e.Kind {
	case ledger.Intent:
		t.owners[p] = cut(e.Detail, TextMost)
		p.Planned, p.Due, p.Recipient = true, seconds(e.Start), t.address(e.Detail)
	case ledger.Try:
		p.Tries = add(p.Tries, Try{At: seconds(e.Start), Node: cut(e.Node, TextMost), Code: int(e.Code), Error: t.foreign(e.Detail)})
	case ledger.Outcome:
		t.answered(p, e)
	case ledger.Seen:
		t.see(p, e)
	case ledger.Queued:
		if node := cut(e.Node, TextMost); !slices.Contains(p.Queued, node) {
			p.Queued = add(p.Queued, node)
		}
	case ledger.Notified:
		p.Notices = add(p.Notices, t.foreign(fmt.Sprintf("%.3f s: %s", seconds(e.Start), e.Detail)))
	case ledger.Raw:
		if e.Detail != "" {
			p.Found = add(p.Found, Found{cut(e.Node, TextMost), t.path(e.Detail, t.owners[p])})
		}
	}
}

func add[T any](all []T, one T) []T {
	if len(all) == tellMost {
		return all
	}
	return append(all, one)
}

// accepted is the outcome of a copy that somebody took responsibility for.
const accepted = "accepted"

func (t *trail) answered(p *ProblemCopy, e *ledger.Entry) {
	if p.Outcome == accepted || p.Outcome == string(Indeterminate) {
		return // no other counts
	}
	if p.Outcome = string(unaccepted[e.Verdict]); e.Verdict == ledger.Accepted {
		p.Outcome = accepted
	}
	p.Answered, p.Sent = pointer(seconds(e.End)), nil
	if e.Sent != 0 {
		p.Sent = pointer(seconds(e.Sent))
	}
	p.Node, p.Code, p.Enhanced, p.Reply = cut(e.Node, TextMost), int(e.Code), cut(e.Enhanced, TextMost), t.foreign(e.Detail)
}

// see notes a physical copy once, whatever scans find it.
func (t *trail) see(p *ProblemCopy, e *ledger.Entry) {
	one := t.seen(e)
	for i, s := range p.Seen {
		if s.Store == one.Store && s.Mailbox == one.Mailbox && s.UID == one.UID && s.Foreign == one.Foreign {
			p.Seen[i].Scans = add(s.Scans, int(e.Scan))
			return
		}
	}
	p.Seen = add(p.Seen, one)
}

func (t *trail) seen(e *ledger.Entry) Seen {
	s := Seen{Store: cut(e.Node, TextMost), Mailbox: t.mailbox(e.Mailbox), Scans: []int{int(e.Scan)}, UID: e.UID,
		Damaged: e.Integrity == ledger.Damaged, Foreign: cut(e.Foreign, TextMost), Detail: t.foreign(e.Detail), Hops: t.hops(e.Hops)}
	if e.Arrived != 0 {
		s.Arrived = pointer(seconds(e.Arrived))
	}
	return s
}

// hops are the hosts that a copy went through, the oldest first.
func (t *trail) hops(chain string) []string {
	if chain == "" {
		return nil
	}
	newest := strings.SplitN(chain, ";", tellMost+1)
	var all []string
	for _, h := range slices.Backward(newest[:min(len(newest), tellMost)]) {
		all = append(all, t.foreign(strings.TrimSpace(h)))
	}
	return all
}

// lastHop is the last host that is known to have had the copy: where it was
// found, else in whose queue, else who answered for it.
func lastHop(p *ProblemCopy) string {
	for _, s := range slices.Backward(p.Seen) {
		if s.Foreign == "" {
			return s.Store
		}
	}
	if n := len(p.Found); n > 0 {
		return p.Found[n-1].Node
	}
	if n := len(p.Queued); n > 0 {
		return p.Queued[n-1]
	}
	return p.Node
}
