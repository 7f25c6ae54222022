package register

// follow checks what the leaves say of each other: the order, and that every run
// has one start and at most one close, behind it.
func (v *View) follow() {
	starts, closed := map[string]int64{}, map[int64]int64{}
	next := int64(0) // what a leaf says that it is, if it follows from the one before
	for i, l := range v.Leaves {
		if l.Run == "" { // it could not be read
			next++
			continue
		}
		v.chained(i, next)
		next = l.N + 1
		switch {
		case l.Start != nil:
			if first, twice := starts[l.Run]; twice {
				v.defect(place(i), l.Run, "the run has started already, at leaf %d", first)
			}
			starts[l.Run] = l.N
		case l.Close != nil:
			v.refers(i, l.Close.Start, starts)
			if first, twice := closed[l.Close.Start]; twice {
				v.defect(place(i), l.Run, "the run is closed already, at leaf %d", first)
			}
			closed[l.Close.Start] = l.N
		case l.Signoff != nil:
			v.refers(i, l.Signoff.Start, starts)
		case l.Amendment != nil:
			v.refers(i, l.Amendment.Start, starts)
		}
	}
}

// chained tells whether a leaf follows from the one before. Only the first of those
// that have moved together is named.
func (v *View) chained(i int, next int64) {
	l, prev := v.Leaves[i], ""
	if i > 0 {
		prev = digest(v.lines[i-1])
	}
	switch {
	case l.N > next:
		v.defect(place(i), l.Run, "it says that it is leaf %d, and leaf %d should stand here: %d before it were dropped, or it was swapped", l.N, next, l.N-next)
	case l.N < next:
		v.defect(place(i), l.Run, "it says that it is leaf %d, and leaf %d should stand here: it was swapped, or comes twice", l.N, next)
	case l.Prev != prev:
		v.defect(place(i), l.Run, "it does not follow from the leaf before it, which was changed or swapped")
	}
}

// refers tells whether the start that a leaf is about is that of its run, before it.
func (v *View) refers(i int, start int64, starts map[string]int64) {
	run := v.Leaves[i].Run
	first, known := starts[run]
	switch {
	case !known:
		v.defect(place(i), run, "the start of its run, leaf %d, is not before it: it was dropped or swapped", start)
	case first != start:
		v.defect(place(i), run, "it is about leaf %d, and its run has started at leaf %d", start, first)
	}
}
