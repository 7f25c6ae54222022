package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
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

// blocks gives where each block of a file begins, and the end of the last one.
func blocks(t testing.TB, path string) []int {
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := []int{headerLen}
	for next := headerLen; next < len(whole); at = append(at, next) {
		next += blockHead + int(binary.LittleEndian.Uint32(whole[next:]))
	}
	return at
}

// Cut anywhere, the whole blocks before are read and the place is named: even
// where nothing but the end mark is missing.
func TestTornTailAtEveryByte(t *testing.T) {
	dir, path := filled(t, 3)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	starts := blocks(t, path)
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		want, from := -1, 0
		for _, at := range starts {
			if at <= cut {
				want, from = want+1, at
			}
		}
		all, torn := read(t, dir)
		if len(all) != max(0, want) || !strings.HasPrefix(torn, fmt.Sprintf("000001.seg is broken from byte %d: ", from)) {
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

// A flipped bit anywhere is found: what is read before it is right.
func TestBitFlipIsNamed(t *testing.T) {
	dir, path := filled(t, 2)
	whole, _ := os.ReadFile(path)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b byte, at int) {
		if _, err := file.WriteAt([]byte{b}, int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 8 * len(whole) {
		put(whole[i/8]^1<<(i%8), i/8)
		n := uint32(0)
		err := r.Each(func(e Entry) error {
			if n++; e != entry(n) {
				t.Fatalf("flip at byte %d: entry %+v", i/8, e)
			}
			return nil
		})
		if foreign := err != nil && i/8 < len(magic); r.Torn() == "" && !foreign || n > 2 {
			t.Fatalf("flip at byte %d is not found: %v", i/8, err)
		}
		put(whole[i/8], i/8)
	}
}
