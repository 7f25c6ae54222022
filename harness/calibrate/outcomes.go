package calibrate

import (
	"fmt"

	"maildrill/harness/topology"
)

// lieCase is one system that lies: which copies, and how.
type lieCase struct {
	name string
	lies map[uint32]topology.Lie
}

// some are the copies that lies are told about: neighbours, and others far off.
var some = []uint32{17, 18, 19, 40, 77}

// every tells the same lie about each copy.
func every(seqs []uint32, l topology.Lie) map[uint32]topology.Lie {
	all := map[uint32]topology.Lie{}
	for _, s := range seqs {
		all[s] = l
	}
	return all
}

// upTo are the numbers from 1.
func upTo(n int) (all []uint32) {
	for s := uint32(1); int(s) <= n; s++ {
		all = append(all, s)
	}
	return all
}

// sample is how many copies a lying system is offered.
const sample = 120

// lies judges the cases as histories.
func lies(cases func() []lieCase) func(*Bench) {
	return func(b *Bench) {
		for _, c := range cases() {
			t := newTape(sample)
			t.lies = c.lies
			b.check(c.name, t, truthOf(sample, c.lies, false).graded(t))
		}
	}
}

func dropped() []lieCase {
	lie := topology.Lie{Drop: true}
	return []lieCase{
		{"none dropped", nil}, {"one dropped", every(some[:1], lie)}, {"the first dropped", every([]uint32{1}, lie)},
		{"the last dropped", every([]uint32{sample}, lie)}, {"seven dropped", every([]uint32{2, 3, 17, 40, 41, 42, 100}, lie)},
		{"all dropped", every(upTo(sample), lie)}, {"buried on the disk", every(some, topology.Lie{Buried: true})},
		{"dropped, so that nothing was buried", every(some, topology.Lie{Buried: true, Drop: true})},
	}
}

func unansweredDropped() []lieCase {
	return []lieCase{
		{"connection cut, dropped", every(some, topology.Lie{Reply: "cut", Drop: true})},
		{"no reply at all, dropped", every(some[:2], topology.Lie{Reply: "stall", Drop: true})},
	}
}

func unansweredKept() []lieCase {
	return []lieCase{
		{"connection cut, kept", every(some, topology.Lie{Reply: "cut"})},
		{"no reply at all, kept", every(some[:2], topology.Lie{Reply: "stall"})},
		{"connection cut, kept twice", every(some[:3], topology.Lie{Reply: "cut", Twice: "forked"})},
	}
}

func despite() []lieCase {
	return []lieCase{
		{"451 and delivered", every(some, topology.Lie{Reply: "451"})},
		{"550 and delivered", every(some, topology.Lie{Reply: "550"})},
		{"451 and not delivered", every(some, topology.Lie{Reply: "451", Drop: true})},
		{"550 and delivered twice", every(some[:1], topology.Lie{Reply: "550", Twice: "forked"})},
	}
}

func twice() (all []lieCase) {
	for _, how := range []string{"forked", "retried", "stored", "folders"} {
		all = append(all, lieCase{"twice: " + how, every(some, topology.Lie{Twice: how})})
	}
	return all
}

// duplicates reads the same mail two, three and five times.
func duplicates(b *Bench) {
	for _, c := range twice() {
		for _, scans := range []int{2, 3, 5} {
			t := newTape(sample)
			t.lies, t.scans = c.lies, scans
			b.check(fmt.Sprintf("%s, %d scans", c.name, scans), t, truthOf(sample, c.lies, false))
		}
	}
	t := newTape(sample) // two replicas show every message once each
	t.stores = []string{"store1", "store2"}
	b.check("two replicas are no duplicates", t, truthOf(sample, nil, false))
}

func damage() (all []lieCase) {
	for _, how := range []string{"truncate", "flip", "splice", "empty", "header", "dots", "undots", "lf"} {
		for _, at := range []int{1, 2, 7, 8, 9, 1000} {
			all = append(all, lieCase{fmt.Sprintf("%s at %d", how, at), every(some[:2], topology.Lie{Damage: how, At: at})})
			if how != "truncate" && how != "flip" && how != "splice" {
				break
			}
		}
	}
	return all
}

func misplaced() []lieCase {
	return []lieCase{
		{"to another user", every(some, topology.Lie{To: "u9@drill.test"})},
		{"to Junk", every(some, topology.Lie{Folder: "Junk"})},
		{"to another folder", every(some, topology.Lie{Folder: "Receipts"})},
	}
}

func reported() []lieCase {
	gone := func(report string) map[uint32]topology.Lie {
		return every(some, topology.Lie{Drop: true, Report: report})
	}
	return []lieCase{
		{"failed, and nothing delivered", gone("failed")}, {"delayed, and nothing delivered", gone("delayed")},
		{"delivered, and nothing delivered", gone("delivered")}, {"unreadable, and nothing delivered", gone("malformed")},
		{"no report, and nothing delivered", gone("")},
		{"a report that could be answered, and nothing delivered", gone("answerable")},
		{"a report about another run's copy, and nothing delivered", gone("astray")},
		{"delayed, and delivered", every(some, topology.Lie{Report: "delayed"})},
		{"delivered, and delivered", every(some, topology.Lie{Report: "delivered"})},
		{"failed, and delivered", every(some, topology.Lie{Report: "failed"})},
	}
}
