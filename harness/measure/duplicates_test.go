package measure

import (
	"maps"
	"testing"

	"maildrill/harness/ledger"
)

func TestCauseOfDuplicates(t *testing.T) {
	const a = "store1 L1;mx1 Q1;relay R1"
	for _, c := range []struct {
		name string
		all  []instance
		want string
	}{
		{"identical chains", []instance{{1, 1, a}, {1, 1, a}}, "store"},
		{"the reply of the store was lost", []instance{{1, 1, a}, {1, 1, "store1 L2;mx1 Q1;relay R1"}}, "mx1 -> store1"},
		{"the reply of the exchanger was lost", []instance{{1, 1, a}, {1, 1, "store1 L2;mx1 Q2;relay R1"}}, "relay -> mx1"},
		{"and another exchanger was tried", []instance{{1, 1, a}, {1, 1, "store1 L2;mx2 Q2;relay R1"}}, "relay -> mx1 and mx2"},
		{"at the first hop", []instance{{1, 1, a}, {1, 1, "store1 L2;mx1 Q2;relay R2"}}, "the sender -> relay"},
		{"a longer way", []instance{{1, 1, a}, {1, 1, "store1 L2;store1 L1;mx1 Q1;relay R1"}}, "store1 -> another way"},
		{"two attempts", []instance{{1, 1, a}, {1, 2, a}}, "sender"},
		{"another view is the same copy read again", []instance{{1, 1, a}, {2, 1, a}}, "unknown"},
		{"another view first", []instance{{1, 1, a}, {2, 1, a}, {2, 1, a}}, "store"},
		{"without hops", nil, "unknown"},
	} {
		if got := cause(c.all); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDuplicatesAreAttributed(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int {
		switch seq {
		case 7:
			return 2
		case 9:
			return 12 // more than a state can count
		}
		return 1
	}
	n := 0
	d.entry = func(e *ledger.Entry) bool {
		if e.Kind == ledger.Seen && (e.Copy.Seq == 7 || e.Copy.Seq == 9) {
			n++
			e.Hops = "store1 L;mx1 Q"
			if e.Copy.Seq == 7 && n%2 == 0 {
				e.Hops = "store1 M;mx1 Q"
			}
		}
		return true
	}
	r := d.verdict(t)
	if want := map[string]int{"mx1 -> store1": 1, "store": 11}; !maps.Equal(r.DuplicateCauses, want) || r.Accounting.Duplicates != 12 {
		t.Errorf("%d duplicates, causes %v, want 12, %v", r.Accounting.Duplicates, r.DuplicateCauses, want)
	}
}
