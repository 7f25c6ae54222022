package measure

import (
	"slices"
	"strconv"
	"strings"
)

// ranges is a set of sequence numbers, printed as "3 17-21 40".
type ranges struct{ seqs []uint32 }

// add takes a number in any order, any number of times. Copies of one message
// share a number.
func (r *ranges) add(seq uint32) {
	if n := len(r.seqs); n > 0 && r.seqs[n-1] == seq {
		return
	}
	r.seqs = append(r.seqs, seq)
}

// rangesShown bounds the text: a run that lost everything in holes needs no
// book of them.
const rangesShown = 1000

func (r ranges) String() string {
	seqs := slices.Compact(slices.Sorted(slices.Values(r.seqs)))
	var out strings.Builder
	for shown := 0; len(seqs) > 0; shown++ {
		if shown == rangesShown {
			return out.String() + " ..."
		}
		n := 1
		for n < len(seqs) && seqs[n] == seqs[n-1]+1 {
			n++
		}
		if shown > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(strconv.FormatUint(uint64(seqs[0]), 10))
		if n > 1 {
			out.WriteString("-" + strconv.FormatUint(uint64(seqs[n-1]), 10))
		}
		seqs = seqs[n:]
	}
	return out.String()
}
