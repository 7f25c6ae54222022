package chronicle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// phantom is the class of messages that were found and never sent: no copy of
// the ledger has it.
const phantom = "phantom"

// suspects are the problem copies, and of each class those that may be shown.
type suspects struct {
	fates *fates
	first map[string][]ledger.Copy // by class, in their order
	total int
}

func newSuspects(f *fates) *suspects {
	s := &suspects{fates: f, first: map[string][]ledger.Copy{}}
	for _, n := range f.rows {
		if n.name == phantom {
			s.phantoms(n)
		}
	}
	return s
}

// phantoms has no copies to go through, but the record's own list.
func (s *suspects) phantoms(n *named) {
	for _, r := range n.runs {
		s.total += int(r.last-r.first) + 1
		for seq := r.first; len(s.first[phantom]) < ProblemsMost; seq++ {
			s.first[phantom] = append(s.first[phantom], ledger.Copy{Seq: seq})
			if seq == r.last {
				break
			}
		}
	}
}

// suspect takes a copy that has a fate, if it has a problem.
func (s *suspects) suspect(k ledger.Copy, c *copyState) {
	any := false
	for _, n := range s.fates.rows {
		if n.name == phantom || !n.holds(k.Seq, c) {
			continue
		}
		any = true
		if all := s.first[n.name]; len(all) < ProblemsMost {
			s.first[n.name] = append(all, k)
		}
	}
	if any {
		s.total++
	}
}

// chosen are those to show: some of every class, and else the worst first.
func (s *suspects) chosen() map[ledger.Copy]*ProblemCopy {
	all := map[ledger.Copy]*ProblemCopy{}
	take := func(most int) {
		for _, n := range s.fates.rows {
			for i, k := range s.first[n.name] {
				if i == most || len(all) == ProblemsMost && all[k] == nil {
					break
				}
				if all[k] == nil {
					all[k] = &ProblemCopy{Seq: k.Seq, Rcpt: k.Rcpt}
				}
			}
		}
	}
	take(ProblemsMost / max(1, len(s.fates.rows)))
	take(ProblemsMost)
	return all
}

// classed names the classes of each chosen copy, the worst first.
func (s *suspects) classed(chosen map[ledger.Copy]*ProblemCopy, t *copyTable) {
	for _, n := range s.fates.rows {
		for k, p := range chosen {
			c := t.of(k)
			if has := n.name == phantom && n.names(k.Seq) && !known(c) || n.name != phantom && known(c) && n.holds(k.Seq, c); !has {
				continue
			}
			if p.Class == "" {
				p.Class = n.name
				continue
			}
			p.Also = append(p.Also, n.name)
		}
	}
}

func known(c *copyState) bool { return c != nil && c.counts() }

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
				p.Seen = add(p.Seen, t.seen(&e))
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
		p.Seen = add(p.Seen, t.seen(e))
	case ledger.Queued:
		if node := cut(e.Node, TextMost); !slices.Contains(p.Queued, node) {
			p.Queued = add(p.Queued, node)
		}
	case ledger.Notified:
		p.Notices = add(p.Notices, t.foreign(fmt.Sprintf("%.3f s: %s", seconds(e.Start), e.Detail)))
	case ledger.Raw:
		if e.Detail != "" {
			p.Found = add(p.Found, cut(e.Node, TextMost)+": "+t.path(e.Detail, t.owners[p]))
		}
	}
}

func add[T any](all []T, one T) []T {
	if len(all) == tellMost {
		return all
	}
	return append(all, one)
}

func (t *trail) answered(p *ProblemCopy, e *ledger.Entry) {
	if p.Answered != nil && (p.verdict == ledger.Accepted || p.verdict == ledger.Indeterminate) {
		return
	}
	p.verdict = e.Verdict
	p.Answered, p.Sent = pointer(seconds(e.End)), nil
	if e.Sent != 0 {
		p.Sent = pointer(seconds(e.Sent))
	}
	p.Node, p.Code, p.Enhanced, p.Reply = cut(e.Node, TextMost), int(e.Code), cut(e.Enhanced, TextMost), t.foreign(e.Detail)
}

func (t *trail) seen(e *ledger.Entry) Seen {
	s := Seen{Store: cut(e.Node, TextMost), Mailbox: t.mailbox(e.Mailbox), Scan: int(e.Scan), UID: e.UID,
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
	if n := len(p.Queued); n > 0 {
		return p.Queued[n-1]
	}
	return p.Node
}

// problems are the copies that the record names.
func problems(l ledger.Scanner, s *suspects, t *copyTable, r record.Record, v veil) (Problems, error) {
	chosen := s.chosen()
	s.classed(chosen, t)
	if err := follow(l, chosen, v); err != nil {
		return Problems{}, err
	}
	out := Problems{Total: s.total}
	rank := map[string]int{}
	for i, p := range r.Problems {
		p.Seqs, p.Note = cut(p.Seqs, TextMost), v.foreign(p.Note)
		rank[p.Class], out.Classes = i, append(out.Classes, p)
	}
	for _, p := range chosen {
		out.Copies = append(out.Copies, *p)
	}
	slices.SortFunc(out.Copies, func(a, b ProblemCopy) int {
		return cmp.Or(cmp.Compare(rank[a.Class], rank[b.Class]), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Rcpt, b.Rcpt))
	})
	return out, nil
}
