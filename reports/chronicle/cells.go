package chronicle

import "slices"

// view is one look at something, and what it showed.
type view struct {
	from, to float64
	state    State
}

// stint is some views in a row that showed the same, with nothing long between
// them.
type stint struct {
	state    State
	from, to float64 // begin of the first, and end of the last
	first    float64 // when the first of them was over
	count    int
}

// cells draws views, in their order, from 0 to the end. Between views that are
// further apart than patience there is no data.
//
// What was down was so for as long as a look failed. Anything else is claimed
// only from the moment at which a first look had shown it, for that may have
// changed while the look was under way; only an effect that a single look saw is
// drawn as long as that look.
func cells(views []view, patience, end float64) []Cell {
	var all []Cell
	at := 0.0
	put := func(to float64, state State) {
		if to = min(to, end); to > at {
			all = append(all, Cell{at, to, state})
			at = to
		}
	}
	stints := stintsOf(views, patience)
	for i, s := range stints {
		between, limit := NoData, end
		if i+1 < len(stints) { // what begins then is known better
			limit = stints[i+1].from
		}
		if i > 0 && s.from-at <= patience && s.state != stints[i-1].state {
			between = Unsure
		}
		put(min(s.begin(), limit), between)
		put(min(s.to, limit), s.state)
	}
	put(end, NoData)
	return joined(all)
}

// begin is from when the state is claimed.
func (s stint) begin() float64 {
	switch {
	case s.state == Down:
		return s.from
	case s.count == 1 && (s.state == On || s.state == Partial):
		return s.from
	}
	return s.first
}

func stintsOf(views []view, patience float64) []stint {
	var all []stint
	for _, v := range views {
		n := len(all) - 1
		if n < 0 || all[n].state != v.state || v.from-all[n].to > patience {
			all = append(all, stint{state: v.state, from: v.from, to: v.to, first: v.to, count: 1})
			continue
		}
		s := &all[n]
		s.to, s.first, s.count = max(s.to, v.to), min(s.first, v.to), s.count+1
	}
	return all
}

// painted changes the states in a stretch.
func painted(all []Cell, from, to float64, change func(State) State) []Cell {
	var out []Cell
	for _, c := range all {
		begin, over := max(c.From, from), min(c.To, to)
		if begin >= over || change(c.State) == c.State {
			out = append(out, c)
			continue
		}
		out = append(out, Cell{c.From, begin, c.State}, Cell{begin, over, change(c.State)}, Cell{over, c.To, c.State})
	}
	return joined(out)
}

// joined drops empty cells, and makes one of neighbours that are the same.
func joined(all []Cell) []Cell {
	out := all[:0:0]
	for _, c := range all {
		switch n := len(out) - 1; {
		case c.From >= c.To:
		case n >= 0 && out[n].State == c.State:
			out[n].To = c.To
		default:
			out = append(out, c)
		}
	}
	return slices.Clip(out)
}
