package measure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// conclude joins everything into one verdict: error over aborted over failed
// over inconclusive over passed. An objective is failed only if its evidence
// stands, so failed comes before the gates. A gate that spoils some objectives
// only has had its say about those. Without an objective nothing was asked, and
// nothing can have passed.
func (q *inquiry) conclude(objectives []record.Objective, rows []record.Gate) (record.Verdict, string) {
	if broken := q.broken(); len(broken) > 0 {
		return record.Error, strings.Join(broken, "; ")
	}
	if v, why := q.cutShort(); v != "" {
		return v, why
	}
	if failed := append(with(objectives, record.Failed), q.unbearable()...); len(failed) > 0 {
		return record.Failed, "missed: " + strings.Join(failed, ", ")
	}
	var open []string
	for i, g := range rows {
		if !g.Passed && q.rules.denies(gates[i]) {
			open = append(open, fmt.Sprintf("gate %s: %s", g.Name, g.Detail))
		}
	}
	for _, o := range objectives {
		if o.Verdict != record.Passed {
			open = append(open, fmt.Sprintf("objective %s: %s", o.Name, o.Reason))
		}
	}
	if len(objectives) == 0 {
		open = append(open, "no objective was set")
	}
	if len(open) > 0 {
		return record.Inconclusive, strings.Join(open, "; ")
	}
	return record.Passed, ""
}

// unbearable names what no mail system may do, whether or not an objective
// asks: deliver mail after it was refused (RFC 5321, section 4.2.5), or to
// somebody else. A scenario that expects the latter says so by an objective.
func (q *inquiry) unbearable() []string {
	var said []string
	if n := q.accounts.DeliveredDespiteRejection; n > 0 {
		said = append(said, fmt.Sprintf("%d copies were refused and delivered all the same", n))
	}
	asked := slices.ContainsFunc(q.story.spec.Objectives, func(o Objective) bool { return o.Name == "misdelivered" })
	if n := q.accounts.Misdelivered; n > 0 && !asked {
		said = append(said, fmt.Sprintf("%d copies are in the mailbox of somebody else", n))
	}
	return said
}

// broken lists the instrument's own defects: books that do not balance, events
// that cannot be read, a run that ended in an error.
func (q *inquiry) broken() []string {
	broken := append(q.story.defects.list(), q.accounts.defects.list()...)
	if wrong := q.oversalted(); wrong != "" {
		broken = append(broken, "the instrument did not find exactly what it had planted: "+wrong)
	}
	if e := q.story.ending; e != nil && e.How == "error" {
		broken = append(broken, "the run ended in an error: "+e.Why)
	}
	return broken
}

// lacking: the run ended in an error of its environment, and nothing of the
// instrument's own is wrong beside it.
func (q *inquiry) lacking() bool {
	e := q.story.ending
	return e != nil && e.How == "error" && e.Lacking && len(q.broken()) == 1
}

// cutShort tells whether the run was stopped before its end.
func (q *inquiry) cutShort() (record.Verdict, string) {
	switch {
	case q.story.stop != nil:
		return record.Aborted, q.story.stop.Why
	case q.story.ending == nil:
		return record.Aborted, "the history stops before the run did"
	case q.story.ending.How != "complete":
		return record.Aborted, q.story.ending.Why
	}
	return "", ""
}

func with(objectives []record.Objective, v record.Verdict) []string {
	var names []string
	for _, o := range objectives {
		if o.Verdict == v {
			names = append(names, o.Name)
		}
	}
	return names
}

// dirty: the run said so, something is left, or the history stops while
// nobody had proven that nothing is.
func (q *inquiry) dirty() bool {
	if e := q.story.ending; e == nil || e.Dirty {
		return true
	}
	return q.residue() != ""
}
