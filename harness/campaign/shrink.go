package campaign

import (
	"slices"
	"time"
)

// shrinker makes a failing schedule smaller. fails tells whether a candidate
// fails in the same way; it may be asked often, and is told of nothing else.
type shrinker struct {
	fails func(Schedule) bool
	over  func() bool // no more trials are to be had
}

// shrink gives the smallest schedule that it finds: fewer faults, then shorter
// ones, then fewer targets.
func (k shrinker) shrink(s Schedule) Schedule {
	s = s.with(ddmin(s.Entries, func(kept []Entry) bool { return len(kept) > 0 && k.try(s.with(kept)) }))
	s = k.shorter(s)
	return k.fewerTargets(s)
}

func (k shrinker) try(s Schedule) bool { return !k.over() && k.fails(s) }

// ddmin is delta debugging (Zeller and Hildebrandt, 2002): it takes away parts of
// a list, and then smaller parts, as long as the rest still fails. What is left
// is minimal: without any one of its elements it does not fail.
func ddmin[T any](all []T, fails func([]T) bool) []T {
	for parts := 2; len(all) > 1; {
		size := (len(all) + parts - 1) / parts
		reduced := false
		for from := 0; from < len(all); from += size {
			rest := slices.Concat(all[:from], all[min(from+size, len(all)):])
			if fails(rest) {
				all, parts, reduced = rest, max(parts-1, 2), true
				break
			}
		}
		switch {
		case reduced:
		case size == 1:
			return all
		default:
			parts = min(2*parts, len(all))
		}
	}
	return all
}

// shortest is the least time that a fault is held: below it no probe and no mail
// may meet it.
const shortest = time.Second

// shorter lets faults begin at once, and halves how long each is held, as long as
// it still fails.
func (k shrinker) shorter(s Schedule) Schedule {
	for i := range s.Entries {
		if s.Entries[i].At > 0 || s.Entries[i].When != "" {
			sooner := s.with(s.Entries)
			sooner.Entries[i].At, sooner.Entries[i].When = 0, ""
			if k.try(sooner) {
				s = sooner
			}
		}
		for s.Entries[i].For > shortest {
			half := max(shortest, (s.Entries[i].For / 2).Truncate(500*time.Millisecond))
			smaller := s.with(s.Entries)
			smaller.Entries[i].For = half
			if !k.try(smaller) {
				break
			}
			s = smaller
		}
	}
	return s
}

// fewerTargets takes targets from each fault that has several.
func (k shrinker) fewerTargets(s Schedule) Schedule {
	for i := range s.Entries {
		on := ddmin(s.Entries[i].On, func(kept []string) bool {
			fewer := s.with(s.Entries)
			fewer.Entries[i].On = kept
			return len(kept) > 0 && k.try(fewer)
		})
		s = s.with(s.Entries)
		s.Entries[i].On = on
	}
	return s
}
