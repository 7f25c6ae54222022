package measure

import (
	"fmt"
	"maps"

	"maildrill/harness/ledger"
)

// concluded is the number of the first scan by which the absence of a copy was
// proven, though further ones followed; 0: there was none. A copy that only a
// later one finds would have been called lost by then.
func (s *story) concluded(torn string) uint16 {
	for scans := 2; scans < len(s.scans); scans++ {
		if a := s.absence(torn, scans); s.rules.proven(a) {
			return a.finalScan
		}
	}
	return 0
}

// belate notes a copy that no scan had found before the question was concluded.
func (v *survey) belate(s state, e *ledger.Entry) {
	if v.concluded > 0 && e.Scan > v.concluded && !s.has(seen) && v.rules.reopens {
		v.belated[e.Copy] = true
	}
}

// settleBelated leaves the copies that would have been called lost: accepted,
// and neither bounced nor in a queue.
func (v *survey) settleBelated() {
	maps.DeleteFunc(v.belated, func(k ledger.Copy, _ bool) bool {
		s := v.of(k)
		return s.submission() != ledger.Accepted || s.has(planted|notified|queued)
	})
}

// reopened says that waiting as long as the rules demand was not long enough:
// then no copy can be called lost, for it too may come later.
func (v *survey) reopened() string {
	if len(v.belated) == 0 {
		return ""
	}
	return fmt.Sprintf("%d copies were found only after two scans had agreed without them", len(v.belated))
}
