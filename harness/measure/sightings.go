package measure

import (
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// Classes of a seen message that is no rightful copy of this run.
const (
	foreignStale        = "stale"
	foreignAlien        = "alien"
	foreignMisdelivered = "misdelivered"
	foreignUnaddressed  = "unaddressed"
	foreignUnreadable   = "unreadable"
)

// sightings knows which entries of kind Seen are the final reading of their
// mailbox, and counts them. An account that read exactly as in an earlier scan
// stands: its entries are those of that scan.
type sightings struct {
	finalScan uint16 // 0: there was none
	standing  map[place]uint16
	places    map[inspection]*inspection
	last      *inspection // of the entry before: those of one account come together
	stores    []string
	instances map[ledger.Copy][]instance // of copies that were found with their hops
	crowds    map[crowd]int              // copies beyond what a state can count
	illegible []string                   // the first messages that cannot be read
}

// crowd is a copy in one view.
type crowd struct {
	copy ledger.Copy
	view uint8
}

// place is one account at one store.
type place struct{ store, account string }

// inspection is what one scan found at one place.
type inspection struct {
	place
	scan       uint16
	messages   int
	stale      int
	alien      int
	astray     int    // in the mailbox of somebody who is no recipient
	unreadable int    // listed, and not shown
	unfiltered int    // the drill's own mail, without a filter's mark
	sum        uint64 // over the copies and their state, in any order
	final      bool
	view       uint8 // number of scan and store, for state.sight
}

// instance is one physical copy, for attribution.
type instance struct {
	view    uint8
	attempt uint16
	hops    string
}

const instancesMost = 1 << 16 // copies whose hops are kept

func (s *story) sightings() sightings {
	g := sightings{standing: map[place]uint16{}, places: map[inspection]*inspection{}, instances: map[ledger.Copy][]instance{}, crowds: map[crowd]int{}}
	if n := len(s.scans); n > 0 {
		last := s.scans[n-1]
		g.finalScan = uint16(last.Scan)
		for _, st := range last.Standing {
			g.standing[place{st.Store, st.Account}] = uint16(st.Scan)
		}
	}
	return g
}

// count counts one message found, whosever it is.
func (g *sightings) count(e *ledger.Entry) {
	r := g.at(e)
	r.messages++
	r.sum += fingerprint(e)
	switch e.Foreign {
	case foreignStale:
		r.stale++
	case foreignAlien:
		r.alien++
	case foreignMisdelivered:
		r.astray++
	case foreignUnreadable:
		g.misread(r, e)
	}
}

// at finds the reading that an entry belongs to.
func (g *sightings) at(e *ledger.Entry) *inspection {
	account, _, _ := strings.Cut(e.Mailbox, "/")
	if r := g.last; r != nil && r.scan == e.Scan && r.account == account && r.store == e.Node {
		return r
	}
	key := inspection{place: place{e.Node, account}, scan: e.Scan}
	r := g.places[key]
	if r == nil {
		made := inspection{place: place{strings.Clone(e.Node), strings.Clone(account)}, scan: e.Scan}
		r = &made
		r.final = g.finalOf(r.place) == e.Scan && e.Scan != 0
		r.view = uint8(e.Scan%4<<4) | uint8(g.storeOf(e.Node)%16)
		g.places[inspection{place: made.place, scan: made.scan}] = r
	}
	g.last = r
	return r
}

// finalOf is the scan whose entries are the last word on a place.
func (g *sightings) finalOf(p place) uint16 {
	if scan, ok := g.standing[p]; ok {
		return scan
	}
	return g.finalScan
}

// storeOf numbers the stores in the order in which they appear.
func (g *sightings) storeOf(node string) int {
	i := slices.Index(g.stores, node)
	if i < 0 {
		i = len(g.stores)
		g.stores = append(g.stores, strings.Clone(node))
	}
	return i
}

func (g *sightings) final(e *ledger.Entry) bool { return g.at(e).final }

func (g *sightings) view(e *ledger.Entry) uint8 { return g.at(e).view }

// keep remembers an instance of a copy whose hops the scan gave, because there
// are several.
func (g *sightings) keep(e *ledger.Entry) {
	if e.Hops == "" || len(g.instances) >= instancesMost {
		return
	}
	g.instances[e.Copy] = append(g.instances[e.Copy], instance{g.view(e), e.Attempt, strings.Clone(e.Hops)})
}

// most is how often a copy was found in any one view.
func (g *sightings) most(k ledger.Copy, s state) int {
	most := s.most()
	for c, more := range g.crowds {
		if c.copy == k {
			most = max(most, countMost+more)
		}
	}
	return most
}

// messages is how many messages the ledger has for a scan, with those of the
// accounts that stood.
func (g *sightings) messages(r scanReading) int {
	stood := map[place]uint16{}
	for _, st := range r.Standing {
		stood[place{st.Store, st.Account}] = uint16(st.Scan)
	}
	n := 0
	for _, p := range g.places {
		scan, ok := stood[p.place]
		if !ok {
			scan = uint16(r.Scan)
		}
		if p.scan == scan {
			n += p.messages
		}
	}
	return n
}

// tally sums what the final readings found.
func (g *sightings) tally(of func(*inspection) int) int {
	n := 0
	for _, p := range g.places {
		if p.final {
			n += of(p)
		}
	}
	return n
}

// fingerprint is of what a message is, whatever its number in the mailbox. Sums
// of it tell whether two stores hold the same mail.
func fingerprint(e *ledger.Entry) uint64 {
	x := uint64(e.Copy.Stream)<<48 ^ uint64(e.Copy.Rcpt)<<32 ^ uint64(e.Copy.Seq) ^ uint64(e.Integrity)<<62
	x = (x ^ x>>31) * 0x9E3779B97F4A7C15 // the mixing of splitmix64
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// differing names the accounts that two stores show differently in the end:
// replicas that have not come together.
func (g *sightings) differing(stores []string) []string {
	sums := map[string]map[string]uint64{}
	for _, r := range g.places {
		if r.final {
			if sums[r.account] == nil {
				sums[r.account] = map[string]uint64{}
			}
			sums[r.account][r.store] = r.sum
		}
	}
	var said []string
	for _, account := range sortedKeys(sums) {
		for _, store := range stores {
			if sums[account][store] != sums[account][stores[0]] {
				said = append(said, account+" at "+stores[0]+" and "+store)
			}
		}
	}
	return said
}

// lexicon keeps one text of each kind: those of a ledger are pieces of much larger
// ones, which would be kept with them.
type lexicon map[string]string

func (n lexicon) kept(text string) string {
	known, ok := n[text]
	if !ok {
		known = strings.Clone(text)
		n[known] = known
	}
	return known
}
