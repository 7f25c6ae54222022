package figure

import (
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// legend explains what is drawn, in as many lines as it takes.
type legend struct {
	*stage
	placed
	keys  []key
	at    []Point // of each key, from the top left
	lines int
}

const legendPitch = 14

func newLegend(s *stage, keys ...key) *legend {
	l := &legend{stage: s, keys: keys}
	x := s.time.low
	for _, k := range keys {
		room := keyRoom(k)
		if x > s.time.low && x+room-keyGap > s.time.end {
			x = s.time.low
			l.lines++
		}
		l.at = append(l.at, Point{x, float64(l.lines) * legendPitch})
		x += room
	}
	if len(keys) > 0 {
		l.lines++
	}
	return l
}

func (l *legend) height() float64 { return float64(l.lines) * legendPitch }

func (l *legend) draw(p *pen) {
	for n, k := range l.keys {
		k.drawAt(p, Point{l.at[n].X, l.top + l.at[n].Y + 10})
	}
}

// legendOf explains what there is in a timeline, and nothing else.
func legendOf(s *stage, copies bool) []key {
	keys := append(bandKeys(s), laneKeys(s)...)
	if !copies {
		return keys
	}
	seen := map[string]bool{}
	there := map[int]bool{}
	beside := false
	for _, p := range s.chronicle.Copies.Points {
		there[markOf(p.Fate)] = true
		beside = beside || len(p.Marks) > 0
	}
	for n, m := range fateMarks {
		if there[n] && !seen[m.word] {
			seen[m.word] = true
			keys = append(keys, markKey(m))
		}
	}
	if beside {
		keys = append(keys, markKey(besideMark))
	}
	return keys
}

func bandKeys(s *stage) []key {
	states := map[chronicle.State]bool{}
	var first *band
	for n := range s.bands {
		if s.bands[n].action {
			continue
		}
		if first == nil {
			first = &s.bands[n]
		}
		for _, row := range s.bands[n].seen {
			for _, c := range row {
				states[c.State] = true
			}
		}
	}
	if first == nil {
		return nil
	}
	keys := []key{boxKey("fault, as commanded", Style{Fill: first.ink, Opacity: 0.16, Stroke: first.ink, Width: 0.75})}
	for _, k := range []struct {
		state chronicle.State
		word  string
	}{{chronicle.On, "seen in effect"}, {chronicle.Partial, "seen in part"}} {
		if style, _ := seenStyle(*first, k.state); states[k.state] {
			keys = append(keys, boxKey(k.word, style))
		}
	}
	return keys
}

func laneKeys(s *stage) []key {
	states := map[chronicle.State]bool{}
	for _, l := range s.chronicle.Lanes {
		for _, c := range s.whole(l.Cells) {
			states[c.State] = true
		}
	}
	var keys []key
	for _, k := range []struct {
		state chronicle.State
		word  string
	}{
		{chronicle.Up, "up"}, {chronicle.Unsteady, "up, not yet steady"}, {chronicle.Down, "down"},
		{chronicle.Unsure, "changed in between"}, {chronicle.NoData, "NO DATA"},
	} {
		if states[k.state] {
			keys = append(keys, boxKey(k.word, laneStyle(k.state)))
		}
	}
	return keys
}

// remarks say what is not in the figure.
type remarks struct {
	*stage
	placed
	said []string
}

func newRemarks(s *stage) *remarks {
	r := &remarks{stage: s}
	if t := s.chronicle.Thinned; t != "" {
		r.said = append(r.said, "Thinned: "+words.Plain(t))
	}
	if t := s.chronicle.Torn; t != "" {
		r.said = append(r.said, "CUT SHORT: "+words.Plain(t))
	}
	return r
}

func (r *remarks) height() float64 { return float64(len(r.said)) * legendPitch }

func (r *remarks) draw(p *pen) {
	for n, text := range r.said {
		p.group(Group{Label: text}, func() {
			p.fitted(Point{r.time.low, r.top + float64(n)*legendPitch + 10}, text, r.time.end-r.time.low, Lettering{Ink: Muted, Size: smallSize})
		})
	}
}
