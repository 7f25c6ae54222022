package chronicle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

const (
	// PointsMost bounds what there is to draw: a copy is a dot for its answer and
	// one for its arrival.
	PointsMost = 20_000
	// notableMost is the part of it that copies which are not plainly delivered
	// may take.
	notableMost = PointsMost * 3 / 4
)

// thinning decides which copies are drawn. Copies of one fate are a group, those
// of them with other anomalies too; plainly delivered ones are the last group to
// get room.
type thinning struct {
	grid    // the slowest of each bin are drawn
	groups  map[Fate]*group
	plain   *group
	slowest []extremes
	some    bool // something is left out
}

// group are copies of which one of every stride is drawn.
type group struct {
	name   string
	dots   int
	stride uint64
	seen   uint64
}

// extremes are the slowest plainly delivered copies of one bin.
type extremes struct {
	answer, arrival     ledger.Copy
	answered, delivered time.Duration
}

func newThinning(g grid) *thinning {
	return &thinning{grid: g, groups: map[Fate]*group{}, plain: &group{name: "plainly delivered", stride: 1}, slowest: make([]extremes, g.bins)}
}

func (t *thinning) groupOf(c *copyState) *group {
	fate := Fates[c.fate]
	if fate == Delivered && !c.facts.has(marked) {
		return t.plain
	}
	g := t.groups[fate]
	if g == nil {
		g = &group{name: groupName(fate), stride: 1}
		t.groups[fate] = g
	}
	return g
}

func groupName(f Fate) string {
	if f == Delivered {
		return "delivered but anomalous"
	}
	return strings.ReplaceAll(string(f), "_", " ")
}

// dots is how often a copy is drawn: at least once, on a rail.
func (c *copyState) dots() int {
	n := 0
	if c.verdict != 0 {
		n++
	}
	if c.arrival() {
		n++
	}
	return max(1, n)
}

// weigh takes a copy into account before any is drawn.
func (t *thinning) weigh(k ledger.Copy, c *copyState) {
	g := t.groupOf(c)
	g.dots += c.dots()
	if g != t.plain || t.bins == 0 {
		return
	}
	x := &t.slowest[t.of(c.due)]
	if c.took >= x.answered {
		x.answered, x.answer = c.took, k
	}
	if low, _ := c.arrivalOf(); c.arrival() && low >= x.delivered {
		x.delivered, x.arrival = low, k
	}
}

// decide sets the strides.
func (t *thinning) decide() {
	notable := 0
	for _, g := range t.groups {
		notable += g.dots
	}
	if notable+t.plain.dots <= PointsMost {
		return
	}
	t.some = true
	if notable > notableMost {
		most := fairShare(t.groups, notableMost)
		notable = 0
		for _, g := range t.groups {
			g.stride = uint64((g.dots + most - 1) / most)
			notable += g.dots / int(g.stride)
		}
	}
	const dots = 2 // of a copy, twice: the slowest to be accepted, and to arrive
	if room := PointsMost - notable - 2*dots*len(t.slowest); t.plain.dots > 0 {
		t.plain.stride = uint64((t.plain.dots + room - 1) / room)
	}
}

// fairShare is how many dots each group may have, so that all of them fit, and
// those that want less get all.
func fairShare(groups map[Fate]*group, room int) int {
	left := make([]int, 0, len(groups))
	for _, g := range groups {
		left = append(left, g.dots)
	}
	slices.Sort(left)
	for i, dots := range left {
		if share := room / (len(left) - i); dots > share {
			return max(1, share)
		}
		room -= dots
	}
	return max(1, room)
}

// draws tells whether a copy is drawn. Copies are asked for in their order, once.
func (t *thinning) draws(k ledger.Copy, c *copyState) bool {
	g := t.groupOf(c)
	n := g.seen
	g.seen++
	if n%g.stride == mixed(n/g.stride)%g.stride {
		return true
	}
	if g != t.plain || t.bins == 0 {
		return false
	}
	x := t.slowest[t.of(c.due)]
	return k == x.answer || k == x.arrival
}

// mixed chooses one of each so many copies, in no rhythm that a workload could
// have too (the mixing of splitmix64).
func mixed(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// sentence says what was left out; empty: nothing was.
func (t *thinning) sentence() string {
	if !t.some {
		return ""
	}
	var said []string
	say := func(g *group, more string) {
		if g.stride > 1 {
			said = append(said, fmt.Sprintf("1 of every %d %s copies%s", g.stride, g.name, more))
		}
	}
	say(t.plain, fmt.Sprintf(" and the slowest of every %.0f s", t.width.Seconds()))
	for _, fate := range sortedKeys(t.groups) {
		say(t.groups[fate], "")
	}
	text := strings.Join(said, ", ") + " are drawn"
	return strings.ToUpper(text[:1]) + text[1:] + "; all others are drawn"
}

// point is what is drawn of a copy.
func (f *fates) point(k ledger.Copy, c *copyState) Point {
	p := Point{Seq: k.Seq, Rcpt: k.Rcpt, Due: seconds(c.due), Fate: Fates[c.fate]}
	if c.facts.has(marked) {
		p.Marks = f.marks(k.Seq, c)
	}
	if c.verdict != 0 {
		p.Answer = pointer(seconds(c.took))
	}
	if c.arrival() {
		low, high := c.arrivalOf()
		p.Arrival = &record.Interval{Low: seconds(low), High: pointer(seconds(high))}
	}
	return p
}
