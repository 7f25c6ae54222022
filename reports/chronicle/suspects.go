package chronicle

import (
	"cmp"
	"slices"

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
		p.Class, p.Seqs, p.Note = cut(p.Class, TextMost), cut(p.Seqs, TextMost), v.foreign(p.Note)
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
