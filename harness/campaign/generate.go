package campaign

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// Families of schedules, in the order in which they are tried.
const (
	Singles = "single faults"
	Pairs   = "pairs"
	Many    = "three at once"
)

// Generator gives the schedules of a campaign, one after the other. What it gives
// depends on nothing but the base and the seed.
type Generator struct {
	base    *Base
	seed    uint64
	places  []Place
	longest time.Duration
	queue   []func() (Schedule, bool) // of the family that is on
	family  int
	n       int
	used    map[string]int // how often a fault was scheduled on a role
}

var families = []string{Singles, Pairs, Many}

// NewGenerator shuffles what there is to try. Each family draws from a stream of
// its own, so that more places of the one do not move the others.
func NewGenerator(b *Base, places []Place, seed uint64) *Generator {
	g := &Generator{base: b, seed: seed, places: places, longest: b.options.Longest, used: map[string]int{}}
	g.queue = g.singles()
	return g
}

// stream is a source of chance of its own, by name.
func stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Family is what the next schedule belongs to.
func (g *Generator) Family() string { return families[g.family] }

// Skip leaves out what is left of a family, if that is on.
func (g *Generator) Skip(family string) {
	if g.Family() == family {
		g.n += len(g.queue)
		g.queue = nil
	}
}

// Next gives the next schedule that can be run; false: there are no more.
func (g *Generator) Next() (Schedule, bool) {
	for {
		for len(g.queue) > 0 {
			make := g.queue[0]
			g.queue = g.queue[1:]
			g.n++
			if s, ok := make(); ok {
				s.N = g.n
				return s, true
			}
		}
		if !g.advance() {
			return Schedule{}, false
		}
	}
}

// mostMany bounds the last family, which would never end.
const mostMany = 100000

func (g *Generator) advance() bool {
	if !g.base.options.Pairs || g.family == len(families)-1 {
		return false
	}
	g.family++
	g.n = g.family * perFamily
	if g.Family() == Pairs {
		g.queue = g.pairs()
		return true
	}
	r := stream(g.seed, Many)
	for range mostMany {
		g.queue = append(g.queue, func() (Schedule, bool) { return g.many(r) })
	}
	return true
}

// singles: every place in a steady system, then every place while a message is
// under way. Kinds that have come least often come first.
func (g *Generator) singles() (list []func() (Schedule, bool)) {
	r := stream(g.seed, Singles)
	for _, stage := range []Stage{Steady, InFlight} {
		for _, p := range spread(r, g.places) {
			e := p.entry("a", g.held(r))
			if e.Stage = stage; stage == InFlight {
				e.When = "in_flight >= 1"
			}
			list = append(list, func() (Schedule, bool) { return Schedule{Entries: []Entry{e}}, true })
		}
	}
	return list
}

// spread shuffles, and then takes in turn the place whose kind, and then whose
// role, has come least often: a short search has seen a little of everything.
func spread(r *rand.Rand, places []Place) (out []Place) {
	left := slices.Clone(places)
	r.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	kinds, roles := map[string]int{}, map[string]int{}
	for len(left) > 0 {
		best := 0
		for i, p := range left {
			b := left[best]
			if n, m := kinds[p.Kind.ID], kinds[b.Kind.ID]; n < m || n == m && roles[p.Role] < roles[b.Role] {
				best = i
			}
		}
		p := left[best]
		kinds[p.Kind.ID]++
		roles[p.Role]++
		out, left = append(out, p), slices.Delete(left, best, best+1)
	}
	return out
}

// held draws how long a fault is held: from half of the longest to all of it, in
// half seconds.
func (g *Generator) held(r *rand.Rand) time.Duration {
	half := 500 * time.Millisecond
	steps := max(1, int(g.longest/2/half))
	return max(half, (g.longest/2).Truncate(half)+time.Duration(r.IntN(steps+1))*half)
}

// pairs: every two places, the one within the other; then, the second as soon as
// the first is over.
func (g *Generator) pairs() (list []func() (Schedule, bool)) {
	r := stream(g.seed, Pairs)
	type pair struct{ a, b Place }
	var all []pair
	for i, a := range g.places {
		for _, b := range g.places[i+1:] {
			if a.Kind.ID != b.Kind.ID || a.On != b.On { // two strengths of one fault are no pair
				all = append(all, pair{a, b})
			}
		}
	}
	for _, stage := range []Stage{Broken, Recovering} {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, p := range all {
			if r.IntN(2) == 0 {
				p.a, p.b = p.b, p.a
			}
			held := g.held(r)
			list = append(list, func() (Schedule, bool) { return g.runnable(g.two(p.a, p.b, stage, held)) })
		}
	}
	return list
}

// two puts the second fault into the first, or behind it.
func (g *Generator) two(a, b Place, stage Stage, held time.Duration) Schedule {
	first, second := a.entry("a", g.longest), b.entry("b", held)
	second.Stage = stage
	switch {
	case stage == Recovering:
		second.After = "a"
	case first.For > 0:
		second.At = g.longest / 4
		second.For = min(second.For, g.longest/2)
	}
	return Schedule{Entries: []Entry{first, second}}
}

// many draws three faults with times of their own. Of three draws each takes the
// one that was scheduled least.
func (g *Generator) many(r *rand.Rand) (Schedule, bool) {
	if len(g.places) < 3 {
		return Schedule{}, false
	}
	var s Schedule
	for i := range 3 {
		p := g.rarest(r)
		e := p.entry(string(rune('a'+i)), g.held(r))
		if e.Stage = Broken; i == 0 {
			e.Stage = Steady
		}
		e.At = time.Duration(r.Int64N(int64(g.longest/2)+1)).Truncate(500*time.Millisecond) * time.Duration(min(i, 1))
		s.Entries = append(s.Entries, e)
	}
	return g.runnable(s)
}

func (g *Generator) rarest(r *rand.Rand) Place {
	best := g.places[r.IntN(len(g.places))]
	for range 2 {
		if p := g.places[r.IntN(len(g.places))]; g.used[p.Kind.ID+p.Role] < g.used[best.Kind.ID+best.Role] {
			best = p
		}
	}
	g.used[best.Kind.ID+best.Role]++
	return best
}

// runnable leaves out what the planner refuses: two faults of which nobody could
// tell one from the other.
func (g *Generator) runnable(s Schedule) (Schedule, bool) {
	_, err := g.base.Compile(s)
	return s, err == nil
}
