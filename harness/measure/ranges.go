package measure

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// ranges is a set of sequence numbers, printed as "3 17-21 40". It keeps runs,
// because whole stretches are lost together.
type ranges struct{ runs []stretch }

// stretch is from its first to its last number.
type stretch struct{ first, last uint32 }

// add takes a number in any order, any number of times.
func (r *ranges) add(seq uint32) {
	if n := len(r.runs); n > 0 {
		if last := &r.runs[n-1]; seq >= last.first && seq <= last.last+1 {
			last.last = max(last.last, seq)
			return
		}
	}
	r.runs = append(r.runs, stretch{seq, seq})
}

// tidy puts the runs in order and joins those that touch.
func (r ranges) tidy() []stretch {
	sorted := slices.Clone(r.runs)
	slices.SortFunc(sorted, func(a, b stretch) int { return cmp.Compare(a.first, b.first) })
	var out []stretch
	for _, s := range sorted {
		if n := len(out); n > 0 && s.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, s.last)
			continue
		}
		out = append(out, s)
	}
	return out
}

// list gives every number once, in order.
func (r ranges) list() []uint32 {
	var all []uint32
	for _, s := range r.tidy() {
		for seq := s.first; ; seq++ {
			all = append(all, seq)
			if seq == s.last {
				break
			}
		}
	}
	return all
}

// rangesShown bounds the text: a run that lost everything in holes needs no
// book of them.
const rangesShown = 1000

func (r ranges) String() string {
	var out strings.Builder
	for shown, s := range r.tidy() {
		if shown == rangesShown {
			return out.String() + " ..."
		}
		if shown > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(strconv.FormatUint(uint64(s.first), 10))
		if s.last > s.first {
			out.WriteString("-" + strconv.FormatUint(uint64(s.last), 10))
		}
	}
	return out.String()
}
