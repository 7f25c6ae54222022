package figure

import (
	"slices"

	"maildrill/reports/chronicle"
)

// fateMark is how a copy is drawn by what became of it.
type fateMark struct {
	fate  chronicle.Fate
	word  string // in the legend
	shape Shape
	size  float64
	style Style
	rail  rail // where it is drawn if it never arrived
}

// rail is a line above a plot for copies that have no place in it.
type rail int

const (
	lostRail rail = iota
	doubtRail
	returnedRail
	refusedRail
	unsentRail
	untimedRail // arrived, and no store said when
	railCount
)

var railWords = [railCount]string{"lost", "in doubt", "not arrived", "refused", "not sent", "time unknown"}

func filled(i Ink) Style { return Style{Fill: i, Stroke: i, Width: 0.5} }
func hollow(i Ink) Style { return Style{Stroke: i, Width: 1} }

// fateMarks are those of every fate, the first drawn first: what is worse lies
// on top.
var fateMarks = []fateMark{
	{chronicle.Delivered, "delivered", Dot, 2.4, Style{Fill: Accent, Opacity: 0.6}, untimedRail},
	{chronicle.Unsent, "not sent", Tick, 6, hollow(Muted), unsentRail},
	{chronicle.NotAttempted, "never handed over", Tick, 6, hollow(Muted), unsentRail},
	{chronicle.RefusedForNow, "refused", Tick, 6, hollow(Open), refusedRail},
	{chronicle.Refused, "refused", Tick, 6, hollow(Open), refusedRail},
	{chronicle.Deferred, "still queued", Ring, 5, hollow(Open), returnedRail},
	{chronicle.Quarantined, "quarantined", Diamond, 6, hollow(Open), returnedRail},
	{chronicle.Notified, "bounced", Diamond, 6, filled(Open), returnedRail},
	{chronicle.Late, "late", Triangle, 5.5, filled(Open), untimedRail},
	{chronicle.Duplicated, "duplicate", Square, 4.5, filled(Second), untimedRail},
	{chronicle.Indeterminate, "in doubt", Triangle, 6, hollow(Open), doubtRail},
	{chronicle.Unknown, "in doubt", Triangle, 6, hollow(Open), doubtRail},
	{chronicle.Damaged, "damaged", Square, 5, hollow(Bad), untimedRail},
	{chronicle.Lost, "lost", Cross, 6, Style{Stroke: Bad, Width: 1.4}, lostRail},
}

// besideMark is drawn around a copy that has an anomaly beside its fate, such as
// one that was delivered, and to somebody else too.
var besideMark = fateMark{word: "with another anomaly", shape: Ring, size: 9, style: hollow(Bad)}

// markOf is how a fate is drawn, as a place in [fateMarks]. One that is not
// known is in doubt.
func markOf(f chronicle.Fate) int {
	is := func(f chronicle.Fate) func(fateMark) bool { return func(m fateMark) bool { return m.fate == f } }
	if n := slices.IndexFunc(fateMarks, is(f)); n >= 0 {
		return n
	}
	return slices.IndexFunc(fateMarks, is(chronicle.Unknown))
}

func markKey(m fateMark) key {
	return key{m.word, func(p *pen, at Point) {
		s := m.style
		s.Opacity = 0
		p.Marks(m.shape, []Point{at}, min(max(m.size, 4), 8), s)
	}}
}
