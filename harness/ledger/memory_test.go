package ledger_test

import (
	"errors"
	"runtime"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
)

// Reading allocates nothing for an entry: ten million copies are read in the
// memory of ten thousand.
func TestMemoryDoesNotGrowWithEntries(t *testing.T) {
	const copies, entries = 30_000, 3 * 30_000
	dir := t.TempDir()
	l, err := ledger.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ledgertest.Run{Copies: copies, Mailboxes: 50, Rate: 2000, Scan: 1}.Write(l), l.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	objects, bytes := allocated(func() {
		err = r.Each(func(ledger.Entry) error { n++; return nil })
	})
	if err != nil || n != entries {
		t.Fatalf("%d entries, %v", n, err)
	}
	// Only the replies, which differ from copy to copy, take any.
	if objects > entries/20 || bytes > 60*copies+4<<20 {
		t.Errorf("reading %d entries takes %d objects and %d bytes", entries, objects, bytes)
	}
	r.Terse(ledger.Outcome)
	if _, bytes := allocated(func() { err = r.Each(func(ledger.Entry) error { return nil }) }); err != nil || bytes > 4<<20 {
		t.Errorf("reading tersely takes %d bytes, %v", bytes, err)
	}
}

func allocated(f func()) (objects, bytes uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}
