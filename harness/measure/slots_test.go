package measure

import (
	"math/rand/v2"
	"testing"
	"time"

	"maildrill/harness/ledger"
)

func TestSlots(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 10_000 {
		at := time.Duration(rng.Int64N(int64(59 * time.Hour)))
		s := slotDue(at)
		if s.answered() || s == 0 || s.due() > at || at-s.due() >= slotUnit {
			t.Fatalf("due at %v reads %v", at, s.due())
		}
		relay := rng.IntN(2) == 0
		accepted := at + time.Duration(rng.Int64N(int64(200*time.Second)))
		a := s.answer(relay).accept(accepted)
		if !a.answered() || !a.pending() || a.relay() != relay || at-a.due() >= eighth+slotUnit || a.accepted() != second(accepted) {
			t.Fatalf("due at %v reads %v, accepted at %v reads %d", at, a.due(), accepted, a.accepted())
		}
	}
	if s := slotDue(-time.Hour); s.due() != 0 {
		t.Errorf("before the run: %v", s.due())
	}
	if s := slotDue(1000 * time.Hour).answer(true).accept(2000 * time.Hour); !s.relay() || s.accepted() >= secondsMost {
		t.Errorf("a run without end: %v", s.accepted())
	}
}

// Memory: 4 bytes a copy, whatever becomes of it.
func TestSlotsAreSmall(t *testing.T) {
	var s slots
	for seq := range uint32(100_000) {
		*s.put(ledger.Copy{Seq: seq + 1}) = 1
	}
	if n := len(s.order) * pageSize; n > 100_000*3/2 {
		t.Errorf("room for %d copies", n)
	}
}
