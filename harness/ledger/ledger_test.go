package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"
)

func entry(seq uint32) Entry {
	return Entry{Kind: Outcome, Copy: Copy{Stream: 0, Seq: seq, Rcpt: 1}, Start: 5 * time.Second, End: 6 * time.Second,
		Node: "mx1", Verdict: Accepted, Phase: PhaseDone, Code: 250, Enhanced: "2.0.0", Detail: "queued as \xff\x00"}
}

// filled writes n durable entries and gives the segment's path.
func filled(t testing.TB, n int) (string, string) {
	dir := filepath.Join(t.TempDir(), "ledger")
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := l.Intend(entry(uint32(i + 1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, "000001.seg")
}

func read(t testing.TB, dir string) ([]Entry, string) {
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []Entry
	if err := r.Each(func(e Entry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all, r.Torn()
}

func TestRoundTrip(t *testing.T) {
	dir, _ := filled(t, 3)
	all, torn := read(t, dir)
	if torn != "" || len(all) != 3 || !reflect.DeepEqual(all[2], entry(3)) {
		t.Errorf("read %+v, torn %q", all, torn)
	}
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	dir := t.TempDir()
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				write := l.Record
				if i%20 == 0 {
					write = l.Intend
				}
				if err := write(entry(uint32(g*1000 + i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]bool{}
	all, _ := read(t, dir)
	for _, e := range all {
		seen[e.Copy.Seq] = true
	}
	if len(seen) != 1600 {
		t.Errorf("%d entries, want 1600", len(seen))
	}
	if err := l.Record(entry(1)); !errors.Is(err, ErrClosed) {
		t.Errorf("record after close: %v", err)
	}
}

func TestTornTailAtEveryByte(t *testing.T) {
	dir, path := filled(t, 3)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blockLen := (len(whole) - headerLen) / 3
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		all, torn := read(t, dir)
		want, clean := max(0, (cut-headerLen)/blockLen), cut >= headerLen && (cut-headerLen)%blockLen == 0
		if len(all) != want || (torn == "") != clean {
			t.Fatalf("cut at %d: %d entries, want %d; torn %q", cut, len(all), want, torn)
		}
	}
}

// A file system may leave zeros where the tail was.
func TestZeroedTailIsTorn(t *testing.T) {
	dir, path := filled(t, 3)
	whole, _ := os.ReadFile(path)
	if err := os.WriteFile(path, append(whole, make([]byte, 4096)...), 0o644); err != nil {
		t.Fatal(err)
	}
	if all, torn := read(t, dir); len(all) != 3 || torn == "" {
		t.Errorf("%d entries, torn %q", len(all), torn)
	}
}

func TestBitFlipIsNamed(t *testing.T) {
	dir, path := filled(t, 3)
	whole, _ := os.ReadFile(path)
	for i := headerLen; i < len(whole); i++ {
		flipped := append([]byte(nil), whole...)
		flipped[i] ^= 0x10
		if err := os.WriteFile(path, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, torn := read(t, dir); torn == "" {
			t.Fatalf("flip at byte %d is not found", i)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	l, err := Create(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if err := l.Record(entry(uint32(i))); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkIntend(b *testing.B) {
	l, err := Create(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(32)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := l.Intend(entry(1)); err != nil {
				b.Error(err)
			}
		}
	})
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "ledger")
	l, err := Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 10000 {
		if err := l.Record(entry(uint32(i))); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if all, _ := read(b, dir); len(all) != 10000 {
			b.Fatal(len(all))
		}
	}
}
