package chronicle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
)

// named are the messages that one row of the record's problems names.
type named struct {
	class
	runs []numbers
	cut  bool // the row names the first of them only
	near int  // the run that was asked for last
}

// numbers are sequence numbers from the first to the last.
type numbers struct{ first, last uint32 }

// readNamed reads a row. A list that cannot be understood is an error, and what
// could be understood of it stands.
func readNamed(p record.Problem) (*named, error) {
	n := &named{class: classOf(cut(p.Class, TextMost))}
	var wrong error
	for _, text := range strings.Fields(p.Seqs) {
		if text == "..." {
			n.cut = true
			continue
		}
		r, err := readNumbers(text)
		if err != nil {
			wrong = err
			continue
		}
		n.runs = append(n.runs, r)
	}
	n.tidy()
	return n, wrong
}

func readNumbers(text string) (numbers, error) {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	first, err := strconv.ParseUint(from, 10, 32)
	last, err2 := strconv.ParseUint(to, 10, 32)
	if err = cmp.Or(err, err2); err != nil || last < first {
		return numbers{}, fmt.Errorf("%q is no range of numbers", cut(text, 40))
	}
	return numbers{uint32(first), uint32(last)}, nil
}

// tidy puts the runs in order and joins those that overlap.
func (n *named) tidy() {
	slices.SortFunc(n.runs, func(a, b numbers) int { return cmp.Compare(a.first, b.first) })
	joined := n.runs[:0]
	for _, r := range n.runs {
		if last := len(joined) - 1; last >= 0 && r.first <= joined[last].last {
			joined[last].last = max(joined[last].last, r.last)
			continue
		}
		joined = append(joined, r)
	}
	n.runs = joined
}

// names tells whether the row names a message. Those who ask go through the
// numbers in their order.
func (n *named) names(seq uint32) bool {
	if len(n.runs) == 0 {
		return false
	}
	if r := n.runs[n.near]; seq >= r.first && seq <= r.last {
		return true
	}
	i, hit := slices.BinarySearchFunc(n.runs, seq, func(r numbers, seq uint32) int {
		switch {
		case r.last < seq:
			return -1
		case r.first > seq:
			return 1
		}
		return 0
	})
	if hit {
		n.near = i
	}
	return hit
}

// beyond tells that the row would name a message, if it is one of its kind, only
// after where it was cut.
func (n *named) beyond(seq uint32) bool {
	return n.cut && (len(n.runs) == 0 || seq > n.runs[len(n.runs)-1].last)
}

// holds tells whether the row means a copy. Of a message with one copy it names
// that; where there are several, or where it was cut, the facts tell which.
func (n *named) holds(seq uint32, c *copyState) bool {
	if n.names(seq) {
		return !c.facts.has(accompanied) || n.fits(c)
	}
	return n.beyond(seq) && n.fits(c)
}
